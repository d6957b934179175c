"""Builds outgoing events by hand, from JSON or from sample values, for `!emit` and directives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from core.broadcast import Broadcaster
from core.errors import HelixError, UnknownName
from core.files.reading import RefusedEdit
from core.files.strict_json import parse_object
from core.text.quotation import straight
from core.text.wrong_field import wrong_field
from state.events.outgoing import OutEvent
from state.events.registry import OUT_EVENTS, type_of

MOST_JSON: Final = 16_000


class UnknownEvent(UnknownName):
    """There is no event of that type."""

    kind = "event"


class WrongEvent(HelixError):
    """The data is not valid for its event; the text says where and why."""


def find_type(name: str) -> str:
    """The event type with that name, ignoring case.

    Raises:
        UnknownEvent: there is none; the text suggests the nearest name.
    """
    wanted = name.strip().casefold()
    if wanted not in OUT_EVENTS:
        raise UnknownEvent(name.strip(), OUT_EVENTS)
    return wanted


def parse_json(text: str) -> Mapping[str, object]:
    """The JSON object that a person typed.

    Raises:
        WrongEvent: it is not valid; the text gives line, column and reason.
    """
    if len(text) > MOST_JSON:
        raise WrongEvent(f"The data may have at most {MOST_JSON} characters; this has {len(text)}.")
    try:
        value, _ = parse_object(_unfenced(text).encode("utf-8", "replace"))
    except RefusedEdit as error:
        place = f" (line {error.line}, column {error.column})" if error.line is not None else ""
        what = error.reason.replace("the file must hold", "it must be")
        raise WrongEvent(f"The data cannot be read: {what}{place}.") from error
    return value


def build_event(name: str, data: Mapping[str, object], now: datetime) -> OutEvent:
    """An event of the type `name`; fields missing in `data` get sample values.

    Raises:
        UnknownEvent: there is no such type.
        WrongEvent: a field is unknown or not valid; the text says where and why.
    """
    kind = OUT_EVENTS[find_type(name)].record
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for given in data:
        if given not in fields:
            raise WrongEvent(f"`{given[:64]}` is not a field of {name}. Known: {', '.join(fields)}.")
    filled: dict[str, object] = {
        name: _sample(msgspec.inspect.type_info(field.type), name, now)
        for name, field in fields.items()
        if field.required
    }
    try:
        event: OutEvent = msgspec.convert({**filled, **data, "type": kind.__struct_config__.tag}, kind)
    except msgspec.ValidationError as error:
        where, what = wrong_field(error)
        raise WrongEvent(f"{f'`{where[:64]}`: ' if where else ''}{what}.") from error
    return event


def build_from_text(name: str, text: str, now: datetime) -> OutEvent:
    """Like `build_event`, from JSON that a person typed, or from an empty text.

    Raises:
        UnknownEvent: there is no such type.
        WrongEvent: it is not JSON, or not valid.
    """
    return build_event(name, parse_json(text) if text.strip() else {}, now)


def announce_test(broadcaster: Broadcaster, event: OutEvent) -> int:
    """Broadcasts the event, marked as a test; returns the number of listeners."""
    broadcaster.publish(event.topic or type_of(event).partition(".")[0], event, test=True)
    return broadcaster.audience


def _unfenced(text: str) -> str:
    """Removes the code block that people put around JSON in a chat."""
    inner = text.strip()
    if inner.startswith("```") and inner.endswith("```") and len(inner) >= 6:
        inner = inner[3:-3].removeprefix("json").strip()
    inner = inner.strip("`")
    # Phones turn " into “ while typing.
    return inner if '"' in inner else straight(inner)


def _sample(kind: msgspec.inspect.Type, name: str, now: datetime) -> object:
    """A valid value for a field of this type, which is recognisable as a sample."""
    if isinstance(kind, msgspec.inspect.UnionType):
        return None if kind.includes_none else _sample(kind.types[0], name, now)
    if isinstance(kind, msgspec.inspect.LiteralType):
        return kind.values[-1]
    plain: Mapping[type[msgspec.inspect.Type], object] = {
        msgspec.inspect.DateTimeType: now,
        msgspec.inspect.StrType: f"test {name.replace('_', ' ')}",
        msgspec.inspect.BoolType: False,
        msgspec.inspect.IntType: 0,
        msgspec.inspect.FloatType: 0,
        msgspec.inspect.DictType: {},
    }
    return plain.get(type(kind), ())
