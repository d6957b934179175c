"""The differences between two states, as journal rows."""

from __future__ import annotations

from collections.abc import Mapping

from state.change import Actor, JournalRow
from state.models import METRICS, UCF, AgentReport


def ucf_rows(old: UCF, new: UCF, actor: Actor, *, reason: str | None = None) -> tuple[JournalRow, ...]:
    """One row per metric that differs."""
    return tuple(
        actor.row("ucf", name, reason=reason, before=getattr(old, name), after=getattr(new, name))
        for name in METRICS
        if getattr(old, name) != getattr(new, name)
    )


def report_rows(
    old: Mapping[str, AgentReport], new: Mapping[str, AgentReport], *, cause: str
) -> tuple[JournalRow, ...]:
    """One row per agent that was added or removed, or whose reported status or task differs."""
    rows = []
    for name in sorted(old.keys() | new.keys()):
        before, after = _told(old.get(name)), _told(new.get(name))
        if before != after:
            rows.append(JournalRow(kind="report", subject=name, cause=cause, before=before, after=after))
    return tuple(rows)


def _told(report: AgentReport | None) -> dict[str, str | None] | None:
    return None if report is None else {"status": report.status, "task": report.task}
