"""What a change to the shared state is made of: data only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from state.events import OutEvent
from state.models import UCF, AgentReport, Lore, Snapshot


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the journal: who did what to whom, and why.

    Attributes:
        kind: what it is about: "ucf", "agent", "report", "ritual", "flag", "cog" …
        subject: the metric, agent or thing it happened to.
        cause: "command", "file", "ritual", "system" or "webhook".
        actor: display name of the person, where one did it.
        actor_id: that person's Discord id, by which `forget` finds it.
        reason: in that person's words, or the system's.
        before: JSON-able; None where it did not exist.
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
    """What a function of the newest snapshot asks for.

    Attributes:
        ucf: the new UCF, or None to leave it.
        reports: all external agents' heartbeats, or None to leave them.
        folklore: all that is known of the anomalies, or None to leave it.
        events: what subscribers hear of it, once it is committed.
        journal: rows to keep with it. Where none are given, the records that differ are journalled.
        source: what the new version is said to come from; by default the first row's cause.
    """

    ucf: UCF | None = None
    reports: Mapping[str, AgentReport] | None = None
    folklore: Mapping[str, Lore] | None = None
    events: tuple[OutEvent, ...] = ()
    journal: tuple[JournalRow, ...] = ()
    source: str | None = None


class Versions(msgspec.Struct, frozen=True):
    """Two versions of the shared state: before a change, and after it."""

    old: Snapshot
    new: Snapshot


class Actor(msgspec.Struct, frozen=True):
    """Who or what asks for a change.

    Attributes:
        cause: "command", "button", "schedule", "directive", "webhook", "system" …
        name: display name of the person, where one did it.
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
        """A line of the journal in this one's name."""
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
