"""No error of a setting or of data shows an exponent or a regular expression."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from core.health.threshold import Threshold
from core.settings import TABLE
from core.text.patterns import IN_WORDS
from core.text.wrong_field import wrong_field
from state.events import IN_EVENTS, WrongData, parse_data

EXPONENT = re.compile(r"\de[+-]?\d")
REGEX = re.compile(r"regex|\[\^?[a-zA-Z0-9]-|\{\d+,\d*\}|\(\?|\^http")
GARBAGE = ("", "!", "abc", "1e9", "-1", "99999999999999", "0", "x" * 300, "ä", "http://")


PARSERS = {name: row.parse for name, row in TABLE.items() if row.parse is not None}


def refusals(name: str) -> Iterator[str]:
    for text in GARBAGE:
        try:
            PARSERS[name](text)
        except ValueError as error:
            yield str(error)


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_wrong_with_a_setting_is_said_in_plain_words(name: str) -> None:
    said = "\n".join(refusals(name))
    assert not EXPONENT.search(said)
    assert not REGEX.search(said)


def test_the_longest_time_of_an_agent_is_said_in_days() -> None:
    with pytest.raises(ValueError, match="from 1 second to 30 days"):
        PARSERS["AGENT_TTL"]("5000d")


@pytest.mark.parametrize(
    ("of", "bound"),
    [("free_bytes", 10_000_000 * 2**20), ("late_s", 0.00001), ("jobs", 2_000_000), ("error_rate", 0.0000001)],
)
def test_a_bound_of_a_check_is_written_out(of: str, bound: float) -> None:
    assert not EXPONENT.search(Threshold(of, "above", bound, None).words())


def patterns(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, inner in schema.items():
            if name == "pattern":
                yield str(inner)
            yield from patterns(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from patterns(inner)


@pytest.mark.parametrize("name", IN_EVENTS)
def test_every_pattern_of_an_event_has_its_words(name: str) -> None:
    schema = msgspec.json.schema(IN_EVENTS[name].record)
    assert set(patterns(schema)) <= set(IN_WORDS)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("message.post", {"channel": "general", "content": "a"}, "15 to 20 digits"),
        ("alert.clear", {"key": "two words"}, "letters, digits and"),
        ("message.post", {"channel": "1" * 18, "embed": {"title": "a", "url": "x"}}, "begins with http://"),
    ],
)
def test_a_text_of_another_form_is_told_what_would_be_right(name: str, data: object, said: str) -> None:
    with pytest.raises(WrongData) as error:
        parse_data(IN_EVENTS[name], data)
    assert said in str(error.value)
    assert not REGEX.search(str(error.value))


def test_a_pattern_without_words_is_not_shown() -> None:
    error = msgspec.ValidationError("Expected `str` matching regex '^[0-9]{3}$' - at `$.text`")
    field, problem = wrong_field(error)
    assert (field, REGEX.search(problem)) == ("text", None)
