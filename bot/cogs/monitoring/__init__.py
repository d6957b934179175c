"""Commands that show the state, the health checks, the metrics, the services and the HTTP routes."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot.arguments.completion import offering
from bot.cogs.monitoring import (
    _discovery,
    _health,
    _heartbeat,
    _metrics,
    _metrics_screen,
    _ping,
    _screens,
    _status_screen,
)
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext
    from state.services import ProbeResult


_STATUS_TAGS = ("state", "agents", "health", "rituals")


class Monitoring(commands.Cog, name="monitoring"):
    """Commands that only read."""

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @command("status")
    async def status(self, ctx: HelixContext) -> None:
        """Show the collective on one screen."""
        view = ctx.cached((), self.bot.collective.status.read, _STATUS_TAGS)
        await ctx.say(embed=_status_screen.status(view))

    @command("health")
    async def health(self, ctx: HelixContext) -> None:
        """Show every health check."""
        view = ctx.cached((), lambda: _health.build_health(self.bot.kernel.health), ("health",))
        embed, buttons_below = await self._health_page(view, 0, ctx.author.id)
        await ctx.say(embed=embed, view=buttons_below)

    @buttons.component("monitoring", "health", command="health")
    async def turn_health(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current checks."""
        view = _health.build_health(self.bot.kernel.health)
        embed, buttons_below = await self._health_page(view, pages.Turn.of(press).page, press.user_id)
        await press.answer.update(embed=embed, view=buttons_below)

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
        embed, buttons_below = await self._discovery_page(addresses, 0, ctx.author.id)
        await ctx.say(embed=embed, view=buttons_below)

    @buttons.component("monitoring", "discovery", command="discovery")
    async def turn_discovery(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the routes."""
        page = pages.Turn.of(press).page
        embed, buttons_below = await self._discovery_page(self._addresses(), page, press.user_id)
        await press.answer.update(embed=embed, view=buttons_below)

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

    async def _health_page(
        self, view: _health.HealthView, page: int, user_id: int
    ) -> tuple[discord.Embed, discord.ui.View | None]:
        count = len(_screens.health_pages(view))
        page = pages.within(page, count)
        below = await pages.view(self.bot, "monitoring", "health", user_id, page=page, count=count)
        return _screens.health(view, page), below

    async def _discovery_page(
        self, addresses: tuple[_discovery.Address, ...], page: int, user_id: int
    ) -> tuple[discord.Embed, discord.ui.View | None]:
        count = len(_screens.discovery_pages(addresses))
        page = pages.within(page, count)
        below = await pages.view(self.bot, "monitoring", "discovery", user_id, page=page, count=count)
        return _screens.discovery(addresses, page), below


async def setup(bot: HelixBot) -> None:
    """Add the cog."""
    await bot.add_cog(Monitoring(bot))
