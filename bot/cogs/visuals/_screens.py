"""How pictures and icons look."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import discord

from bot.cards.field_pictures import FieldPicture
from bot.pictures.field_request import STYLES
from bot.servers.icons import EVERY, IconRecord
from bot.text import embeds
from state.models import UCF, judge

# Discord API, "Attachment Object": the description.
_ALT_LIMIT = 1_024

_TITLES = {
    "mandelbrot": "The rim",
    "julia": "The island",
    "ouroboros": "The one that holds its tail",
    "mandala": "The lotus",
}


def picture(view: FieldPicture, ucf: UCF) -> tuple[str, discord.File]:
    """The picture with the values that made it; a file of its own, since an embed would drop its alt text."""
    values = " · ".join(
        f"{embeds.dot(judge(metric, value))} {metric} {value:.2f}" for metric, value in ucf.as_dict().items()
    )
    text = f"**{_TITLES[view.style]}** – {view.style}\n{values}\n-# The same field gives the same picture."
    file = discord.File(
        BytesIO(view.png), filename=f"{view.style}.png", description=embeds.clip(view.alt, _ALT_LIMIT)
    )
    return text, file


def icon(guild: discord.Guild, record: IconRecord, *, foreign: bool) -> discord.Embed:
    """The icon as it is, and what the cycle does."""
    if guild.icon is None:
        now = "none"
    elif foreign:
        now = "not of my making"
    else:
        since = "" if record.set_at is None else f", set {embeds.relative(record.set_at)}"
        now = f"**{record.mode}**{since}"
    lines = [f"**Now** {now}", f"**Cycle** {_cycle(record)}", f"**Modes** {', '.join(STYLES)}"]
    if record.trouble is not None:
        lines.append(f"⚠️ {record.trouble}")
    embed = embeds.card(f"Icon of {embeds.plain(guild.name, 100)}", lines)
    if guild.icon is not None:
        embed.set_thumbnail(url=guild.icon.url)
    return embed


def changed(record: IconRecord) -> discord.Embed:
    """What was set."""
    return embeds.card(
        f"The icon is {record.mode} now", (f"**Cycle** {_cycle(record)}",), status="pass",
        footer="Drawn from the field as it is.",
    )  # fmt: skip


def switched(record: IconRecord, *, already: bool) -> discord.Embed:
    """The cycle as it is now."""
    state = "off" if record.next_at is None else "on"
    title = f"The cycle is {state}{' already' if already else ''}"
    return embeds.card(title, () if state == "off" else (f"**Cycle** {_cycle(record)}",), status=state)


def kept() -> discord.Embed:
    """Nothing was replaced."""
    return embeds.card("The icon stays as it is")


def _cycle(record: IconRecord) -> str:
    if record.next_at is None:
        return "off"
    return (
        f"every {EVERY // timedelta(hours=1)} h; next: {record.following}, {embeds.relative(record.next_at)}"
    )
