"""Embeds of dice, coins, answers and fortunes."""

from __future__ import annotations

import discord

from bot.cogs.fun._dice import Die, Rolled, RolledTerm
from bot.cogs.fun._dice_notation import Dice, Number, format_dice, format_group
from bot.cogs.fun._eight_ball import Reading
from bot.cogs.fun._fortune import Fortune
from bot.cogs.fun._vibe import FIELD_SHARE, Vibe
from bot.text import embeds, words

_TONES = {"yes": "good", "open": None, "no": "warn"}
# Up to this many coins are listed one by one.
_COINS_SHOWN = 20
_FAIR = "Drawn fairly, whatever the UCF says."
_TWENTIES = {20: "A natural twenty. The field takes note.", 1: "A one. Phoenix begins here."}


def eight_ball(question: str, reading: Reading, harmony: float) -> discord.Embed:
    """A question, its answer, and the odds."""
    odds = ", ".join(f"{tone} {weight:.0%}" for tone, weight in reading.weights.items())
    return embeds.card(
        "🎱 The eight ball",
        (f"> {embeds.plain(question, 300)}", f"**{reading.text}**"),
        status=_TONES[reading.tone],
        footer=f"At harmony {harmony:.2f}: {odds}",
    )


def rolled(view: Rolled) -> discord.Embed:
    """Every die, dropped ones struck through, and the sum."""
    notation = format_dice(tuple(one.term for one in view.terms))
    lines = [_term(one, first=not index) for index, one in enumerate(view.terms)]
    return embeds.card(f"🎲 {view.total}", (f"`{notation}`", *lines), footer=_remark(view))


def coins(view: tuple[bool, ...]) -> discord.Embed:
    """One coin, or several with their counts."""
    heads = sum(view)
    if len(view) == 1:
        return embeds.card(f"🪙 {'Heads' if heads else 'Tails'}", footer="Fair, whatever the UCF says.")
    lines = [f"**{heads}** heads · **{len(view) - heads}** tails"]
    if len(view) <= _COINS_SHOWN:
        lines.append(" · ".join("heads" if one else "tails" for one in view))
    return embeds.card(f"🪙 {len(view)} coins", lines, footer="Fair, whatever the UCF says.")


def fortune(view: Fortune, name: str) -> discord.Embed:
    """A person's fortune."""
    under = f", {view.sign}" if view.sign else ""
    lines = [view.text]
    if view.advice:
        lines.append(f"*{view.advice}*")
    lines += ["", f"**Companion** {view.companion} · **Number** {view.number}"]
    return embeds.card(
        f"{view.symbol} {embeds.plain(name, 80)}{under}", lines, footer="It stays so until midnight, UTC."
    )


def vibe(view: Vibe, name: str) -> discord.Embed:
    """A vibe and its two parts."""
    lines = (
        f"{embeds.bar(view.score, 0, 100)} **{view.score}** of 100 – **{view.band}**",
        view.text,
        "",
        f"**Field** {view.field} · **Day** {view.person}",
    )
    footer = f"{FIELD_SHARE:.0%} the field, {1 - FIELD_SHARE:.0%} the person's day (UTC)."
    return embeds.card(f"Vibe check: {embeds.plain(name, 80)}", lines, footer=footer)


def _term(one: RolledTerm, *, first: bool) -> str:
    sign = "− " if one.term.sign < 0 else "" if first else "+ "
    if isinstance(one.term, Number):
        return f"{sign}**{one.term.value}**"
    shown = ", ".join(_die(die, one.term) for die in one.dice)
    return f"{sign}{format_group(one.term)}: {shown} = **{abs(one.total)}**"


def _die(die: Die, dice: Dice) -> str:
    if die.dropped:
        return f"~~{die.value}~~"
    return f"**{die.value}**" if die.value == dice.sides else str(die.value)


def _remark(view: Rolled) -> str:
    groups = [(one.term, one.dice) for one in view.terms if isinstance(one.term, Dice)]
    if len(groups) == 1 and groups[0][0].sides == 20 and len(groups[0][1]) == 1:
        return _TWENTIES.get(groups[0][1][0].value, _FAIR)
    return f"{words.count(sum(len(dice) for _, dice in groups), 'die', 'dice')}. {_FAIR}"
