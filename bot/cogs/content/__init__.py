"""Commands that show the manifesto, the codex and the rules, or keep them posted in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import access, catalog
from bot.arguments.channel import TextChannel
from bot.arguments.completion import choices
from bot.cogs.content import _input, _screens
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.posted import PostedDocument
from bot.text import documents

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext

_Channel = app_commands.Transform[discord.TextChannel | None, TextChannel]
_Screen = tuple[discord.Embed, discord.ui.View | None]


class Content(commands.Cog, name="content"):
    """Commands that show and post documents."""

    def __init__(self, bot: HelixBot) -> None:
        self.bot = bot

    @command("manifesto", action="action")
    async def manifesto(self, ctx: HelixContext, action: str | None = None, channel: _Channel = None) -> None:
        """Show or post the manifesto."""
        await self._answer(ctx, "manifesto", action, channel)

    @command("codex", action="section")
    async def codex(self, ctx: HelixContext, section: str | None = None, channel: _Channel = None) -> None:
        """Show the codex or a section of it, or post it."""
        document = documents.load("codex")
        if _input.is_post(section):
            await self._post(ctx, document, channel)
            return
        wanted = _input.parse_section(section, document)
        _input.refuse_channel(None if channel is None else channel.name, section, "codex")
        embed, view = await self._section(document, wanted, 0, ctx.author.id)
        await ctx.say(embed=embed, view=view)

    @command("rules", action="action")
    async def rules(self, ctx: HelixContext, action: str | None = None, channel: _Channel = None) -> None:
        """Show or post the rules."""
        await self._answer(ctx, "rules", action, channel)

    @codex.autocomplete("section")
    async def complete_section(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest sections, and `post` to members who may use it."""
        caller, entry = access.caller_of(interaction), catalog.find("codex")
        refused = entry is None or access.decide(entry.access, _input.POST, caller, entry.where)
        keys = [one.key for one in documents.load("codex").sections]
        return choices(keys if refused else (*keys, _input.POST), current)

    @buttons.component("content", "turn", command="codex")
    async def turn(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of a document or section."""
        turn = pages.Turn.of(press)
        name, _, key = turn.payload.partition(" ")
        document = documents.load(_input.parse_name(name))
        embed, view = await self._page(document, document.find(key), turn.page, press.user_id)
        await press.answer.update(embed=embed, view=view)

    @buttons.component("content", "section", command="codex", chosen=r"[\s\S]+")
    async def choose(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show another section of the codex."""
        document = documents.load("codex")
        embed, view = await self._section(document, document.find(press.values[0]), 0, press.user_id)
        await press.answer.update(embed=embed, view=view)

    async def _answer(
        self,
        ctx: HelixContext,
        name: documents.DocumentName,
        action: str | None,
        channel: discord.TextChannel | None,
    ) -> None:
        document = documents.load(name)
        if _input.parse_action(action):
            await self._post(ctx, document, channel)
            return
        _input.refuse_channel(None if channel is None else channel.name, action, name)
        embed, view = await self._page(document, None, 0, ctx.author.id)
        await ctx.say(embed=embed, view=view)

    async def _post(
        self, ctx: HelixContext, document: documents.Document, channel: discord.TextChannel | None
    ) -> None:
        if channel is None:
            raise _input.WrongUse(f"Say where: `{self.bot.prefix}{document.name} post #channel`.")
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

    async def _section(
        self, document: documents.Document, section: documents.Section | None, page: int, user_id: int
    ) -> _Screen:
        if section is not None:
            return await self._page(document, section, page, user_id)
        return _screens.contents(document, self.bot.prefix), buttons.view_of(
            await self._menu(document, "", user_id)
        )

    async def _page(
        self, document: documents.Document, section: documents.Section | None, page: int, user_id: int
    ) -> _Screen:
        shown, key = document.pages(section), "" if section is None else section.key
        number = pages.within(page, len(shown))
        payload = f"{document.name} {key}"
        view = await pages.view(
            self.bot, "content", "turn", user_id, page=number, count=len(shown), payload=payload
        )
        if section is not None:
            view = view or buttons.view_of()
            view.add_item(await self._menu(document, key, user_id))
        return _screens.page(document, section, shown, number), view

    async def _menu(self, document: documents.Document, chosen: str, user_id: int) -> buttons.ComponentItem:
        return await buttons.select(
            self.bot,
            "content",
            "section",
            user_id,
            options=_screens.options(document, chosen),
            placeholder="Choose a section",
        )


async def setup(bot: HelixBot) -> None:
    """Add the cog."""
    await bot.add_cog(Content(bot))
