"""Commands that save and restore checkpoints of the state, and search the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import access
from bot.arguments.completion import choices
from bot.cogs.contexts import _difference, _screens, _search_screen
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from state.contexts import StateMoved

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext

_Screen = tuple[discord.Embed, discord.ui.View | None]

# Page, the newest entry of the first page, and the filter or query.
_AFTER_NEWEST = pages.TURN + buttons.NUMBER + r" [\s\S]*"


class ContextsCog(commands.Cog, name="contexts"):
    """Commands about checkpoints and search."""

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @command("archive")
    async def archive(self, ctx: HelixContext, *, name: str) -> None:
        """Save a checkpoint of the state."""
        context = await self.bot.collective.contexts.archive(name, ctx.caller.actor)
        await ctx.say(embed=_screens.kept(context))

    @command("restore")
    async def restore(self, ctx: HelixContext, *, name: str) -> None:
        """Show the difference, ask for confirmation, then restore field and folklore."""
        contexts = self.bot.collective.contexts
        context = await contexts.find(name)
        moved = False
        while difference := _difference.compare(self.bot.collective.manager.snapshot, context):
            question = _screens.question(context, difference, moved=moved)
            if not await confirm(ctx, question, danger=True):
                return
            try:
                after = await contexts.restore(context, ctx.caller.actor, shown=difference.shown)
            except StateMoved:
                moved = True
                continue
            await ctx.say(embed=_screens.restored(context, difference, after.version))
            return
        await ctx.say(embed=_screens.nothing_differs(context))

    @command("contexts")
    async def contexts(self, ctx: HelixContext, *, filter: str | None = None) -> None:  # noqa: A002 - the option's name
        """List the checkpoints."""
        embed, view = await self._list_page(filter or "", None, 0, ctx.author.id, show_people=ctx.at_home)
        await ctx.say(embed=embed, view=view)

    @buttons.component("contexts", "list", command="contexts", payload=_AFTER_NEWEST)
    async def turn_list(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the same list, or go back to it."""
        turn = pages.Turn.of(press)
        newest_id, _, containing = turn.payload.partition(" ")
        embed, view = await self._list_page(
            containing,
            int(newest_id),
            turn.page,
            press.user_id,
            show_people=access.caller_of(interaction).sees_names,
        )
        await press.answer.update(embed=embed, view=view)

    @buttons.component("contexts", "look", command="contexts", payload=_AFTER_NEWEST, chosen=buttons.NUMBER)
    async def look(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show one checkpoint in full, with a button back to the list."""
        context = await self.bot.collective.contexts.find(f"#{press.values[0]}")
        back = await buttons.button(
            self.bot, "contexts", "list", press.user_id, press.payload, label="Back to the list"
        )
        show_people = access.caller_of(interaction).sees_names
        await press.answer.update(
            embed=_screens.whole(context, show_people=show_people), view=buttons.view_of(back)
        )

    @command("search")
    async def search(self, ctx: HelixContext, *, query: str) -> None:
        """Search journal, rituals, checkpoints and directives."""
        embed, view = await self._search_page(query, None, 0, ctx.author.id, people=ctx.at_home)
        await ctx.say(embed=embed, view=view)

    @buttons.component("contexts", "search", command="search", payload=_AFTER_NEWEST)
    async def turn_search(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the same hits; names are searched only if this reader may see them."""
        turn = pages.Turn.of(press)
        newest, _, query = turn.payload.partition(" ")
        people = access.caller_of(interaction).sees_names
        embed, view = await self._search_page(query, int(newest), turn.page, press.user_id, people=people)
        await press.answer.update(embed=embed, view=view)

    @restore.autocomplete("name")
    async def complete_restore(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest checkpoints."""
        return choices(await self.bot.collective.contexts.names(), current)

    @contexts.autocomplete("filter")
    @archive.autocomplete("name")
    async def complete_name(
        self, _interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest checkpoints, to find one or to save a newer one under its name."""
        return choices(await self.bot.collective.contexts.names(), current)

    async def _list_page(
        self, containing: str, newest_id: int | None, page: int, user_id: int, *, show_people: bool
    ) -> _Screen:
        briefs = await self.bot.collective.contexts.page(containing, newest_id=newest_id)
        cut = _screens.brief_pages(briefs)
        page = pages.within(page, len(cut))
        embed = _screens.listed(briefs, containing, page, show_people=show_people)
        if not briefs:
            return embed, None
        payload = f"{briefs[0].id if newest_id is None else newest_id} {containing}"
        turning = await pages.view(
            self.bot, "contexts", "list", user_id, page=page, count=len(cut), payload=payload
        )
        look = await buttons.select(
            self.bot,
            "contexts",
            "look",
            user_id,
            f"{page}|{payload}",
            options=_screens.options(cut[page]),
            placeholder="Open a checkpoint",
        )
        view = turning or buttons.view_of()
        view.add_item(look)
        return embed, view

    async def _search_page(
        self, query: str, newest: int | None, page: int, user_id: int, *, people: bool
    ) -> _Screen:
        found = await self.bot.collective.search.find(
            query,
            people=people,
            newest=newest,
            offset=page * _search_screen.PER_PAGE,
            limit=_search_screen.PER_PAGE,
        )
        view = await pages.view(
            self.bot,
            "contexts",
            "search",
            user_id,
            page=page,
            count=_search_screen.page_count(found),
            payload=f"{found.newest} {query}",
        )
        return _search_screen.found(found, query, page), view


async def setup(bot: HelixBot) -> None:
    """Add the cog."""
    await bot.add_cog(ContextsCog(bot))
