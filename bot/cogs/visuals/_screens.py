"""Messages with pictures and icons."""

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
    """The picture and its values; attached as a file, since an embed would drop the alt text."""
    values = " · ".join(
        f"{embeds.dot(judge(metric, value))} {metric} {value:.2f}" for metric, value in ucf.as_dict().items()
    )
    text = f"**{_TITLES[view.style]}** – {view.style}\n{values}\n-# The same field gives the same picture."
    file = discord.File(
        BytesIO(view.png), filename=f"{view.style}.png", description=embeds.clip(view.alt, _ALT_LIMIT)
    )
    return text, file


def icon(guild: discord.Guild, record: IconRecord, *, foreign: bool) -> discord.Embed:
    """The current icon and the cycle."""
    if guild.icon is None:
        now = "none"
    elif foreign:
        now = "not made by me"
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
    """The outcome of `icon set`."""
    return embeds.card(
        f"The icon is now {record.mode}", (f"**Cycle** {_cycle(record)}",), status="pass",
        footer="Drawn from the field as it is.",
    )  # fmt: skip


def switched(record: IconRecord, *, already: bool) -> discord.Embed:
    """The outcome of `icon cycle`."""
    state = "off" if record.next_at is None else "on"
    title = f"The cycle is {'already ' if already else ''}{state}"
    return embeds.card(title, () if state == "off" else (f"**Cycle** {_cycle(record)}",), status=state)


def kept() -> discord.Embed:
    """The reply when the icon was not replaced."""
    return embeds.card("The icon stays as it is")


def _cycle(record: IconRecord) -> str:
    if record.next_at is None:
        return "off"
    return (
        f"every {EVERY // timedelta(hours=1)} h; next: {record.following}, {embeds.relative(record.next_at)}"
    )
