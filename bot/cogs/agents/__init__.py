"""Commands about the fourteen agents: their state, their history and their sayings."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.arguments.completion import offering
from bot.arguments.parsing import check_range
from bot.cogs.agents import _history, _roster, _screens, _wisdom
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, last_said, pages
from state.agents import LAYERS, ROSTER, AgentSpec, find_agent

if TYPE_CHECKING:
    from bot.replies.context import HelixContext

# Page, agent, days, and the newest entry of the first page.
_TURN = pages.TURN + r"\S+ [0-9]{1,3} " + buttons.NUMBER
_NAMES: Final = tuple(spec.name for spec in ROSTER)


class Agents(HelixCog, name="agents"):
    """Commands about the agents."""

    @command("agents")
    async def agents(self, ctx: HelixContext, layer: str | None = None) -> None:
        """List the agents, or those of one layer."""
        wanted = _roster.parse_layer(layer)
        roster = ctx.cached(
            (wanted,),
            lambda: _roster.build_roster(self.bot.collective.monitor.agents(), wanted),
            ("agents", "health", "state"),
        )
        await ctx.say(embed=_screens.roster(roster))

    @command("agent")
    async def agent(self, ctx: HelixContext, *, name: str) -> None:
        """Show one agent."""
        spec = find_agent(name)
        sheet = ctx.cached(
            (spec.name,),
            lambda: _roster.build_sheet(spec, self.bot.collective.monitor.agents(), self.bot.kernel.health),
            ("agents", "health", "state"),
        )
        await ctx.say(embed=_screens.sheet(sheet))

    @command("history")
    async def history(self, ctx: HelixContext, agent: str, days: int = 7) -> None:
        """Show what an agent did."""
        spec, days = find_agent(agent), check_range("days", days, 1, _history.MOST_DAYS)
        history = await self._fetch(spec, days, None)
        shown = _screens.history(history, spec, days, 0, show_people=ctx.at_home)
        await self.show_page(ctx, "history", shown, f"{spec.name} {days} {history.newest_id}")

    @buttons.component("agents", "history", command="history", payload=_TURN)
    async def turn_history(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the same list; names are shown only if this reader may see them."""
        turn = pages.Turn.of(press)
        name, days, newest_id = turn.payload.split(" ")
        spec = find_agent(name)
        history = await self._fetch(spec, int(days), int(newest_id))
        show_people = press.caller.sees_names
        shown = _screens.history(history, spec, int(days), turn.page, show_people=show_people)
        await self.show_page(press, "history", shown, turn.payload)

    @command("wisdom")
    async def wisdom(self, ctx: HelixContext, *, agent: str | None = None) -> None:
        """Show a saying, never the same twice in a row."""
        name = None if agent is None else find_agent(agent).name
        draw = random.SystemRandom()
        text = await last_said.choose(
            self.bot.key_values,
            self.bot.remember_scope,
            str(ctx.channel.id),
            lambda last: _wisdom.pick_saying(name, last, draw.choice),
        )
        await ctx.say(embed=_screens.wisdom(text, find_agent(_wisdom.author_of(text))))

    agents.autocomplete("layer")(offering(*LAYERS))
    agent.autocomplete("name")(offering(*_NAMES))
    history.autocomplete("agent")(offering(*_NAMES))
    wisdom.autocomplete("agent")(offering(*_NAMES))

    async def _fetch(self, spec: AgentSpec, days: int, newest_id: int | None) -> _history.History:
        since = self.bot.kernel.clock.now() - timedelta(days=days)
        journal = self.bot.collective.journal
        return await _history.fetch_history(journal, spec, since=since, newest_id=newest_id)


setup = Agents.add_to
