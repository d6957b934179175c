"""How deliveries, breakers and test events look."""

from __future__ import annotations

import discord
import msgspec

from bot import embeds, words
from bot.cogs.webhooks._deliveries import Selection, View
from core.durations import format_duration
from state.events import OutEvent

_NOTHING: dict[View, str] = {
    "in": "No event has come in.",
    "out": "No event has gone out.",
    "failed": "No delivery has failed, since none was tried.",
    "subscriptions": "Nobody has subscribed.",
}
_UNBUILT = "Deliveries are not built yet"


def deliveries(view: View) -> discord.Embed:
    """One list of deliveries."""
    return embeds.card(f"Webhooks: {view}", (_NOTHING[view],), status="not built yet", footer=f"{_UNBUILT}.")


def nothing_to_replay(selection: Selection) -> discord.Embed:
    """Nothing is sent again."""
    span = "" if selection.since is None else f" in the last {format_duration(selection.since)}"
    text = f"Nothing has failed{span}, since nothing was delivered: there is nothing to send again."
    return embeds.card("Replay", (text,), status="not built yet", footer=f"{_UNBUILT}.")


def breakers() -> discord.Embed:
    """Every breaker."""
    text = "There is no breaker yet. Each destination and each handler will have one of its own."
    return embeds.card("Breakers", (text,), status="not built yet", footer=f"{_UNBUILT}. Vega waits.")


def emitted(event: OutEvent, listeners: int) -> discord.Embed:
    """A test event that was handed out."""
    data = msgspec.json.format(msgspec.json.encode(event)).decode()
    lines = (
        f"Handed to {words.count(listeners, 'live listener')}, marked as a test.",
        "No delivery exists yet, so it went no further.",
        f"```json\n{embeds.clip(data.replace('```', 'ˋˋˋ'), 1_500)}\n```",
    )
    return embeds.card(f"Emitted: {msgspec.to_builtins(event)['type']}", lines, status="pass")
