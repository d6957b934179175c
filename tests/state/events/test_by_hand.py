"""Events made by hand: every type from nothing, and what is wrong is named with its place."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from core.broadcast import Broadcaster
from state.events import OUT_EVENTS, AlertRaised
from state.events.by_hand import (
    MOST_JSON,
    UnknownEvent,
    WrongEvent,
    announce_test,
    build_event,
    build_from_text,
    parse_json,
)
from tests.hearing import Hearing

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", list(OUT_EVENTS))
def test_every_type_can_be_made_from_nothing(name: str) -> None:
    event = build_event(name, {}, NOW)
    assert msgspec.to_builtins(event)["type"] == name


def test_what_is_given_stands_and_the_rest_is_sample() -> None:
    event = build_from_text("Alert.Raised", '{"key": "disk", "value": 3}', NOW)
    assert isinstance(event, AlertRaised)
    assert (event.key, event.value, event.severity, event.raised_at) == ("disk", 3.0, "warning", NOW)
    assert event.metric is None


def test_json_in_a_code_block_is_taken() -> None:
    assert parse_json('```json\n{"a": 1}\n```') == {"a": 1}
    assert parse_json('`{"a": 1}`') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id": }', r"this is not JSON: .* \(line 1, column 8\)"),
        ("[1]", "it must be one JSON object"),
        ('{"id": 1, "id": 2}', "'id' is given twice"),
        ('{"key": "a",\n "summary": "b\\ud800"}', r"ud800 is half of a character \(line 2, column 15\)"),
        ("x" * (MOST_JSON + 1), "at most 16000 characters"),
        ('{"colour": "red"}', "`colour` is not a field of alert.raised. Known: id, key"),
        ('{"id": "one"}', "`id`: Expected `int`, got `str`"),
        ('{"severity": "mild"}', "`severity`: Invalid enum value 'mild'"),
    ],
)
def test_wrong_data_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(WrongEvent, match=says):
        build_from_text("alert.raised", text, NOW)


def test_the_nearest_type_is_suggested() -> None:
    with pytest.raises(UnknownEvent, match=r"Did you mean 'report.ready'"):
        build_event("report.redy", {}, NOW)


async def test_a_test_is_marked_as_one() -> None:
    broadcaster = Broadcaster()
    heard = Hearing(broadcaster, "alerts")
    assert announce_test(broadcaster, build_event("alert.raised", {}, NOW)) == 1
    event = await anext(heard)
    assert (type(event.data), event.test) == (AlertRaised, True)
