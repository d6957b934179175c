"""Commands that show the state, the health checks, the metrics, the services and the HTTP routes."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import offering
from bot.cogs.monitoring import (
    _discovery,
    _health,
    _heartbeat,
    _metrics,
    _metrics_screen,
    _ping,
    _screens,
)
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.replies.context import HelixContext
    from state.services import ProbeResult


_STATUS_TAGS = ("state", "agents", "health", "rituals")


class Monitoring(HelixCog, name="monitoring"):
    """Commands that only read."""

    @command("status")
    async def status(self, ctx: HelixContext) -> None:
        """Show the collective on one screen."""
        view = ctx.cached((), self.bot.collective.status.read, _STATUS_TAGS)
        await ctx.say(embed=_screens.status(view))

    @command("health")
    async def health(self, ctx: HelixContext) -> None:
        """Show every health check."""
        view = ctx.cached((), lambda: _health.build_health(self.bot.kernel.health), ("health",))
        await self.show_page(ctx, "health", _screens.health(view, 0))

    @buttons.component("monitoring", "health", command="health")
    async def turn_health(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current checks."""
        view = _health.build_health(self.bot.kernel.health)
        await self.show_page(press, "health", _screens.health(view, pages.Turn.of(press).page))

    @command("metrics")
    async def metrics(self, ctx: HelixContext, section: str | None = None) -> None:
        """Show the metrics, or one section of them."""
        wanted = _metrics.parse_section(section)
        kernel, slo = self.bot.kernel, self.bot.collective.slo
        view = ctx.cached((wanted,), lambda: _metrics.build_metrics(kernel, slo.current(), wanted), ())
        await ctx.say(embed=_metrics_screen.metrics(view))

    @command("heartbeat")
    async def heartbeat(self, ctx: HelixContext) -> None:
        """Probe every service now."""
        probes = self.bot.collective.probes
        total = len(probes.services)
        if not total:
            await ctx.say(embed=_screens.heartbeat(()))
            return
        async with Progress(ctx, "💓 Probing", total=total, stoppable=True) as progress:
            answered: list[str] = []

            def note(result: ProbeResult) -> None:
                answered.append(result.name)
                progress.advance(len(answered), _screens.beat(result.name, ok=result.ok))

            pulses = await progress.run(_heartbeat.fetch_pulses(probes, self.bot.kernel.clock, note))
            await progress.finish(_screens.heartbeat(pulses))

    @command("discovery")
    async def discovery(self, ctx: HelixContext) -> None:
        """List every HTTP route."""
        addresses = ctx.cached((), self._addresses, ())
        await self.show_page(ctx, "discovery", _screens.discovery(addresses, 0))

    @buttons.component("monitoring", "discovery", command="discovery")
    async def turn_discovery(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the routes."""
        shown = _screens.discovery(self._addresses(), pages.Turn.of(press).page)
        await self.show_page(press, "discovery", shown)

    @command("ping")
    async def ping(self, ctx: HelixContext) -> None:
        """Show the latencies; the round trip is measured with the reply itself."""
        view = _ping.build_ping(self.bot.kernel, self.bot.latency)
        began = perf_counter()
        reply = await ctx.say(embed=_screens.ping(view, None))
        round_trip_s = perf_counter() - began
        await reply.edit(embed=_screens.ping(view, round_trip_s))

    metrics.autocomplete("section")(offering(*_metrics.SECTIONS))

    def _addresses(self) -> tuple[_discovery.Address, ...]:
        read_token_set = bool(self.bot.kernel.settings.read_token)
        return _discovery.build_discovery(self.bot.routes, self.bot.base_url, read_token_set=read_token_set)


setup = Monitoring.add_to
