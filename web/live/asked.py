"""The parameters of a stream: topics, and the last event that the client has seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from web.live.client import NO_ID, Topics
from web.parameters import Parameter
from web.records.live import TOPICS

_LONGEST_ID: Final = 20
_HEADER: Final = "Last-Event-ID"


class TopicsParameter(Parameter, frozen=True, kw_only=True):
    """A comma-separated list of topics."""

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema; the names are comma-separated (OpenAPI: form, not exploded)."""
        names = "|".join(TOPICS)
        return {"type": "string", "pattern": f"^({names})(,({names}))*$"}

    def read(self, request: web.Request) -> Topics:
        """The topics in the query; None for all if it is omitted.

        Raises:
            Problem: unknown topic (400).
        """
        text = request.query.get(self.name)
        if text is None:
            return None
        names = frozenset(name.strip() for name in text.split(","))
        unknown = sorted({name[:64] for name in names.difference(TOPICS)})[:10]
        if unknown:
            wrong = ", ".join(map(repr, unknown))
            raise self.wrong(
                f"must be a comma-separated list of {', '.join(TOPICS)}; not {wrong}.", choices=tuple(TOPICS)
            )
        return names


class EventIdParameter(Parameter, frozen=True, kw_only=True):
    """The id of an event."""

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "pattern": f"^[0-9]{{1,{_LONGEST_ID}}}$"}

    def read(self, request: web.Request) -> int | None:
        """The last event that the client has seen, from the header, else the query; None if neither is sent.

        A header that is not an id counts as an unknown event.

        Raises:
            Problem: the parameter is not an id (400).
        """
        header = request.headers.get(_HEADER)
        if header:
            return _parsed(header) or NO_ID
        text = request.query.get(self.name)
        if text is None:
            return None
        parsed = _parsed(text)
        if parsed is None:
            raise self.wrong("must be an event id from the stream: an integer.")
        return parsed


WANTED: Final = TopicsParameter(
    name="topics",
    summary="The events to receive, comma-separated; default: all.",
    example="state,alerts",
)
AFTER: Final = EventIdParameter(
    name="last_event_id",
    summary=f"The last received event, to resume after it. The header {_HEADER} takes precedence.",
    example="1790000000000",
)
PARAMETERS: Final = (WANTED, AFTER)


def _parsed(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None
