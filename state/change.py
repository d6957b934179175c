"""The records of a change to the shared state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from state.events import OutEvent
from state.models import UCF, AgentReport, Lore, Snapshot


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One journal row: who changed what, and why.

    Attributes:
        kind: what it is about: "ucf", "agent", "report", "ritual", "flag", "cog" …
        subject: the metric, agent or thing that changed.
        cause: "command", "file", "ritual", "system" or "webhook".
        actor: display name, if a person did it.
        actor_id: that person's Discord id, by which `forget` finds the row.
        reason: as given by that person, or by the system.
        before: the old value as a JSON type, or None.
        after: likewise.
    """

    kind: str
    subject: str
    cause: str
    actor: str | None = None
    actor_id: int | None = None
    reason: str | None = None
    before: object | None = None
    after: object | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change, made from the newest snapshot by a function.

    Attributes:
        ucf: the new UCF, or None to keep it.
        reports: all external agents' heartbeats, or None to keep them.
        folklore: the whole folklore, or None to keep it.
        events: events to send once it is committed.
        journal: rows to store with it; if empty, the changed records are journalled.
        source: the source of the new version; by default the first row's cause.
    """

    ucf: UCF | None = None
    reports: Mapping[str, AgentReport] | None = None
    folklore: Mapping[str, Lore] | None = None
    events: tuple[OutEvent, ...] = ()
    journal: tuple[JournalRow, ...] = ()
    source: str | None = None


class Versions(msgspec.Struct, frozen=True):
    """Two versions of the shared state: before and after a change."""

    old: Snapshot
    new: Snapshot


class Actor(msgspec.Struct, frozen=True):
    """Who or what asks for a change.

    Attributes:
        cause: "command", "button", "schedule", "directive", "webhook", "system" …
        name: display name, if a person did it.
        id: that person's Discord id.
    """

    cause: str
    name: str | None = None
    id: int | None = None

    def row(
        self,
        kind: str,
        subject: str,
        *,
        reason: str | None = None,
        before: object | None = None,
        after: object | None = None,
    ) -> JournalRow:
        """A journal row in the name of this actor."""
        return JournalRow(
            kind=kind,
            subject=subject,
            cause=self.cause,
            actor=self.name,
            actor_id=self.id,
            reason=reason,
            before=before,
            after=after,
        )


SYSTEM: Final = Actor("system")
