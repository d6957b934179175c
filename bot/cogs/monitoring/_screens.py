"""Embeds of the monitoring commands, short enough for a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import discord

from bot.cards import status as status_card
from bot.cogs.monitoring._discovery import Address
from bot.cogs.monitoring._health import HealthView
from bot.cogs.monitoring._heartbeat import Pulse
from bot.cogs.monitoring._ping import PingView
from bot.replies import pages
from bot.text import embeds, words
from core.health import Check
from state.status.records import StatusView

CHECKS_PER_PAGE = 8
ROUTES_PER_PAGE = 8

_HEALTH_TITLES = {
    "pass": "Every check passes",
    "warn": "Working, with warnings",
    "fail": "Something is broken",
}


def health(view: HealthView, number: int) -> pages.Shown:
    """One page of the checks."""
    page = pages.pick([_check(check) for check in view.checks], number, per_page=CHECKS_PER_PAGE)
    counts = Counter(check.status for check in view.checks)
    said = [f"{counts[status]} {status}ing" for status in ("fail", "warn", "pass") if counts[status]]
    summary = " · ".join(said) or "No check has reported yet"
    title = f"{embeds.dot(view.overall)} {_HEALTH_TITLES[view.overall]}"
    return page.card(title, (summary, "", *page.parts), status=view.overall)


def status(view: StatusView) -> discord.Embed:
    """The assessment, the six values, and the state of each part."""
    facts = (
        f"**Agents** {status_card.agents(view)}",
        f"**Gateway** {status_card.gateway(view)}",
        f"**Webhooks** {_webhooks(view)}",
        f"**Ritual** {status_card.ritual(view)}",
        f"**Up** since {embeds.relative(view.started_at)}",
        f"**Data** changed {embeds.relative(view.state_changed_at)} ({_origin(view)})",
    )
    return status_card.card(view, "Helix", facts, f"{view.version} · Tat Tvam Asi")


def ping(view: PingView, round_trip_s: float | None) -> discord.Embed:
    """The latencies; `round_trip_s` is None until the reply has been sent."""
    rows = (
        ("Gateway", "not measured yet" if view.gateway_s is None else words.duration(view.gateway_s)),
        ("Round trip", "measuring…" if round_trip_s is None else words.duration(round_trip_s)),
        ("Loop lag", f"{words.duration(view.lag_s)} (worst {words.duration(view.worst_lag_s)} in a minute)"),
        ("Up", f"since {embeds.absolute(view.started_at)}, {embeds.relative(view.started_at)}"),
        ("Version", view.version),
    )
    return embeds.card("🏓 Pong", [f"**{name}** {value}" for name, value in rows])


def heartbeat(pulses: Sequence[Pulse]) -> discord.Embed:
    """The services, two lines each."""
    if not pulses:
        return embeds.card(
            "No services are watched",
            ("List services in `services.json` in the data folder.",),
            status="warn",
        )
    down = sum(not pulse.ok for pulse in pulses)
    title = f"{down} of {len(pulses)} down" if down else f"{len(pulses)} of {len(pulses)} up"
    return embeds.card(f"💓 {title}", [_pulse(pulse) for pulse in pulses], status="fail" if down else "pass")


def beat(name: str, *, ok: bool) -> str:
    """One line of progress: a service and whether it is up."""
    return f"{'✅' if ok else '❌'} {embeds.plain(name, 60)}"


def discovery(addresses: Sequence[Address], number: int) -> pages.Shown:
    """One page of the routes."""
    page = pages.pick([_address(address) for address in addresses], number, per_page=ROUTES_PER_PAGE)
    lines = page.parts or ("This process serves no HTTP routes.",)
    return page.card("🌐 Where Helix answers", lines, footer=f"{len(addresses)} routes")


def _check(check: Check) -> str:
    name = embeds.plain(check.name, 60)
    lines = [f"{embeds.dot(check.status)} **{name}** {check.status} · {embeds.relative(check.since)}"]
    if check.reason:
        lines.append(embeds.plain(check.reason, 300))
    if check.action:
        lines.append(f"→ {embeds.advice(check.action, 300)}")
    if check.bounds:
        lines.append(f"-# {embeds.plain(check.bounds, 300)}")
    return "\n".join(lines)


def _pulse(pulse: Pulse) -> str:
    latency = "" if pulse.latency_s is None else f" · {words.duration(pulse.latency_s)}"
    changed = "" if pulse.changed_at is None else f" {embeds.relative(pulse.changed_at)}"
    over = words.covered(pulse.over_s)
    uptime = "no history yet" if pulse.uptime is None or not over else f"{words.percent(pulse.uptime)} {over}"
    state = "up" if pulse.ok else "down"
    return (
        f"{embeds.dot('active' if pulse.ok else 'down')} **{embeds.plain(pulse.name, 60)}** "
        f"{embeds.plain(pulse.answer, 120)}{latency}\n-# {state}{changed} · {uptime}"
    )


def _address(address: Address) -> str:
    notes = [embeds.plain(address.gives, 160)]
    if address.needs:
        notes.append(f"🔑 {address.needs}")
    if address.link not in {"", address.url}:
        notes.append(f"such as {address.link}")
    # Discord links every bare URL, so URLs that cannot be opened are quoted.
    url = address.url if address.link == address.url else words.quoted(address.url, 300)
    return f"**{address.method}** {url}\n{' · '.join(notes)}"


def _origin(view: StatusView) -> str:
    return f"version {view.state_version}, {embeds.plain(view.state_source, 40)}"


def _webhooks(view: StatusView) -> str:
    queues = view.webhooks
    waiting = f"{queues.inbox_waiting} in, {queues.outbox_waiting} out waiting"
    opened = queues.open_breakers
    return f"{waiting} · {words.count(opened, 'breaker')} not closed" if opened else waiting
