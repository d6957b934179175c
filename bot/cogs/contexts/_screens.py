"""Embeds of checkpoints."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cogs.contexts._difference import Difference
from bot.replies import pages
from bot.text import embeds, words
from state.contexts.records import Context, ContextBrief

PER_PAGE = 8

_MOST_RITUALS = 5


def kept(context: Context) -> discord.Embed:
    """The outcome of `archive`."""
    content = context.content
    return embeds.card(
        "📦 Checkpoint saved",
        (
            (
                f"**{embeds.plain(context.name)}** (#{context.id}) holds version {context.version}: "
                f"the field, {words.count(len(content.agents), 'agent')}, "
                f"{words.count(len(content.folklore), 'tale')} of folklore."
            ),
            f"{words.quoted(f'/restore {context.name}')} restores field and folklore.",
        ),
        status="kept",
        footer="What is remembered can be returned to.",
    )


def listed(page: pages.Page[ContextBrief], total: int, containing: str, *, show_people: bool) -> pages.Shown:
    """One page of the checkpoints; `total` counts those of all pages."""
    if not page.parts:
        text = (
            f"No checkpoint name contains {words.quoted(containing)}."
            if containing
            else "There is no checkpoint yet. `/archive` saves one."
        )
        return page.card("📦 Checkpoints", (text,))
    lines = [_brief(brief, show_people=show_people) for brief in page.parts]
    return page.card("📦 Checkpoints", lines, footer=words.count(total, "checkpoint"))


def options(briefs: Sequence[ContextBrief]) -> list[discord.SelectOption]:
    """The menu of the checkpoints on one page."""
    return [
        discord.SelectOption(
            label=embeds.clip(brief.name, 100),
            value=str(brief.id),
            description=f"#{brief.id}, version {brief.version}, {brief.at:%Y-%m-%d %H:%M} UTC",
        )
        for brief in briefs
    ]


def whole(context: Context, *, show_people: bool) -> discord.Embed:
    """One checkpoint in full."""
    content = context.content
    values = [f"**{name}** {words.metric(value)}" for name, value in content.ucf.as_dict().items()]
    fields = [embeds.Field("Field", " · ".join(values))]
    lore = [
        f"**{kind}** met {words.count(one.encounters, 'time')}"
        for kind, one in sorted(content.folklore.items())
    ]
    fields.append(embeds.Field("Folklore", " · ".join(lore) or "none yet"))
    fields.append(embeds.Field("Agents", "\n".join(_agents(context)) or "none"))
    if content.rituals:
        rituals = [
            f"#{one.id} {embeds.plain(one.kind, 40)}, {words.count(one.steps, 'step')}, "
            f"{embeds.relative(one.finished_at)}"
            for one in content.rituals[:_MOST_RITUALS]
        ]
        fields.append(embeds.Field("Last rituals", "\n".join(rituals)))
    head = f"Version {context.version}, saved {embeds.absolute(context.at)}"
    if not context.newest:
        head += f"\nA newer checkpoint has the same name: restore this one with `/restore #{context.id}`."
    return embeds.card(
        f"📦 {embeds.plain(context.name)} (#{context.id})",
        (head, *_people(context, show_people=show_people)),
        fields=fields,
    )


def question(context: Context, difference: Difference, *, moved: bool) -> str:
    """The question before a restore, with every difference."""
    lines = [f"Restore **{embeds.plain(context.name)}** ({_which(context)})?", ""]
    if moved:
        lines[:0] = ["**The state has changed in the meantime.** This is the difference now:", ""]
    lines += [
        f"**{one.name}** {words.metric(one.now)} → {words.metric(one.then)}" for one in difference.metrics
    ]
    lines += [f"**{one.kind}** met {one.now} → {one.then} times" for one in difference.lore]
    return "\n".join((*lines, "", "Nothing else changes: agents, journal and rituals stay as they are."))


def nothing_differs(context: Context) -> discord.Embed:
    """The reply when there is nothing to restore."""
    return embeds.card(
        "",
        (f"Field and folklore already match **{embeds.plain(context.name)}**. Nothing was changed.",),
        status="pass",
    )


def restored(context: Context, difference: Difference, version: int) -> discord.Embed:
    """The outcome of a restore."""
    changed = [one.name for one in difference.metrics] + [one.kind for one in difference.lore]
    return embeds.card(
        "📦 Restored",
        (
            (
                f"Version {version} has the field and folklore of **{embeds.plain(context.name)}** "
                f"({_which(context)})."
            ),
            f"Changed: {', '.join(changed)}.",
        ),
        status="pass",
        footer="The river is the same; the water is not.",
    )


def _brief(brief: ContextBrief, *, show_people: bool) -> str:
    older = "" if brief.newest else " · older, same name"
    lines = [
        (
            f"**{embeds.plain(brief.name)}** #{brief.id} · version {brief.version} · "
            f"{embeds.relative(brief.at)}{older}"
        )
    ]
    return "\n".join((*lines, *_people(brief, show_people=show_people)))


def _people(brief: ContextBrief, *, show_people: bool) -> tuple[str, ...]:
    if not show_people or not (brief.actor or brief.note):
        return ()
    who = f"by {embeds.plain(brief.actor, 60)}" if brief.actor else ""
    why = embeds.plain(brief.note, 200) if brief.note else ""
    return ("-# " + " · ".join(filter(None, (who, why))),)


def _agents(context: Context) -> list[str]:
    by_status: dict[str, list[str]] = {}
    for agent in context.content.agents:
        by_status.setdefault(agent.status, []).append(agent.name)
    return [f"{embeds.dot(status)} {status}: {', '.join(names)}" for status, names in by_status.items()]


def _which(context: Context) -> str:
    if context.is_defaults:
        return "the defaults of a new Helix"
    return f"#{context.id}, version {context.version}, saved {embeds.relative(context.at)}"
