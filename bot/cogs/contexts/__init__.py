"""Commands that save and restore checkpoints of the state, and search the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import suggesting
from bot.cogs.contexts import _difference, _screens, _search_screen
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from state.contexts import StateMoved

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext

# Page, the newest entry of the first page, and the filter or query.
_AFTER_NEWEST = pages.TURN + buttons.NUMBER + r" [\s\S]*"


class ContextsCog(HelixCog, name="contexts"):
    """Commands about checkpoints and search."""

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
        await self._show_list(ctx, filter or "", None, 0)

    @buttons.component("contexts", "list", command="contexts", payload=_AFTER_NEWEST)
    async def turn_list(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the same list, or go back to it."""
        turn = pages.Turn.of(press)
        newest_id, _, containing = turn.payload.partition(" ")
        await self._show_list(press, containing, int(newest_id), turn.page)

    @buttons.component("contexts", "look", command="contexts", payload=_AFTER_NEWEST, chosen=buttons.NUMBER)
    async def look(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show one checkpoint in full, with a button back to the list."""
        context = await self.bot.collective.contexts.find(f"#{press.values[0]}")
        back = await self.button(press, "list", press.payload, label="Back to the list")
        embed = _screens.whole(context, show_people=press.caller.sees_names)
        await press.answer.update(embed=embed, view=buttons.view_of(back))

    @command("search")
    async def search(self, ctx: HelixContext, *, query: str) -> None:
        """Search journal, rituals, checkpoints and directives."""
        await self._show_hits(ctx, query, None, 0)

    @buttons.component("contexts", "search", command="search", payload=_AFTER_NEWEST)
    async def turn_search(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the same hits; names are searched only if this reader may see them."""
        turn = pages.Turn.of(press)
        newest, _, query = turn.payload.partition(" ")
        await self._show_hits(press, query, int(newest), turn.page)

    _complete = suggesting(lambda asked: asked.client.collective.contexts.names())
    archive.autocomplete("name")(_complete)
    restore.autocomplete("name")(_complete)
    contexts.autocomplete("filter")(_complete)

    async def _show_list(self, asked: Asked, containing: str, newest_id: int | None, number: int) -> None:
        briefs = await self.bot.collective.contexts.page(containing, newest_id=newest_id)
        page = pages.share(briefs, number, per_page=_screens.PER_PAGE)
        shown = _screens.listed(page, len(briefs), containing, show_people=asked.caller.sees_names)
        if not briefs:
            await self.show_page(asked, "list", shown)
            return
        payload = f"{briefs[0].id if newest_id is None else newest_id} {containing}"
        turn, options = f"{page.number}|{payload}", _screens.options(page.parts)
        menu = await self.menu(asked, "look", turn, options=options, placeholder="Open a checkpoint")
        await self.show_page(asked, "list", shown, payload, items=(menu,))

    async def _show_hits(self, asked: Asked, query: str, newest: int | None, page: int) -> None:
        per_page = _search_screen.PER_PAGE
        found = await self.bot.collective.search.find(
            query, people=asked.caller.sees_names, newest=newest, offset=page * per_page, limit=per_page
        )
        shown = _search_screen.found(found, query, page)
        await self.show_page(asked, "search", shown, f"{found.newest} {query}")


setup = ContextsCog.add_to
