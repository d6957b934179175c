from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from web.live.messages import History, Message

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Said(msgspec.Struct, frozen=True):
    text: str


def message(number: int, text: str = "é\n") -> Message:
    return Message(number, "state", Said(text), AT)


def ids(messages: tuple[Message, ...] | None) -> list[int | None] | None:
    return None if messages is None else [one.id for one in messages]


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


def test_what_is_known_is_given_from_any_point_of_it() -> None:
    history = History(10, 3)
    for number in (12, 15, 16):
        history.add(message(number))
    assert ids(history.after(10, 20)) == [12, 15, 16]
    assert ids(history.after(12, 20)) == [15, 16]
    assert ids(history.after(13, 20)) == [15, 16]
    assert ids(history.after(20, 20)) == []


@pytest.mark.parametrize("event_id", [0, 9, 21])
def test_what_was_before_the_first_message_or_is_yet_to_come_is_unknown(event_id: int) -> None:
    history = History(10, 3)
    history.add(message(12))
    assert history.after(event_id, 20) is None


def test_it_keeps_so_many_and_knows_from_where_on() -> None:
    history = History(10, 2)
    for number in (12, 15, 16):
        history.add(message(number))
    assert history.after(11, 20) is None
    assert ids(history.after(12, 20)) == [15, 16]
