"""Embeds of deliveries, breakers and test events."""

from __future__ import annotations

from collections.abc import Sequence

import discord
import msgspec

from bot.cogs.webhooks._deliveries import Incoming, Listing, Outgoing, Subscribed, Whole
from bot.cogs.webhooks._sending import Replayed
from bot.replies import pages
from bot.text import embeds, words
from core.breakers.breaker import BreakerView
from core.text.visible_text import without_directions
from core.webhooks.records import Attempt, Delivery, InboxEvent
from state.events import OutEvent

_DOTS = {
    "delivered": "🟢", "done": "🟢", "waiting": "🟡", "accepted": "🟡", "processing": "🟡", "failed": "🟡",
    "dead": "🔴", "closed": "🟢", "half-open": "🟡", "open": "🔴",
}  # fmt: skip
_NOTHING = {"out": "Nothing was sent yet.", "dead letters": "There are no dead letters."}
_ATTEMPTS_SHOWN = 5
_PAYLOAD_SHOWN = 1_000
PER_PAGE = 6


def listing(shown: Listing, number: int) -> pages.Shown:
    """One page of a list."""
    page = pages.pick(_lines(shown), number, per_page=PER_PAGE)
    title, nothing, more = _head(shown)
    return page.card(title, page.parts or (nothing,), footer=more)


def whole(one: Whole) -> discord.Embed:
    """One delivery with its attempts and its payload."""
    delivery = one.delivery
    lines = [_delivery_line(delivery), ""]
    lines += [_attempt_line(attempt) for attempt in one.attempts[:_ATTEMPTS_SHOWN]]
    if delivery.receipt:
        lines.append(f"🧾 reply of the destination: {embeds.plain(delivery.receipt, 200)}")
    return embeds.card(
        f"Delivery {delivery.id}",
        [*lines, _json(one.payload)],
        status={"delivered": "pass", "waiting": "warn", "dead": "fail"}[delivery.status],
        footer=delivery.event_id,
    )


def event(one: InboxEvent) -> discord.Embed:
    """One incoming event with its handlers."""
    lines = [_event_line(one), ""]
    for handling in one.handlers:
        error = f": {embeds.plain(handling.error, 200)}" if handling.error else ""
        due = (
            f" · next attempt {embeds.relative(handling.next_at)}"
            if handling.status == "failed" and handling.next_at
            else ""
        )
        lines.append(
            f"{_DOTS[handling.status]} `{handling.name}` {handling.status}, "
            f"{words.count(handling.attempts, 'attempt')}{due}{error}"
        )
    return embeds.card("Incoming event", [*lines, _json(one.data)], footer=one.id)


def replayed(result: Replayed) -> discord.Embed:
    """The outcome of a replay."""
    lines = [f"**{result.delivered}** delivered"]
    if result.failed:
        lines.append(f"**{result.failed}** failed again; `/webhooks failed` lists those that stay dead")
    if result.waiting:
        lines.append(f"**{result.waiting}** still being sent")
    status = "warn" if result.failed or result.waiting else "pass"
    return embeds.card(
        f"Sent {words.count(result.total, 'delivery', 'deliveries')} again", lines, status=status
    )


def nothing_dead(span: str) -> discord.Embed:
    """The reply when there is nothing to replay."""
    return embeds.card("Replay", (f"There are no dead letters{span}: nothing to replay.",))


def handlers_again(count: int) -> discord.Embed:
    """The outcome of a replay of an incoming event."""
    return embeds.card("Replay", (f"{words.count(count, 'handler')} will try again.",), status="pass")


def breakers(views: Sequence[BreakerView], number: int) -> pages.Shown:
    """One page of the breakers."""
    page = pages.pick([_breaker_line(view) for view in views], number)
    opened = sum(view.state != "closed" for view in views)
    nothing = "There is no breaker yet: each destination and handler gets one with its first call."
    return page.card(
        "Breakers",
        page.parts or (nothing,),
        status="warn" if opened else "pass",
        footer=_breakers_footer(opened, len(views)),
    )


def _breakers_footer(opened: int, count: int) -> str:
    if not count:
        return "Vega watches."
    return f"{opened} of {count} not closed" if opened else f"All {count} closed: all calls go through."


def breaker_changed(before: BreakerView, after: BreakerView) -> discord.Embed:
    """The outcome of a reset or trip."""
    lines = (f"{before.state} → **{after.state}**", _breaker_line(after))
    status = "pass" if after.state == "closed" else "warn"
    return embeds.card(f"Breaker {embeds.plain(after.name, 100)}", lines, status=status)


def emitted(made: OutEvent, deliveries: Sequence[Delivery], listeners: int) -> discord.Embed:
    """A test event and its deliveries."""
    data = msgspec.to_builtins(made)
    kind = data.pop("type")
    if deliveries:
        lines = [_delivery_line(delivery) for delivery in deliveries[:PER_PAGE]]
        if len(deliveries) > PER_PAGE:
            lines.append(f"… and {len(deliveries) - PER_PAGE} more")
    else:
        lines = ["No destination receives this event. Set ZAPIER_WEBHOOK_URL or subscribe a REST hook."]
    failed = any(delivery.status != "delivered" for delivery in deliveries)
    lines += [
        f"Sent to {words.count(listeners, 'live listener')}, marked as a test.",
        _json(msgspec.json.encode(data)),
    ]
    return embeds.card(f"Emitted: {kind}", lines, status="warn" if failed or not deliveries else "pass")


def _head(shown: Listing) -> tuple[str, str, str]:
    """The title, the text of an empty list, and the footer."""
    if isinstance(shown, Incoming):
        return "📥 Webhooks in", "There are no incoming events yet.", f"{shown.waiting} waiting"
    if isinstance(shown, Outgoing):
        counts = " · ".join(
            f"{shown.counts[name]} {name}"
            for name in ("waiting", "delivered", "dead")
            if shown.counts.get(name)
        )
        return f"📤 Webhooks: {shown.title}", _NOTHING.get(shown.title, "There is nothing."), counts
    off = f"{len(shown.disabled)} disabled" if shown.disabled else ""
    nothing = "No destination yet. Set ZAPIER_WEBHOOK_URL or DISCORD_WEBHOOK_URL, or subscribe a REST hook."
    return "🪝 Destinations of events", nothing, off


def _lines(listing: Listing) -> list[str]:
    if isinstance(listing, Incoming):
        return [_event_line(event) for event in listing.events]
    if isinstance(listing, Outgoing):
        return [_delivery_line(delivery) for delivery in listing.deliveries]
    return _destination_lines(listing)


def _destination_lines(shown: Subscribed) -> list[str]:
    lines = [f"{_dot(shown, name)} **{name}** every event (settings)" for name in shown.configured]
    lines += [
        f"{_dot(shown, hook.id)} `{hook.id}` {hook.event} → {embeds.plain(hook.host, 80)}"
        f"\n-# since {embeds.relative(hook.created_at)}{_why(shown, hook.id)}"
        for hook in shown.hooks
    ]
    return lines


def _dot(shown: Subscribed, name: str) -> str:
    return "🔴" if name in shown.disabled else "🟢"


def _why(shown: Subscribed, name: str) -> str:
    return f" · disabled: {embeds.plain(shown.disabled[name], 80)}" if name in shown.disabled else ""


def _event_line(one: InboxEvent) -> str:
    return (
        f"{_DOTS[one.status]} **{one.type}** {one.status} · {embeds.relative(one.received_at)}\n-# `{one.id}`"
    )


def _delivery_line(one: Delivery) -> str:
    due = f" · next {embeds.relative(one.next_at)}" if one.next_at is not None and one.attempts else ""
    error = f" · {embeds.plain(one.last_error, 80)}" if one.last_error else ""
    return (
        f"{_DOTS[one.status]} **{one.id}** {one.type} → `{one.destination}` {one.status}"
        f"\n-# {words.count(one.attempts, 'attempt')}{error}{due} · {embeds.relative(one.created_at)}"
    )


def _attempt_line(attempt: Attempt) -> str:
    answer = attempt.error or f"HTTP {attempt.status}"
    return (
        f"`{attempt.number}` {embeds.plain(answer, 80)} in {words.duration(attempt.took_s)} · "
        f"{embeds.relative(attempt.at)}"
    )


def _breaker_line(view: BreakerView) -> str:
    rate = f"{view.failures} of {words.count(view.calls, 'call')} failed" if view.calls else "no recent calls"
    probe = f" · next probe {embeds.relative(view.next_probe)}" if view.next_probe is not None else ""
    return f"{_DOTS[view.state]} `{view.name}` **{view.state}** · {rate}{probe}"


def _json(data: bytes) -> str:
    text = without_directions(msgspec.json.format(data).decode()).replace("```", "ˋˋˋ")
    return f"```json\n{embeds.clip(text, _PAYLOAD_SHOWN)}\n```"
