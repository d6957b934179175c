"""The base of every cog, and how commands and buttons show one page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

from bot import access, catalog
from bot.replies import buttons, pages

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext

    # A command's context, or a press: both can be answered.
    Asked = HelixContext | buttons.Press


class HelixCog(commands.Cog):
    """A cog that holds nothing but the bot.

    The module of a cog ends with `setup = TheCog.add_to`, which the loader calls.
    """

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @classmethod
    async def add_to(cls, bot: HelixBot) -> None:
        """Add a new instance to the bot."""
        await bot.add_cog(cls(bot))

    async def button(
        self,
        asked: Asked,
        action: str,
        payload: str = "",
        *,
        label: str,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> buttons.ComponentItem:
        """The caller's button for a component of this cog."""
        name, user_id = self.qualified_name, user_of(asked)
        return await buttons.button(
            self.bot, name, action, user_id, payload, label=label, emoji=emoji, style=style, disabled=disabled
        )

    async def menu(
        self,
        asked: Asked,
        action: str,
        payload: str = "",
        *,
        options: Sequence[discord.SelectOption],
        placeholder: str,
        several: bool = False,
    ) -> buttons.ComponentItem:
        """The caller's menu for a component of this cog."""
        name, user_id = self.qualified_name, user_of(asked)
        return await buttons.select(
            self.bot, name, action, user_id, payload,
            options=options, placeholder=placeholder, several=several,
        )  # fmt: skip

    async def show_page(
        self,
        asked: Asked,
        action: str,
        shown: pages.Shown,
        payload: str = "",
        *,
        items: Sequence[buttons.ComponentItem] = (),
    ) -> None:
        """Show a page, with ◀ and ▶ if there are several.

        Args:
            asked: a command gets a reply; the message of a press is updated.
            action: the component of this cog that answers ◀ and ▶.
            shown: the page.
            payload: what ◀ and ▶ carry beside the target page.
            items: further buttons and menus below the page.
        """
        view = await pages.view(
            self.bot,
            self.qualified_name,
            action,
            user_of(asked),
            page=shown.number,
            count=shown.count,
            payload=payload,
        )
        if items:
            view = view or buttons.view_of()
            for item in items:
                view.add_item(item)
        await show(asked, shown.embed, view)


async def show(asked: Asked, embed: discord.Embed, view: discord.ui.View | None = None) -> None:
    """Reply to a command, or update the pressed message."""
    if isinstance(asked, buttons.Press):
        await asked.answer.update(embed=embed, view=view)
    else:
        await asked.say(embed=embed, view=view)


def user_of(asked: Asked) -> int:
    """The id of the user whose buttons these are."""
    return asked.user_id if isinstance(asked, buttons.Press) else asked.author.id


def guild_of(asked: HelixContext | discord.Interaction[Any]) -> discord.Guild:
    """The server in which a command or a button is used.

    Raises:
        commands.NoPrivateMessage: there is none; commands for servers only have refused before.
    """
    if asked.guild is None:
        raise commands.NoPrivateMessage
    return asked.guild


def may(caller: access.Caller, name: str, action: str | None = None) -> bool:
    """Whether the caller may run this action of a command (None: the action that only reads)."""
    entry = catalog.find(name)
    return entry is not None and access.decide(entry.access, action, caller, entry.where) is None
