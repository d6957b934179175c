from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.live import sse


def parse(stream: bytes) -> list[tuple[str, str, str]]:
    """The events of a stream by the letter of the HTML standard, §9.2.6: last event id, type, data."""
    events: list[tuple[str, str, str]] = []
    last_id, kind, data = "", "", list[str]()
    for line in re.split(r"\r\n|\r|\n", stream.decode())[:-1]:
        if not line:
            if data:
                events.append((last_id, kind, "\n".join(data)))
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            last_id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)
    return events


@given(st.lists(st.tuples(st.text(), st.none() | st.integers(1, 2**53)), max_size=4))
def test_any_data_arrives_complete_with_lf_line_ends(given_events: list[tuple[str, int | None]]) -> None:
    stream = b"".join(sse.encode_event("state", data.encode(), number) for data, number in given_events)
    expected, last_id = [], ""
    for data, number in given_events:
        last_id = last_id if number is None else str(number)
        expected.append((last_id, "state", re.sub(r"\r\n|\r", "\n", data)))
    assert parse(stream) == expected


def test_an_event_has_its_fields_and_a_blank_line() -> None:
    assert sse.encode_event("state", b"{}", 7) == b"id: 7\nevent: state\ndata: {}\n\n"


def test_an_event_without_an_id_keeps_the_last_id() -> None:
    assert sse.encode_event("pulse", b"{}") == b"event: pulse\ndata: {}\n\n"


@pytest.mark.parametrize("block", [sse.HEARTBEAT, sse.GOODBYE, sse.encode_opening(1000)])
def test_heartbeats_and_other_blocks_are_not_events(block: bytes) -> None:
    event = sse.encode_event("state", b"1", 1)
    assert parse(block + event + block) == [("1", "state", "1")]


def test_a_line_separator_of_unicode_is_no_line_end() -> None:
    text = "a\u2028b\x0bc\x85d"
    assert parse(sse.encode_event("state", text.encode(), 1)) == [("1", "state", text)]
