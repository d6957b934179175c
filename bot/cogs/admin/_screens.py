"""Embeds of the admin commands."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot import catalog
from bot.loading import CogFailure, CogStatus, LoadResult
from bot.parts.everywhere import read_result
from bot.replies import pages
from bot.text import embeds, processes, words
from core.cache import CacheStats
from core.flags import Flag
from core.store import Reply
from state.projection.mirror import Refusal

COGS_PER_PAGE = 10


def cogs(statuses: Sequence[CogStatus], number: int) -> pages.Shown:
    """One page of the cogs."""
    page = pages.pick([_cog(status) for status in statuses], number, per_page=COGS_PER_PAGE)
    failed = sum(status.state == "failed" for status in statuses)
    loaded = sum(status.state == "loaded" for status in statuses)
    head = f"{loaded} of {len(statuses)} loaded" + (f", {failed} failed" if failed else "")
    return page.card("🧩 Cogs", (head, "", *page.parts), status="fail" if failed else "pass")


def tick(result: LoadResult, verb: str) -> str:
    """The outcome for one cog: one line, or two after a failure."""
    if result.ok:
        return f"✅ **{result.cog}** {verb}ed in {result.ms:.0f} ms"
    if result.error is not None and not result.error.incident:
        return f"❌ **{result.cog}** not {verb}ed. {_failure(result.error)}"
    kept = "; the old code keeps running" if result.kept_old else ""
    return f"❌ **{result.cog}** not {verb}ed{kept}\n{_failure(result.error)}"


def reloaded(replies: Sequence[Reply]) -> tuple[str, ...]:
    """A line for each process, if there are several."""
    return processes.each(replies, lambda answer: tick(read_result(answer), "reload"))


def already_loaded(cog: str) -> str:
    """The line for a cog that was already loaded."""
    return f"✅ **{cog}** is already loaded; `/reload {cog}` reloads its code"


def already_unloaded(cogs: Sequence[str]) -> discord.Embed:
    """The reply when every cog was already unloaded."""
    return embeds.card(
        "", [f"✅ **{cog}** is already unloaded; `/load {cog}` loads it again" for cog in cogs]
    )


def unload_question(cogs: Sequence[str]) -> str:
    """The question before an `unload`: the commands that stop working, and how to undo it."""
    lines = [f"**{cog}**: {', '.join(f'`/{entry.name}`' for entry in catalog.by_cog(cog))}" for cog in cogs]
    head = "Unload? Nobody can use these commands until the cog is loaded again, even after a restart:"
    return "\n".join((head, *lines, f"`/load {' '.join(cogs)}` loads them again."))


def ticks(lines: Sequence[str], verb: str, *, failed: int) -> discord.Embed:
    """The outcome for all of them."""
    title = "" if len(lines) == 1 else f"{len(lines) - failed} of {len(lines)} {verb}ed"
    return embeds.card(title, lines, status="fail" if failed else "pass")


def nothing_changed() -> discord.Embed:
    """The reply to `reload changed` when no source has changed."""
    return embeds.card("", ("Nothing to reload: no loaded cog has changed on disk.",))


def flags(shown: Sequence[Flag]) -> discord.Embed:
    """Flags with their value, source and meaning."""
    footer = "A switch lasts until the next restart."
    return embeds.card("🎚️ Flags", [_flag(flag) for flag in shown], footer=footer)


def switched(before: Flag, after: Flag, replies: Sequence[Reply] = ()) -> discord.Embed:
    """The flag before and after, and what each process says."""
    same = before.value == after.value
    line = (
        f"`{after.name}` is already **{_on(after.value)}**."
        if same
        else (f"`{after.name}` **{_on(before.value)}** → **{_on(after.value)}**")
    )
    until = "Until the next restart; then the environment sets it again."
    return embeds.card(
        "🎚️ Flag",
        (line, after.meaning, *processes.each(replies)),
        footer=until if after.source.startswith("overridden") else "",
    )


def caches(stats: Sequence[CacheStats], *, enabled: bool) -> discord.Embed:
    """Every cache, two lines each."""
    head = () if enabled else ("Caching is off (flag `response_caching`): these caches are not used.", "")
    return embeds.card("🔥 Caches", (*head, *(_cache(one) for one in stats)) or ("No cache yet.",))


def cleared(
    name: str, entries: int, problems: Sequence[Refusal | str] | None, replies: Sequence[Reply] = ()
) -> discord.Embed:
    """The outcome of a clear; `problems` is None when the state files were not reread."""
    lines = [f"Cleared **{name}**: {words.count(entries, 'entry', 'entries')} removed."]
    if problems is not None:
        lines.append(
            "The state files were read again."
            if not problems
            else "The state files were read again; these problems remain:"
        )
        lines += [f"❌ {_problem(problem)}" for problem in problems]
    lines += processes.each(replies, lambda removed: f"{removed} removed")
    return embeds.card("🔥 Caches", lines, status="warn" if problems else "pass")


def _cog(status: CogStatus) -> str:
    facts = []
    if status.load_ms is not None:
        facts.append(f"{status.load_ms:.0f} ms")
    names = status.commands or catalog.by_cog(status.name)
    facts += [words.count(len(names), "command"), words.count(status.uses, "use")]
    loaded = "" if status.loaded_at is None else f" {embeds.relative(status.loaded_at)}"
    line = f"{embeds.dot(status.state)} **{status.name}** {status.state}{loaded}\n-# {' · '.join(facts)}"
    return line if status.error is None else f"{line}\n{_failure(status.error)}"


def _failure(error: CogFailure | None) -> str:
    if error is None:
        return "-# cause unknown"
    if not error.incident:
        return embeds.plain(error.message, 300)
    where = f"{error.file}:{error.line}" if error.line is not None else error.file
    place = f"{words.quoted(where, 150)} " if where else ""
    return f"{place}{embeds.plain(f'{error.type}: {error.message}', 200)} (incident `{error.incident}`)"


def _flag(flag: Flag) -> str:
    on = _on(flag.value)
    return f"{embeds.dot(on)} `{flag.name}` **{on}** ({flag.source})\n-# {flag.meaning}"


def _on(value: bool) -> str:
    return "on" if value else "off"


def _cache(one: CacheStats) -> str:
    rate = "no use yet" if one.hit_rate is None else f"{one.hit_rate:.0%} hits"
    age = "" if one.oldest_age_s is None else f" · oldest {one.oldest_age_s:.0f} s"
    return (
        f"**{embeds.plain(one.name, 60)}** {one.size} of {one.max_entries} · {rate}\n"
        f"-# hits {one.hits}, misses {one.misses} · TTL {one.ttl_s:g} s{age} · "
        f"for {embeds.plain(one.owner, 60)}"
    )


def _problem(problem: Refusal | str) -> str:
    if isinstance(problem, str):
        return embeds.plain(problem, 200)
    place = f"{problem.file}:{problem.line}" if problem.line is not None else problem.file
    return f"{words.quoted(place, 100)} {embeds.plain(problem.reason, 200)}"
