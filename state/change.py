"""What a change to the shared state is made of: data only."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from state.models import UCF, AgentReport


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
        journal: rows to keep with it. Where none are given, the records that differ are journalled.
        source: what the new version is said to come from; by default the first row's cause.
    """

    ucf: UCF | None = None
    reports: Mapping[str, AgentReport] | None = None
    journal: tuple[JournalRow, ...] = ()
    source: str | None = None
