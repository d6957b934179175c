"""Renders the request body for each kind of destination."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.text.discord_markdown import escape
from core.text.numbers import plain
from core.webhooks.destinations import Kind
from core.webhooks.sending import Message
from state.events import OUT_EVENTS

_COLOURS: Final = {"good": 0x2ECC71, "warning": 0xF1C40F, "critical": 0xE74C3C, "plain": 0x7E57C2}
_TONES: Final = {
    "alert.raised": "critical", "alert.cleared": "good", "command.failed": "warning",
    "delivery.exhausted": "warning", "backup.completed": "good", "ritual.completed": "good",
}  # fmt: skip
# Discord API, "Embed Limits".
_FIELDS: Final = 25
_VALUE_LENGTH: Final = 1_024
_TITLE_LENGTH: Final = 256
_TOTAL: Final = 6_000
_BESIDE: Final = 60


def render(kind: Kind, message: Message) -> bytes:
    """The payload unchanged or, for Discord, as a message (Discord API, "Execute Webhook")."""
    return _discord(message) if kind == "discord" else message.payload


def _discord(message: Message) -> bytes:
    payload: dict[str, Any] = msgspec.json.decode(message.payload)
    spec = OUT_EVENTS.get(message.type)
    title = message.type[:_TITLE_LENGTH]
    description = spec.summary if spec is not None else ""
    embed = {
        "title": title,
        "description": description,
        "timestamp": payload["timestamp"],
        "color": _COLOURS[_TONES.get(message.type, "plain")],
        "fields": _fields(payload["data"], _TOTAL - len(title) - _length(description) - len(message.id)),
        "footer": {"text": message.id},
    }
    return msgspec.json.encode({"embeds": [embed], "allowed_mentions": {"parse": []}})


def _fields(data: dict[str, Any], room: int) -> list[dict[str, object]]:
    """The fields of an embed, as far as `room` characters permit; short values are shown side by side."""
    fields: list[dict[str, object]] = []
    for key, value in data.items():
        name = _clip(key.replace("_", " ").strip(), _TITLE_LENGTH)
        text = "" if value is None else _text(value).strip()
        if not name or not text:
            continue
        room -= _length(name)
        shown = _clip(text, min(_VALUE_LENGTH, room))
        if len(fields) == _FIELDS or not shown:
            break
        room -= _length(shown)
        fields.append({"name": name, "value": shown, "inline": len(shown) <= _BESIDE})
    return fields


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{_plain(name)} {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(_plain(one) for one in value)
    return _plain(value)


def _plain(value: object) -> str:
    """The value as text without markup: input from outside must not become a link in our message."""
    if isinstance(value, float):
        return f"{plain(value)}"
    return escape(str(value))


def _clip(text: str, limit: int) -> str:
    if _length(text) <= limit:
        return text
    # A backslash at the end would escape the "…".
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return "" if limit < 1 else kept.rstrip("\\") + "…"


def _length(text: str) -> int:
    """The length in UTF-16 units, by which Discord's limits count in the strictest reading."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
