from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from web.live.messages import History, Message

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Said(msgspec.Struct, frozen=True):
    text: str


def message(number: int, text: str = "é\n") -> Message:
    return Message(number, "state", Said(text), AT)


def ids(history: History, event_id: int) -> list[int]:
    return [number for number, _ in history.after(event_id)]


def test_both_transports_carry_the_same_bytes_of_data() -> None:
    one = message(7)
    over_sse, over_ws = one.encoded("sse"), one.encoded("ws")
    data = over_sse.split(b"data: ")[1].removesuffix(b"\n\n")
    assert data == '{"text":"é\\n"}'.encode()
    assert over_ws.endswith(b'{"id":7,"event":"state","at":"2026-01-01T12:00:00Z","data":%s}' % data)


def test_it_is_encoded_once() -> None:
    one = message(7)
    assert one.encoded("sse") is one.encoded("sse")
    assert one.encoded("ws") is one.encoded("ws")


def test_the_history_can_be_read_from_any_event() -> None:
    history = History(10, 3, 1000)
    for number in (12, 15, 16):
        history.add(message(number))
    assert ids(history, 10) == [12, 15, 16]
    assert ids(history, 12) == [15, 16]
    assert ids(history, 13) == [15, 16]
    assert ids(history, 20) == []
    assert history.last_id == 16


def test_events_before_the_first_message_are_unknown() -> None:
    history = History(10, 3, 1000)
    history.add(message(12))
    assert [history.knows(number) for number in (0, 9, 10, 12)] == [False, False, True, True]


def test_the_history_is_bounded_by_count() -> None:
    history = History(10, 2, 1000)
    for number in (12, 15, 16):
        history.add(message(number))
    assert not history.knows(11)
    assert history.knows(12)
    assert ids(history, 12) == [15, 16]


def test_the_history_is_bounded_by_size() -> None:
    history = History(10, 100, 3 * message(12).data_bytes)
    for number in (12, 15, 16, 17):
        history.add(message(number))
    assert not history.knows(11)
    assert ids(history, 12) == [15, 16, 17]


def test_a_message_without_an_id_is_not_kept() -> None:
    history = History(10, 3, 1000)
    history.add(Message(None, "pulse", Said("now"), AT))
    assert (ids(history, 0), history.last_id) == ([], 10)
