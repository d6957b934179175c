"""Discord's limits for messages, and the small parts that replies share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import discord
import msgspec

from core.text.discord_markdown import escape
from core.text.visible_text import isolate, without_directions

# Discord API v10, "Message Create" and "Embed Limits".
CONTENT_LIMIT = 2_000
EMBEDS_LIMIT = 10
TOTAL_LIMIT = 6_000
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 4_096
FIELDS_LIMIT = 25
FIELD_NAME_LIMIT = 256
FIELD_VALUE_LIMIT = 1_024
FOOTER_LIMIT = 2_048
AUTHOR_LIMIT = 256

# Phones show the footer small, so it must be short.
_FOOTER_SHOWN = 300

ELLIPSIS = "…"
# Discord refuses a field without text; this character takes no room and counts as one.
_NOTHING = "\u200b"

_GREEN, _AMBER, _RED, _GREY, _VIOLET = 0x2ECC71, 0xF1C40F, 0xE74C3C, 0x95A5A6, 0x7E57C2
_COLOURS = {
    **dict.fromkeys(("pass", "active", "good", "loaded", "on", "kept"), _GREEN),
    **dict.fromkeys(("warn", "degraded", "fair", "stale"), _AMBER),
    **dict.fromkeys(("fail", "down", "critical", "failed", "broken"), _RED),
    **dict.fromkeys(("not yet", "not measured", "disabled", "off"), _GREY),
}
_CODE = re.compile(r"(`[^`]+`)")
_DOTS = {_GREEN: "🟢", _AMBER: "🟡", _RED: "🔴", _GREY: "⚪"}


class ReplyTooLong(Exception):
    """A reply exceeds a limit of Discord; the text names the part and the limit, for the log."""


class Field(msgspec.Struct, frozen=True):
    """One titled part of an embed; inline fields stand side by side if the screen is wide enough."""

    name: str
    value: str
    inline: bool = False


def length(text: str | None) -> int:
    """The length in UTF-16 units, the strictest reading of Discord's limits."""
    if not text or text.isascii():
        return len(text or "")
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """`text`, cut and ended with an ellipsis if it is longer than `limit` UTF-16 units."""
    # No character takes more than two units, so most texts need no counting.
    if 2 * len(text) <= limit or length(text) <= limit:
        return text
    room = limit - length(ELLIPSIS)
    return "" if room < 0 else text[: _end(text, 0, room)].rstrip() + ELLIPSIS


def clip_lines(lines: Sequence[str], limit: int) -> str:
    """As many whole lines as fit into `limit`, then how many are left out; one long line is cut."""
    text = "\n".join(lines)
    if 2 * len(text) <= limit or length(text) <= limit:
        return text
    for kept in range(len(lines) - 1, 0, -1):
        text = "\n".join((*lines[:kept], f"{ELLIPSIS} and {len(lines) - kept} more"))
        if length(text) <= limit:
            return text
    return clip(lines[0], limit)


def plain(text: str, limit: int = FIELD_VALUE_LIMIT) -> str:
    """Text from outside on one line, cut to `limit` before escaping: no Markdown, link or mention works.

    Right-to-left text in it does not move the text after it.
    """
    # The usual case, a plain word, needs no escaping.
    if text.isalnum() and text.isascii() and len(text) <= limit:
        return text
    return isolate(escape(clip(_in_line(text), limit)))


def advice(text: str, limit: int = FIELD_VALUE_LIMIT) -> str:
    """Like `plain`, but text in backticks stays code, such as a command to run."""
    pieces = _CODE.split(clip(_in_line(text), limit))
    return "".join(isolate(piece) if _CODE.fullmatch(piece) else _plain_inside(piece) for piece in pieces)


def colour(status: str | None) -> discord.Colour:
    """The colour of a status word (pass, active, warn, stale, fail, …); violet for None."""
    return discord.Colour(_VIOLET if status is None else _COLOURS.get(status, _GREY))


def dot(status: str) -> str:
    """The dot of a status word; show the word beside it, for people who do not see colours."""
    return _DOTS[_COLOURS.get(status, _GREY)]


def bar(value: float, low: float, high: float, *, width: int = 10) -> str:
    """`value` as a bar of `width` blocks from `low` to `high`; values outside are moved to the bound."""
    share = (value - low) / (high - low) if high > low else 0.0
    full = 0 if math.isnan(share) else round(min(1.0, max(0.0, share)) * width)
    return "▰" * full + "▱" * (width - full)


def relative(moment: datetime) -> str:
    """`moment` as a relative time ("3 minutes ago") that Discord translates and updates."""
    return f"<t:{int(moment.timestamp())}:R>"


def clock(moment: datetime) -> str:
    """`moment` as the time of day, to the second, in the reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:T>"


def absolute(moment: datetime) -> str:
    """`moment` as date and time in the reader's own time zone."""
    return f"<t:{int(moment.timestamp())}:f>"


def card(
    title: str,
    lines: Iterable[str] = (),
    *,
    status: str | None = None,
    fields: Iterable[Field] = (),
    footer: str = "",
) -> discord.Embed:
    """An embed that is always within Discord's limits.

    Text is cut at line ends if possible. Fields that do not fit are left out, the last ones first. The embed
    says how many lines or fields were left out.
    """
    title = clip(title.strip(), TITLE_LIMIT)
    footer = clip(footer.strip(), _FOOTER_SHOWN)
    room = TOTAL_LIMIT - length(title) - length(footer)
    body = clip_lines(tuple(lines), min(DESCRIPTION_LIMIT, room)).strip()
    embed = discord.Embed(colour=colour(status), title=title or None, description=body or None)
    if footer:
        embed.set_footer(text=footer)
    _add_fields(embed, tuple(fields), room - length(body))
    return embed


def check(
    content: str | None,
    embeds: Sequence[discord.Embed] = (),
    *,
    view: discord.ui.View | None = None,
) -> None:
    """Checks a reply against Discord's limits.

    Raises:
        ReplyTooLong: names the first part that exceeds its limit, and the limit.
    """
    _fits("content", content, CONTENT_LIMIT)
    _hold("embeds", len(embeds), EMBEDS_LIMIT)
    total = 0
    for embed in embeds:
        data = embed.to_dict()
        fields = data.get("fields", [])
        total += _fits("embed title", data.get("title"), TITLE_LIMIT)
        total += _fits("embed description", data.get("description"), DESCRIPTION_LIMIT)
        total += _fits("embed footer", data.get("footer", {}).get("text"), FOOTER_LIMIT)
        total += _fits("embed author", data.get("author", {}).get("name"), AUTHOR_LIMIT)
        _hold("embed fields", len(fields), FIELDS_LIMIT)
        for field in fields:
            total += _fits("embed field name", field["name"], FIELD_NAME_LIMIT)
            total += _fits("embed field value", field["value"], FIELD_VALUE_LIMIT)
    _hold("embeds in sum", total, TOTAL_LIMIT)
    if view is not None:
        _hold("components", view.total_children_count, 25)


def _in_line(text: str) -> str:
    return without_directions(" ".join(text.split()))


def _plain_inside(piece: str) -> str:
    before = " " if piece.startswith(" ") else ""
    after = " " if piece.strip() and piece.endswith(" ") else ""
    return f"{before}{plain(piece)}{after}"


def _add_fields(embed: discord.Embed, fields: tuple[Field, ...], room: int) -> None:
    note = f"{ELLIPSIS} and {{}} more"
    reserve = len(note) + 10
    for index, field in enumerate(fields):
        name = clip(field.name.strip(), FIELD_NAME_LIMIT) or _NOTHING
        value = clip_lines(field.value.strip().split("\n"), FIELD_VALUE_LIMIT).strip() or _NOTHING
        last = index == len(fields) - 1
        over = length(name) + length(value) + (0 if last else reserve) > room
        if over or (index == FIELDS_LIMIT - 1 and not last):
            if room >= reserve and len(embed.fields) < FIELDS_LIMIT:
                embed.add_field(name=_NOTHING, value=note.format(len(fields) - index), inline=False)
            return
        embed.add_field(name=name, value=value, inline=field.inline)
        room -= length(name) + length(value)


def _end(text: str, start: int, limit: int) -> int:
    """The largest `end` for which `text[start:end]` has at most `limit` UTF-16 units."""
    end = min(len(text), start + limit)
    while length(text[start:end]) > limit:
        end -= max(1, (length(text[start:end]) - limit) // 2)
    return end


def _fits(part: str, text: str | None, limit: int) -> int:
    size = length(text)
    _hold(part, size, limit)
    return size


def _hold(part: str, size: int, limit: int) -> None:
    if size > limit:
        raise ReplyTooLong(f"{part}: {size}, and Discord takes {limit}")
