"""Commands that show the manifesto, the codex and the rules, or keep them posted in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import access
from bot.arguments.channel import TextChannel
from bot.arguments.completion import suggesting
from bot.cogs.content import _arguments, _screens
from bot.dispatch.cog import HelixCog, may, show
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.posted import PostedDocument
from bot.text import documents

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext

_Channel = app_commands.Transform[discord.TextChannel | None, TextChannel]


class Content(HelixCog, name="content"):
    """Commands that show and post documents."""

    @command("manifesto", action="action")
    async def manifesto(self, ctx: HelixContext, action: str | None = None, channel: _Channel = None) -> None:
        """Show or post the manifesto."""
        await self._answer(ctx, "manifesto", action, channel)

    @command("codex", action="section")
    async def codex(self, ctx: HelixContext, section: str | None = None, channel: _Channel = None) -> None:
        """Show the codex or a section of it, or post it."""
        document = documents.load("codex")
        if _arguments.is_post(section):
            await self._post(ctx, document, channel)
            return
        wanted = _arguments.parse_section(section, document)
        _arguments.refuse_channel(None if channel is None else channel.name, section, "codex")
        await self._show_section(ctx, document, wanted)

    @command("rules", action="action")
    async def rules(self, ctx: HelixContext, action: str | None = None, channel: _Channel = None) -> None:
        """Show or post the rules."""
        await self._answer(ctx, "rules", action, channel)

    codex.autocomplete("section")(suggesting(lambda asked: _sections(access.caller_of(asked))))

    @buttons.component("content", "turn", command="codex")
    async def turn(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of a document or section."""
        turn = pages.Turn.of(press)
        name, _, key = turn.payload.partition(" ")
        document = documents.load(_arguments.parse_name(name))
        await self._show(press, document, document.find(key), turn.page)

    @buttons.component("content", "section", command="codex", chosen=r"[\s\S]+")
    async def choose(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show another section of the codex."""
        document = documents.load("codex")
        await self._show_section(press, document, document.find(press.values[0]))

    async def _answer(
        self,
        ctx: HelixContext,
        name: documents.DocumentName,
        action: str | None,
        channel: discord.TextChannel | None,
    ) -> None:
        document = documents.load(name)
        if _arguments.parse_action(action):
            await self._post(ctx, document, channel)
            return
        _arguments.refuse_channel(None if channel is None else channel.name, action, name)
        await self._show(ctx, document, None)

    async def _post(
        self, ctx: HelixContext, document: documents.Document, channel: discord.TextChannel | None
    ) -> None:
        if channel is None:
            raise _arguments.WrongUse(f"Say where: `{self.bot.prefix}{document.name} post #channel`.")
        with self.bot.guild_work.hold(channel.guild.id, f"{document.name} post"):
            posting = await PostedDocument(self.bot, document.name, channel).post(document.messages())
        # The journal holds what happens in the home server only.
        if posting.changed and ctx.at_home:
            after = {"channel": channel.name, "messages": posting.parts, "sent": posting.sent}
            after |= {"edited": posting.edited, "deleted": posting.deleted}
            await self.bot.collective.manager.record(
                ctx.caller.actor.row("content", document.name, after=after)
            )
        await ctx.say(embed=_screens.posted(document, channel, posting))

    async def _show_section(
        self,
        asked: Asked,
        document: documents.Document,
        section: documents.Section | None,
    ) -> None:
        """Show a section, or the table of contents."""
        if section is not None:
            await self._show(asked, document, section)
            return
        menu = await self._menu(asked, document, "")
        await show(asked, _screens.contents(document, self.bot.prefix), buttons.view_of(menu))

    async def _show(
        self,
        asked: Asked,
        document: documents.Document,
        section: documents.Section | None,
        number: int = 0,
    ) -> None:
        """Show one page of a section, or of the whole document."""
        key = "" if section is None else section.key
        items = () if section is None else (await self._menu(asked, document, key),)
        shown = _screens.page(document, section, number)
        await self.show_page(asked, "turn", shown, f"{document.name} {key}", items=items)

    async def _menu(self, asked: Asked, document: documents.Document, chosen: str) -> buttons.ComponentItem:
        options = _screens.options(document, chosen)
        return await self.menu(asked, "section", options=options, placeholder="Choose a section")


def _sections(caller: access.Caller) -> list[str]:
    """The sections of the codex, and `post` for members who may use it."""
    keys = [one.key for one in documents.load("codex").sections]
    return [*keys, _arguments.POST] if may(caller, "codex", _arguments.POST) else keys


setup = Content.add_to
