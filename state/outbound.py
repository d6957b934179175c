"""The body that each kind of destination takes."""

from __future__ import annotations

from typing import Any, Final

import msgspec

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


def render(kind: Kind, message: Message) -> bytes:
    """The payload as it is, or Discord's own shape of it (Discord API, "Execute Webhook")."""
    return _discord(message) if kind == "discord" else message.payload


def _discord(message: Message) -> bytes:
    payload: dict[str, Any] = msgspec.json.decode(message.payload)
    spec = OUT_EVENTS.get(message.type)
    embed = {
        "title": message.type[:_TITLE_LENGTH],
        "description": spec.summary if spec is not None else "",
        "timestamp": payload["timestamp"],
        "color": _COLOURS[_TONES.get(message.type, "plain")],
        "fields": [
            {"name": name.replace("_", " ")[:_TITLE_LENGTH], "value": _value(value), "inline": True}
            for name, value in payload["data"].items()
            if value not in (None, "", {}, [])
        ][:_FIELDS],
        "footer": {"text": message.id},
    }
    return msgspec.json.encode({"embeds": [embed], "allowed_mentions": {"parse": []}})


def _value(value: object) -> str:
    if isinstance(value, dict):
        text = "\n".join(f"{name} {_plain(one)}" for name, one in value.items())
    elif isinstance(value, list):
        text = "\n".join(_plain(one) for one in value)
    else:
        text = _plain(value)
    return text if len(text) <= _VALUE_LENGTH else f"{text[: _VALUE_LENGTH - 1]}…"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
