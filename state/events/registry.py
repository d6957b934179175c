"""Every event type once, incoming and outgoing, with its record, schema and sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from core.errors import HelixError, UnknownName
from core.text.docstrings import attributes, summary
from core.text.wrong_field import wrong_field
from state.events import incoming
from state.events.incoming import InEvent
from state.events.outgoing import (
    AgentChanged,
    AlertCleared,
    AlertRaised,
    BackupCompleted,
    CommandFailed,
    DeliveryExhausted,
    DirectiveFinished,
    OutEvent,
    ReportReady,
    RitualCompleted,
    StatusChanged,
    SystemStarted,
    SystemStopping,
    UcfChanged,
)

_OURS: Final = re.compile(r"([a-z_]+(?:\.[^:\s]+)?): (.*?)(?: - at `\$`)?$", re.DOTALL)
_MOMENT: Final = "2026-01-01T12:00:00Z"
_UCF: Final = {"harmony": 0.62, "resilience": 1.0, "prana": 0.5, "drishti": 0.5, "klesha": 0.05, "zoom": 1.0}
_UCF_BEFORE: Final = {**_UCF, "harmony": 0.5, "klesha": 0.1}


class UnknownEventType(UnknownName):
    """There is no event of that type."""

    kind = "event type"


class WrongData(HelixError):
    """The data is not valid for its event.

    Attributes:
        field: the path of the wrong field, such as "set.harmony"; empty for the whole.
        problem: what is wrong with it.
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}" if field else problem)


class InSpec(msgspec.Struct, frozen=True):
    """One type of incoming event.

    Attributes:
        record: the type of its data.
        handler: the name of its handler in the database.
        sample: valid data.
    """

    name: str
    record: type[InEvent]
    handler: str
    sample: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """The first line of the record's docstring."""
        return _first_line(self.record)


class OutSpec(msgspec.Struct, frozen=True):
    """One type of outgoing event.

    Attributes:
        sample: valid data.
    """

    name: str
    record: type[OutEvent]
    sample: Mapping[str, Any]

    @property
    def summary(self) -> str:
        """The first line of the record's docstring."""
        return _first_line(self.record)


def _in(kind: str, record: type[InEvent], handler: str, **sample: object) -> InSpec:
    return InSpec(kind, record, handler, MappingProxyType(sample))


def _out(record: type[OutEvent], **sample: object) -> OutSpec:
    return OutSpec(str(record.__struct_config__.tag), record, MappingProxyType(sample))


IN_EVENTS: Final[Mapping[str, InSpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            _in("ucf.update", incoming.UcfUpdate, "state.ucf", shift={"harmony": 0.1}, reason="a calm day"),
            _in(
                "agent.heartbeat", incoming.AgentHeartbeat, "state.agents",
                agent="Gemini", status="active", task="scouting", load=0.3,
            ),
            _in("ritual.start", incoming.RitualStart, "state.rituals", steps=27),
            _in("directive.run", incoming.DirectiveRun, "state.directives", directive="ritual 27"),
            _in(
                "message.post", incoming.MessagePost, "discord.post",
                channel="123456789012345678", content="Hello from outside",
            ),
            _in(
                "alert.raise", incoming.AlertRaise, "state.alerts",
                key="shop.down", severity="critical", summary="The shop is down", detail="HTTP 502",
            ),
            _in("alert.clear", incoming.AlertClear, "state.alerts", key="shop.down"),
            _in("context.archive", incoming.ContextArchive, "state.contexts", name="nightly", note="a Zap"),
            _in(
                "github", incoming.GitHubEvent, "discord.deployments",
                event="release", payload={"action": "published", "release": {"tag_name": "v1.0.0"}},
            ),
            _in(
                "receipt", incoming.Receipt, "webhooks.receipts",
                delivery="msg_0123456789abcdef0123456789abcdef", outcome="posted to the newsletter",
            ),
        )
    }
)  # fmt: skip

OUT_EVENTS: Final[Mapping[str, OutSpec]] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            _out(
                StatusChanged,
                status="warn", previous="pass", changed_at=_MOMENT,
                assessment="Impaired: the disk check needs attention.",
            ),
            _out(
                UcfChanged,
                version=42, changed_at=_MOMENT, source="ritual", ucf=_UCF, previous=_UCF_BEFORE,
            ),
            _out(
                AlertRaised,
                id=3, key="ucf.harmony.low", severity="critical", summary="harmony is critical",
                detail="harmony is 0.25, below 0.3", raised_at=_MOMENT, metric="harmony", value=0.25,
            ),
            _out(
                AlertCleared,
                id=3, key="ucf.harmony.low", severity="critical", summary="harmony is critical",
                raised_at=_MOMENT, cleared_at="2026-01-01T12:30:00Z",
            ),
            _out(
                AgentChanged,
                agent="Gemini", status="degraded", previous="active", detail="down: shop",
                changed_at=_MOMENT,
            ),
            _out(
                RitualCompleted,
                ritual=12, kind="z88", steps=108, started_at=_MOMENT, finished_at="2026-01-01T12:00:11Z",
                before=_UCF_BEFORE, after=_UCF, anomalies={"flare": 17, "void": 14},
                promotions=["flare: legend"],
            ),
            _out(
                DirectiveFinished,
                directive=7, action="backup", status="done", finished_at=_MOMENT, result="backup 3 made",
            ),
            _out(
                CommandFailed,
                command="trend", incident="1a2b3c4d", error="KeyError", failed_at=_MOMENT,
            ),
            _out(
                BackupCompleted,
                backup=3, file="helix-3-20260101T120000Z.tar.gz", size_bytes=52_481, sha256="0" * 64,
                finished_at=_MOMENT,
            ),
            _out(
                ReportReady,
                made_at=_MOMENT, status="pass", assessment="In harmony: all six values are good.", ucf=_UCF,
                agents_active=14, agents_total=14,
            ),
            _out(
                DeliveryExhausted,
                delivery=99, event="msg_0123456789abcdef0123456789abcdef", event_type="ucf.changed",
                destination="zapier", attempts=10, error="HTTP 500", died_at=_MOMENT,
            ),
            _out(SystemStarted, version="0.1.0", started_at=_MOMENT),
            _out(SystemStopping, version="0.1.0", stopping_at=_MOMENT),
        )
    }
)  # fmt: skip


def find_incoming(kind: str) -> InSpec:
    """The type of incoming event with that name.

    Raises:
        UnknownEventType: there is none; the text suggests the nearest name.
    """
    spec = IN_EVENTS.get(kind)
    if spec is None:
        raise UnknownEventType(kind, IN_EVENTS)
    return spec


def find_outgoing(kind: str) -> OutSpec:
    """The type of outgoing event with that name.

    Raises:
        UnknownEventType: there is none; the text suggests the nearest name.
    """
    spec = OUT_EVENTS.get(kind)
    if spec is None:
        raise UnknownEventType(kind, OUT_EVENTS)
    return spec


def parse_data(spec: InSpec, data: object) -> InEvent:
    """Converts the data of an incoming event to its record.

    Raises:
        WrongData: it is not valid; the error names the field.
    """
    try:
        return msgspec.convert(data, spec.record)
    except msgspec.ValidationError as error:
        raise _wrong(error) from error


def type_of(event: OutEvent) -> str:
    """The type of an event, such as "alert.raised"."""
    return str(type(event).__struct_config__.tag)


def encode_payload(event: OutEvent, at: datetime) -> bytes:
    """The payload `{"type", "timestamp", "data"}` as JSON (Standard Webhooks, "Payload structure")."""
    data = msgspec.to_builtins(event)
    kind = data.pop("type")
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})


def data_schema(record: type[InEvent | OutEvent]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's data, with all definitions it refers to."""
    (schema,), components = msgspec.json.schema_components((record,), ref_template="#/$defs/{name}")
    name = str(schema["$ref"]).rpartition("/")[2]
    body = _described(components.pop(name))
    if issubclass(record, OutEvent):
        # In the payload, the type is next to the data, not in it.
        body["properties"].pop("type", None)
        body["required"] = [field for field in body.get("required", ()) if field != "type"]
    if components:
        body["$defs"] = {part: _described(one) for part, one in components.items()}
    return body


def _described(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a record with descriptions of its properties, from the record's docstring."""
    text = str(schema.get("description", ""))
    said = attributes(text)
    properties = {
        name: {**one, "description": said[name]} if name in said else one
        for name, one in schema.get("properties", {}).items()
    }
    return {**schema, "description": summary(text), "properties": properties}


def _wrong(error: msgspec.ValidationError) -> WrongData:
    """Converts msgspec's error; the records' own checks raise "path: problem"."""
    said = _OURS.match(str(error))
    return WrongData(said[1], said[2]) if said is not None else WrongData(*wrong_field(error))


def _first_line(record: type[object]) -> str:
    return (record.__doc__ or "").strip().partition("\n")[0]
