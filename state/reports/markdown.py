"""Renders a report as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.text.discord_markdown import escape
from state.reports import Report

_ARROWS = {"up": "↗", "down": "↘", "steady": "→"}


def render_markdown(report: Report) -> str:
    """The whole report. Blocks for a moment: call it in a thread."""
    parts = [
        f"# Helix, {_when(report.made_at)}",
        f"**{report.status}** – {_plain(report.assessment)}",
        f"Helix {report.version}, up since {_when(report.started_at)}.",
        f"State version {report.state_version}, changed {_when(report.state_changed_at)}.",
        "## The field",
        _table(
            ("metric", "value", "", _compared(report)),
            (
                (name, f"{line.value:.2f}", line.judgement, _ARROWS[line.trend])
                for name, line in report.ucf.items()
            ),
        ),
        f"## Agents ({report.agents_active} of {len(report.agents)} active)",
        _table(
            ("agent", "layer", "status", "why"),
            ((f"{one.symbol} {one.name}", one.layer, one.status, one.detail) for one in report.agents),
        ),
        "## Services",
        _table(
            ("service", "answer", "latency", "uptime, up to 24 h"),
            (
                (
                    one.name,
                    one.answer,
                    "–" if one.latency_s is None else f"{one.latency_s * 1000:.0f} ms",
                    "–" if one.uptime_24h is None else f"{one.uptime_24h * 100:.4g}%",
                )
                for one in report.services
            ),
        ),
        "## What needs attention",
        _list(_attention(report)),
        "## Rituals and folklore",
        _list(_rituals(report)),
        f"## Journal ({report.journal_total} entries)",
        _list([f"{_plain(kind)}: {count} in 24 h" for kind, count in report.journal_24h.items()]),
        "## Backups",
        _list([_backups(report)]),
    ]
    return "\n\n".join(parts) + "\n"


def _compared(report: Report) -> str:
    if report.trends_since is None:
        return "against an hour ago"
    return f"since {_when(report.trends_since)}, when the history begins"


def _attention(report: Report) -> list[str]:
    lines = [
        f"**{one.name}** {one.status}: {_plain(one.reason)} {_plain(one.action)}" for one in report.checks
    ]
    lines += [
        f"**alert** {one.severity}: {_plain(one.summary)} (since {_when(one.raised_at)})"
        for one in report.alerts
    ]
    return lines


def _rituals(report: Report) -> list[str]:
    lines = [f"{kind}: met in {count} rituals" for kind, count in report.folklore.items()]
    if report.ritual is not None:
        ritual = report.ritual
        lines.insert(
            0,
            f"ritual {ritual.id} ({ritual.kind}): {ritual.status}, step {ritual.step} of {ritual.steps}, "
            f"begun {_when(ritual.started_at)}",
        )
    return lines


def _backups(report: Report) -> str:
    backups = report.backups
    last = "none is good yet" if backups.last_good_at is None else f"last good {_when(backups.last_good_at)}"
    return f"{backups.count}, {backups.size_bytes / 2**20:.1f} MiB; {last}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(head), _row(("---",) * len(head))]
    found = [_row(tuple(_plain(cell) for cell in row)) for row in rows]
    return "\n".join((*lines, *found)) if found else "Nothing."


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line.rstrip()}" for line in lines) or "Nothing."


def _plain(text: str) -> str:
    """Outside text on one line, escaped so that it contains no link, end of a cell, or HTML."""
    return escape(" ".join(text.split())).replace("\\<", "&lt;")


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
