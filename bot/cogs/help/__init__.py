"""The help command: every command by category, and each one in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot import access
from bot.arguments.completion import suggesting
from bot.cogs.help import _screens, _topics
from bot.dispatch import pressed_command
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext


class Help(HelixCog, name="help"):
    """Shows the catalog."""

    @command("help")
    async def show_help(self, ctx: HelixContext, *, topic: str | None = None) -> None:
        """Show the overview with its menu, or one command or category."""
        prefix = self.bot.prefix
        visible = access.visible_entries(ctx.caller)
        if topic is None:
            categories = _topics.build_categories(visible)
            view = await self._menu(ctx, categories)
            await ctx.say(embed=_screens.overview(categories, prefix), view=view)
            return
        found = _topics.find_topic(topic, visible, prefix=prefix)
        embeds = []
        if found.entry is not None:
            embeds.append(_screens.command(found.entry, prefix))
        if found.category is not None:
            embeds.append(_screens.category(found.category, prefix))
        await ctx.say(embeds=embeds)

    show_help.autocomplete("topic")(
        suggesting(lambda asked: _topics.names(access.visible_entries(access.caller_of(asked))))
    )

    @buttons.component("help", "menu", command="help")
    async def turn_to(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show the chosen category, limited to what the reader may run."""
        prefix = self.bot.prefix
        categories = _topics.build_categories(access.visible_entries(press.caller))
        chosen = next((one for one in categories if one.info.name in press.values), None)
        embed = _screens.overview(categories, prefix) if chosen is None else _screens.category(chosen, prefix)
        name = _topics.OVERVIEW if chosen is None else chosen.info.name
        await press.answer.update(embed=embed, view=await self._menu(press, categories, name))

    @buttons.component("help", "run", command="help")
    async def run_command(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Run the command that the button names, if the reader may."""
        await pressed_command.run(interaction, press)

    async def _menu(
        self, asked: Asked, categories: Sequence[_topics.Category], chosen: str = _topics.OVERVIEW
    ) -> discord.ui.View:
        options = [
            discord.SelectOption(
                label="Overview",
                value=_topics.OVERVIEW,
                default=chosen == _topics.OVERVIEW,
                description="Everything",
            ),
            *(
                discord.SelectOption(
                    label=one.info.title,
                    value=one.info.name,
                    description=one.info.summary,
                    default=chosen == one.info.name,
                )
                for one in categories
            ),
        ]
        menu = await self.menu(asked, "menu", options=options, placeholder="Choose a category")
        return buttons.view_of(menu)


setup = Help.add_to
