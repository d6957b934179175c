"""The records of incoming events, listed in `state.events.registry`. Unknown fields are refused."""

from __future__ import annotations

import math
from typing import Annotated, Any

import msgspec

from core.text.numbers import plain
from core.text.patterns import KEY, SNOWFLAKE, WEB_ADDRESS
from state.events.outgoing import Severity
from state.models import METRICS, ReportStatus

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class InEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of one incoming event.

    Raises:
        msgspec.ValidationError: by `msgspec.convert`, with the field's path, if the data is not valid.
    """


class UcfUpdate(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sets or shifts values of the field; all of them or none.

    Attributes:
        set: new values by metric, within its range.
        shift: amounts by metric that are added to the present values, which must stay within the range.
    """

    set: dict[str, float] = msgspec.field(default_factory=dict)
    shift: dict[str, float] = msgspec.field(default_factory=dict)
    reason: Text | None = None

    def __post_init__(self) -> None:
        if not self.set and not self.shift:
            raise ValueError("No metric is named: give `set` or `shift`")
        for field, values in (("set", self.set), ("shift", self.shift)):
            for name, value in values.items():
                if name not in METRICS:
                    raise ValueError(f"{field}.{name[:64]}: is not a metric; known are {', '.join(METRICS)}")
                if not math.isfinite(value):
                    raise ValueError(f"{field}.{name}: must be a finite number")
        for name, value in self.set.items():
            spec = METRICS[name]
            if name in self.shift:
                raise ValueError(f"set.{name}: is in `shift` too; use only one of them")
            if not spec.low <= value <= spec.high:
                raise ValueError(f"set.{name}: must be between {plain(spec.low)} and {plain(spec.high)}")


class AgentHeartbeat(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An external agent reports its state.

    Attributes:
        load: how busy it is, 0 to 1.
    """

    agent: Short
    status: ReportStatus
    task: Line | None = None
    load: Share | None = None


class RitualStart(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Runs a ritual, under the same policy as the command."""

    steps: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 108


class DirectiveRun(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Gives Manus a directive, under the same policy as the command."""

    directive: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class EmbedField(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One titled part of an embed."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=1_024)]
    inline: bool = False


class Embed(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An embed; only these fields are accepted.

    Attributes:
        color: 0 to 0xFFFFFF.
    """

    title: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    description: Annotated[str, msgspec.Meta(max_length=4_096)] | None = None
    url: Annotated[str, msgspec.Meta(max_length=2_000, pattern=WEB_ADDRESS)] | None = None
    color: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)] | None = None
    fields: Annotated[tuple[EmbedField, ...], msgspec.Meta(max_length=25)] = ()
    footer: Annotated[str, msgspec.Meta(max_length=2_048)] | None = None

    def __post_init__(self) -> None:
        if not any((self.title, self.description, self.fields, self.footer)):
            raise ValueError("The embed is empty")


class MessagePost(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Posts to a channel that `POST_CHANNEL_IDS` lists; mentions are off.

    Attributes:
        channel: the channel's id.
    """

    channel: Annotated[str, msgspec.Meta(pattern=SNOWFLAKE)]
    content: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    embed: Embed | None = None

    def __post_init__(self) -> None:
        if not (self.content and self.content.strip()) and self.embed is None:
            raise ValueError("There is nothing to post: give `content` or `embed`")


class AlertRaise(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Raises an outside alert, or updates the open one with the same key."""

    key: Annotated[str, msgspec.Meta(pattern=KEY)]
    summary: Line
    severity: Severity = "warning"
    detail: Text = ""


class AlertClear(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Clears an outside alert."""

    key: Annotated[str, msgspec.Meta(pattern=KEY)]


class ContextArchive(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Saves a checkpoint; a name may be used again, and then refers to the newest one."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Text | None = None


class GitHubEvent(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A GitHub event: its name, and the announced part of its payload."""

    event: Short
    payload: dict[str, Any]


class Receipt(InEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Zap reports that it ran.

    Attributes:
        delivery: the `webhook-id` of the delivery that it got.
        outcome: the result, in a few words.
    """

    delivery: Short
    outcome: Line
