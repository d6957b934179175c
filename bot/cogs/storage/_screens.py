"""Embeds of the storage commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import discord

from bot.cards import status
from bot.replies import pages
from bot.text import embeds, words
from state.backups import BackupRecord
from state.privacy.retention import Cleaned
from state.reports import Report
from state.views.storage import StorageView

BACKUPS_PER_PAGE = 6

_DOTS = {"good": "🟢", "unchecked": "⚪", "bad": "🔴"}
_LORE = "What is written down is not lost."


def storage(view: StorageView) -> discord.Embed:
    """Sizes, free space and retention."""
    used = view.total - view.free
    journal = words.count(view.journal_entries, "entry", "entries")
    since = "" if view.journal_since is None else f", since {embeds.absolute(view.journal_since)}"
    last = _last(view.last_backup)
    room = f"{words.size(view.free)} free of {words.size(view.total)}"
    rows = [
        f"**Disk** {embeds.bar(used, 0, view.total)} {room}",
        f"**Store** {words.size(view.database)}",
        f"**Journal** {journal}, about {words.size(view.journal_bytes)} of the database{since}",
        f"**Edited files** {words.size(view.files)}",
        f"**Backups** {view.backups_count}, {words.size(view.backups)}; {last}",
        f"**Next backup** {embeds.relative(view.next_backup)}",
    ]
    if view.reports:
        rows.append(f"**Self-test reports** {words.size(view.reports)}")
    if view.copies:
        rows.append(f"**Copies from before schema changes** {words.size(view.copies)}")
    kept = embeds.Field("Kept", "\n".join(_rules(view.rules)))
    return embeds.card("📜 Storage", rows, fields=(kept,), footer=_LORE)


def clean_question(rules: Mapping[str, str]) -> str:
    """The question before a clean-up."""
    return "\n".join(("Delete data that is past its retention? This stays:", *_rules(rules)))


def cleaned(result: Cleaned) -> discord.Embed:
    """The outcome of a clean-up."""
    gone = [f"**{kind}** {count} removed" for kind, count in result.removed.items() if count]
    return embeds.card(
        "🧹 Cleaned", gone or ("Nothing was past its retention.",), status="pass", footer=_LORE
    )


def made(record: BackupRecord, *, keep: int) -> discord.Embed:
    """A new backup."""
    took = words.duration((record.finished_at - record.begun_at).total_seconds())
    rows = [
        f"**{record.file}**",
        f"{words.size(record.size_bytes)}, made in {took} and verified.",
        f"-# SHA-256 `{record.sha256}`",
    ]
    if record.detail:
        rows.append(f"⚠️ {embeds.plain(record.detail, 500)}")
    rows.append("To restore it, stop Helix and run `python main.py restore FILE`.")
    footer = f"The newest {keep} are kept. {_LORE}"
    return embeds.card(f"💾 Backup {record.id}", rows, status="pass", footer=footer)


def verified(record: BackupRecord) -> discord.Embed:
    """The outcome of `verify`."""
    good = record.status == "good"
    verdict = "It is intact: hashes, database and schema are right." if good else "**Do not rely on it.**"
    rows = [f"**{record.file}**", verdict]
    if record.detail:
        rows.append(embeds.plain(record.detail, 500))
    title = f"{_DOTS[record.status]} Backup {record.id} is {record.status}"
    return embeds.card(title, rows, status="pass" if good else "fail")


def backups(records: Sequence[BackupRecord], number: int, *, names: bool) -> pages.Shown:
    """One page of the backups."""
    page = pages.pick([_backup(record, names=names) for record in records], number, per_page=BACKUPS_PER_PAGE)
    if not records:
        return page.card("💾 Backups", ("There is no backup yet. `/backup create` makes one.",))
    size = words.size(sum(record.size_bytes for record in records))
    count = words.count(len(records), "backup")
    return page.card("💾 Backups", page.parts, footer=f"{count}, {size}")


def report(view: Report) -> discord.Embed:
    """A summary of the report; the attachments hold all of it."""
    field = [
        f"`{line.value:.2f}` {status.ARROWS[line.trend]} **{name}** {line.judgement}"
        for name, line in view.ucf.items()
    ]
    field.append(status.arrows(view.trends_since))
    well = sum(service.ok for service in view.services)
    idle = [agent for agent in view.agents if agent.status != "active"]
    agents = [f"{view.agents_active} of {len(view.agents)} active"]
    agents += [f"{embeds.dot(one.status)} {one.symbol} {one.name} {one.status}" for one in idle]
    counts = [f"{kind} {count}" for kind, count in view.journal_24h.items()]
    attention = [
        f"{embeds.dot(one.status)} **{embeds.plain(one.name, 60)}** {embeds.plain(one.reason, 150)}"
        for one in view.checks
    ]
    attention += [f"🔔 **{one.severity}** {embeds.plain(one.summary, 150)}" for one in view.alerts]
    fields = [
        embeds.Field("Field", "\n".join(field), inline=True),
        embeds.Field("Agents", "\n".join(agents), inline=True),
        embeds.Field("Services", f"{well} of {len(view.services)} up" if view.services else "none listed"),
        embeds.Field("Journal, 24 h", embeds.plain(", ".join(counts) or "quiet", 500)),
        embeds.Field("Backups", f"{view.backups.count}; {_last(view.backups.last_good_at)}"),
        embeds.Field("Needs attention", "\n".join(attention) or "Nothing."),
    ]
    return embeds.card(
        "🔗 Ecosystem report",
        (embeds.plain(view.assessment, 500),),
        status=view.status,
        fields=fields,
        footer="The full report is attached. Tat Tvam Asi.",
    )


def _last(moment: datetime | None) -> str:
    return "no good backup yet" if moment is None else f"last good {embeds.relative(moment)}"


def _rules(rules: Mapping[str, str]) -> list[str]:
    return [f"**{kind}** {kept}" for kind, kept in rules.items()]


def _backup(record: BackupRecord, *, names: bool) -> str:
    who = f" · by {embeds.plain(record.actor, 60)}" if names and record.actor else ""
    line = (
        f"{_DOTS[record.status]} **{record.id}** {record.status} · {embeds.absolute(record.begun_at)} · "
        f"{words.size(record.size_bytes)}\n-# {record.file} · {embeds.plain(record.cause, 30)}{who}"
    )
    return f"{line}\n-# {embeds.plain(record.detail, 200)}" if record.detail else line
