"""Recognizes that Discord refused text that the caller typed, which is not an error of Helix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.replies import discord_codes
from core.errors import HelixError

if TYPE_CHECKING:
    import discord


class TextRefused(HelixError):
    """Discord refused text that the caller typed."""


def refusal_of(
    error: discord.HTTPException, parts: Mapping[str, Any], typed: Iterable[str]
) -> TextRefused | None:
    """The error for the caller if their own text was refused; None if other text was refused.

    Args:
        error: Discord's answer.
        parts: the message as it was sent: `content` and `embeds`.
        typed: the texts of the caller's arguments.
    """
    fields = discord_codes.refused_fields(error)
    payload = {"content": parts.get("content"), "embeds": [one.to_dict() for one in parts.get("embeds", ())]}
    given = [text for text in typed if text]
    if not fields or not all(_is_typed(_value_at(payload, field), given) for field in fields):
        return None
    reasons = " ".join(dict.fromkeys(fields.values()))
    return TextRefused(f"Discord refused your text: {reasons} Change it and try again.")


def _is_typed(value: str | None, typed: Sequence[str]) -> bool:
    """Whether one of the texts is at least half of the value, not only a word in a sentence of Helix."""
    if not value:
        return False
    # Escaped Markdown has more backslashes than the typed text.
    shown = value.replace("\\", "")
    bare = (text.replace("\\", "") for text in typed)
    return any(text in shown and 2 * len(text) >= len(shown) for text in bare if text)


def _value_at(payload: object, path: str) -> str | None:
    """The text at a path such as `embeds.0.title`; None if there is none."""
    for key in path.split("."):
        if isinstance(payload, Mapping):
            payload = payload.get(key)
        elif isinstance(payload, Sequence) and key.isdecimal() and int(key) < len(payload):
            payload = payload[int(key)]
        else:
            return None
    return payload if isinstance(payload, str) else None
