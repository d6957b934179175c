"""What a client asks for when it comes: which topics, after which event."""

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
    """A parameter that names topics, joined by commas."""

    def schema(self) -> Mapping[str, Any]:
        """What is right, as JSON Schema; the names are joined by commas (OpenAPI: form, not exploded)."""
        names = "|".join(TOPICS)
        return {"type": "string", "pattern": f"^({names})(,({names}))*$"}

    def read(self, request: web.Request) -> Topics:
        """The topics that the query names; None, for all, where it is missing.

        Raises:
            Problem: one of them is unknown (400).
        """
        text = request.query.get(self.name)
        if text is None:
            return None
        names = frozenset(name.strip() for name in text.split(","))
        unknown = sorted({name[:64] for name in names.difference(TOPICS)})[:10]
        if unknown:
            wrong = ", ".join(map(repr, unknown))
            raise self.wrong(
                f"takes, joined by commas: {', '.join(TOPICS)}; not {wrong}.", choices=tuple(TOPICS)
            )
        return names


class EventIdParameter(Parameter, frozen=True, kw_only=True):
    """A parameter that is the id of an event."""

    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "pattern": f"^[0-9]{{1,{_LONGEST_ID}}}$"}

    def read(self, request: web.Request) -> int | None:
        """The last event that the client has seen, by the header or else by this; None where it says none.

        A header that is no id of ours is one of nobody's: what came after it is unknown.

        Raises:
            Problem: the parameter is no id (400).
        """
        header = request.headers.get(_HEADER)
        if header:
            return _parsed(header) or NO_ID
        text = request.query.get(self.name)
        if text is None:
            return None
        parsed = _parsed(text)
        if parsed is None:
            raise self.wrong("is the id of an event: a whole number, as the stream gave it.")
        return parsed


WANTED: Final = TopicsParameter(
    name="topics",
    summary="Which events are wanted, joined by commas; all where it is left out.",
    example="state,alerts",
)
AFTER: Final = EventIdParameter(
    name="last_event_id",
    summary=f"The last event that was seen, to go on after it, as the header {_HEADER} (which counts first).",
    example="1790000000000",
)
PARAMETERS: Final = (WANTED, AFTER)


def _parsed(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None
