"""The time span of a history request: times, or durations before now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from aiohttp import web

from core.text.durations import WrongDuration, parse_duration
from web.parameters import Parameter

_NOW: Final = timedelta(0)
# Longer than any history.
_LONGEST: Final = timedelta(days=3650)
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# In a query an unescaped "+" means a space.
_LOST_PLUS: Final = re.compile(r"(?<=\d) (?=\d\d:\d\d\Z)")
_LONGEST_TEXT: Final = 64


class When(Parameter, frozen=True, kw_only=True):
    """A parameter that is a time (RFC 3339), a duration before now (`24h`), or `now`."""

    default: str

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "pattern": "^[1-9][0-9]{0,2}[smhd]$"},
                {"type": "string", "const": "now"},
            ],
            "default": self.default,
        }

    def read(self, request: web.Request) -> datetime | timedelta:
        """The time in UTC, or the duration before now.

        Raises:
            Problem: neither (400).
        """
        text = request.query.get(self.name, self.default).strip()
        if text.casefold() == "now":
            return _NOW
        moment = _moment(text)
        if moment is not None:
            return moment
        try:
            return parse_duration(text, high=_LONGEST)
        except WrongDuration as error:
            raise self.wrong(
                "must be a time such as 2026-01-01T12:00:00Z (not before 2000), a duration before now "
                f"such as 24h or 7d (up to {_LONGEST.days} days), or now."
            ) from error


SINCE: Final = When(
    name="since",
    summary="The start of the span: a time (RFC 3339), or a duration before now.",
    example="24h",
    default="24h",
)
UNTIL: Final = When(
    name="until",
    summary="The end of the span, in the same format; a future time means now.",
    example="now",
    default="now",
)


class Span(msgspec.Struct, frozen=True):
    """The requested span. Durations stay relative to now, so that equal requests share a cache key."""

    since: datetime | timedelta
    until: datetime | timedelta

    def at(self, now: datetime) -> tuple[datetime, datetime]:
        """Start and end at the time `now`.

        Raises:
            Problem: the start is not before the end (400).
        """
        since = self.since if isinstance(self.since, datetime) else now - self.since
        until = self.until if isinstance(self.until, datetime) else now - self.until
        until = min(until, now)
        if since >= until:
            raise SINCE.wrong("must be before until, and before now.")
        return since, until


def _moment(text: str) -> datetime | None:
    if len(text) > _LONGEST_TEXT:
        return None
    try:
        moment = msgspec.convert(_LOST_PLUS.sub("+", text), datetime)
    except msgspec.ValidationError:
        return None
    # A time without a zone is ambiguous.
    if moment.tzinfo is None or moment < _EARLIEST:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
