"""Commands that draw pictures of the field, and set one as the server's icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.arguments.completion import offering, suggesting
from bot.arguments.parsing import parse_action
from bot.cards import field_pictures
from bot.cogs.visuals import _arguments, _screens
from bot.dispatch.cog import HelixCog, guild_of
from bot.dispatch.command import command
from bot.pictures.field_request import STYLES, Style
from bot.replies.confirm import confirm
from bot.servers import icons

if TYPE_CHECKING:
    from bot.replies.context import HelixContext
    from state.models import UCF

SIZE = 1024

_ASK = "I did not make this server's current icon. Replace it? Discord keeps no copy of the old one."


class Visuals(HelixCog, name="visuals"):
    """Commands that draw."""

    @command("visualize")
    async def visualize(self, ctx: HelixContext, style: str | None = None) -> None:
        """Draw a picture."""
        wanted = field_pictures.parse_style(style)
        ucf, picture = await ctx.cached_async((wanted,), lambda: self._draw(wanted), ("state",))
        text, file = _screens.picture(picture, ucf)
        await ctx.say(text, files=(file,))

    @command("icon", action="action")
    async def icon(self, ctx: HelixContext, action: str = "info", value: str | None = None) -> None:
        """Show, set or cycle the icon."""
        wanted, guild = parse_action(action, _arguments.ACTIONS), guild_of(ctx)
        if wanted == "set":
            await self._set(ctx, guild, value)
        elif wanted == "cycle":
            await self._cycle(ctx, guild, on=_arguments.parse_switch(value))
        else:
            record = await icons.Icons(self.bot).find(guild.id)
            foreign = record.is_foreign(icons.key_of(guild))
            await ctx.say(embed=_screens.icon(guild, record, foreign=foreign))

    visualize.autocomplete("style")(offering(*STYLES))
    icon.autocomplete("value")(
        suggesting(lambda asked: _arguments.values(getattr(asked.namespace, "action", None)))
    )

    async def _draw(self, style: Style) -> tuple[UCF, field_pictures.FieldPicture]:
        ucf = self.bot.collective.manager.snapshot.ucf
        return ucf, await field_pictures.draw(self.bot.kernel.draw, ucf, style, SIZE)

    async def _set(self, ctx: HelixContext, guild: discord.Guild, value: str | None) -> None:
        mode, book = _arguments.parse_mode(value), icons.Icons(self.bot)
        icons.check_permission(guild)
        if not await self._may_replace(ctx, guild, book):
            await ctx.say(embed=_screens.kept())
            return
        before = await book.find(guild.id)
        next_at = None if before.next_at is None else self.bot.kernel.clock.now() + icons.EVERY
        record = await book.replace(guild, mode, ctx.caller.actor, next_at=next_at)
        await ctx.say(embed=_screens.changed(record))

    async def _cycle(self, ctx: HelixContext, guild: discord.Guild, *, on: bool) -> None:
        book = icons.Icons(self.bot)
        before = await book.find(guild.id)
        already = (before.next_at is not None) == on
        if already and before.trouble is None:
            await ctx.say(embed=_screens.switched(before, already=True))
            return
        if not on:
            record = await book.switch(guild, None, ctx.caller.actor)
            await ctx.say(embed=_screens.switched(record, already=already))
            return
        icons.check_permission(guild)
        if not await self._may_replace(ctx, guild, book):
            await ctx.say(embed=_screens.kept())
            return
        now = self.bot.kernel.clock.now()
        # If the first change fails, the cycle repeats it.
        await book.switch(guild, now + icons.AGAIN_AFTER, ctx.caller.actor)
        record = await book.replace(guild, before.following, ctx.caller.actor, next_at=now + icons.EVERY)
        await ctx.say(embed=_screens.switched(record, already=False))

    async def _may_replace(self, ctx: HelixContext, guild: discord.Guild, book: icons.Icons) -> bool:
        if not (await book.find(guild.id)).is_foreign(icons.key_of(guild)):
            return True
        return await confirm(ctx, _ASK, danger=True)


setup = Visuals.add_to
