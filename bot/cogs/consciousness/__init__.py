"""Commands about the level of consciousness, the emotions and the ethics."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.arguments.completion import offering
from bot.cogs.consciousness import _emotions, _ethics, _level, _screens
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from state.agents import ROSTER, AgentView, find_agent

if TYPE_CHECKING:
    from bot.replies.context import HelixContext


class Consciousness(HelixCog, name="consciousness"):
    """Commands about the collective's inner state."""

    @command("consciousness")
    async def consciousness(self, ctx: HelixContext, *, agent: str | None = None) -> None:
        """Show the level, for the collective or as one agent sees it."""
        name = None if agent is None else find_agent(agent).name
        level = await ctx.cached_async(
            (name,),
            lambda: self._fetch_level(name),
            ("state", "agents", "health"),
            # Each process measures its own agents.
            kind=_level.Level if name is None else None,
        )
        await ctx.say(embed=_screens.level(level))

    @command("emotions")
    async def emotions(self, ctx: HelixContext) -> None:
        """Show the emotional landscape."""
        landscape = await ctx.cached_async((), self._fetch_landscape, ("state",), kind=_emotions.Landscape)
        await ctx.say(embed=_screens.emotions(landscape))

    @command("ethics")
    async def ethics(self, ctx: HelixContext) -> None:
        """Show the four principles and the last decisions."""
        journal = self.bot.collective.journal
        found = await ctx.cached_async((), lambda: _ethics.fetch_decisions(journal), ("directives",))
        await ctx.say(embed=_screens.ethics(found, show_people=ctx.at_home))

    consciousness.autocomplete("agent")(offering(*(spec.name for spec in ROSTER)))

    async def _fetch_level(self, name: str | None) -> _level.Level:
        collective = self.bot.collective
        day_ago = await collective.journal.ucf_at(self.bot.kernel.clock.now() - timedelta(hours=24))
        views: dict[str, AgentView] = {view.name: view for view in collective.monitor.agents()}
        agent = None if name is None else views[name]
        return _level.build_level(collective.manager.snapshot.ucf, day_ago, agent)

    async def _fetch_landscape(self) -> _emotions.Landscape:
        collective = self.bot.collective
        activity = await _emotions.fetch_activity(
            collective.journal, self.bot.kernel.clock.now(), len(collective.alerts.open())
        )
        return _emotions.build_landscape(collective.manager.snapshot.ucf, activity)


setup = Consciousness.add_to
