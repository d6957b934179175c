"""Commands that operate Helix from chat: cogs, flags, caches. Each change is journalled with who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import suggesting, suggesting_last_word
from bot.arguments.parsing import parse_action
from bot.cogs.admin import _caches, _cogs, _flags, _screens
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.loading import STAYS, LoadResult
from bot.parts.everywhere import read_result, reads_files
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from bot.replies.progress import Progress

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext
    from core.store import Reply
    from state.projection import Refusal


class Admin(HelixCog, name="admin"):
    """Commands for the admins of the home server."""

    @command("cogs")
    async def cogs(self, ctx: HelixContext) -> None:
        """Show the state of each cog."""
        await self.show_page(ctx, "cogs", _screens.cogs(self.bot.loader.status(), 0))

    @buttons.component("admin", "cogs", command="cogs")
    async def turn_cogs(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current list."""
        shown = _screens.cogs(self.bot.loader.status(), pages.Turn.of(press).page)
        await self.show_page(press, "cogs", shown)

    @command("load")
    async def load(self, ctx: HelixContext, *, cogs: str) -> None:
        """Load cogs, and enable those that were unloaded."""
        names = _cogs.parse_cogs(cogs, _names(self.bot))
        await self._change_each(ctx, "load", names)

    @command("unload")
    async def unload(self, ctx: HelixContext, *, cogs: str) -> None:
        """Ask for confirmation, then unload cogs and keep them off."""
        names = _cogs.parse_cogs(cogs, _names(self.bot))
        _cogs.refuse_needed(names)
        states = {status.name: status.state for status in self.bot.loader.status()}
        going = tuple(name for name in names if states[name] != "disabled")
        if not going:
            await ctx.say(embed=_screens.already_unloaded(names))
        elif await confirm(ctx, _screens.unload_question(going), danger=True):
            await self._change_each(ctx, "unload", going)

    @command("reload")
    async def reload(self, ctx: HelixContext, *, cogs: str) -> None:
        """Reload the code of cogs."""
        named = _cogs.parse_cogs(cogs, _names(self.bot), groups=(_cogs.ALL, _cogs.CHANGED))
        names = _cogs.pick(named, self.bot.loader.status(), self.bot.loader.changed)
        if not names:
            await ctx.say(embed=_screens.nothing_changed())
            return
        await self._change_each(ctx, "reload", names)

    @command("flags")
    async def flags(self, ctx: HelixContext, name: str | None = None, value: str | None = None) -> None:
        """Show the flags, or switch one."""
        flags = self.bot.kernel.flags
        if name is None:
            await ctx.say(embed=_screens.flags(flags.describe()))
            return
        before = _flags.find_flag(flags, name)
        if value is None:
            await ctx.say(embed=_screens.flags((before,)))
            return
        replies = await self.bot.everywhere.switch(before.name, on=_flags.parse_switch(value))
        after = _flags.find_flag(flags, before.name)
        await self.bot.collective.manager.record(_flags.journal_row(before, after, ctx.caller))
        await ctx.say(embed=_screens.switched(before, after, replies))

    @command("cache")
    async def cache(self, ctx: HelixContext, action: str = "stats", *, name: str | None = None) -> None:
        """Show the caches, or clear one."""
        caches = self.bot.kernel.caches
        if parse_action(action, _caches.ACTIONS) == "stats":
            enabled = self.bot.kernel.flags.response_caching
            await ctx.say(embed=_screens.caches(caches.stats(), enabled=enabled))
            return
        wanted = _caches.parse_name(name, caches)
        replies = await self.bot.everywhere.clear(wanted)
        entries = int(replies[0].text or 0)
        problems: tuple[Refusal | str, ...] | None = None
        if reads_files(wanted):
            projector = self.bot.collective.projector
            problems = (*projector.refusals, *projector.failures)
        await self.bot.collective.manager.record(_caches.journal_row(wanted, entries, ctx.caller))
        await ctx.say(embed=_screens.cleared(wanted, entries, problems, replies))

    load.autocomplete("cogs")(suggesting_last_word(lambda asked: _names(asked.client)))
    unload.autocomplete("cogs")(
        suggesting_last_word(lambda asked: [name for name in _names(asked.client) if name not in STAYS])
    )
    reload.autocomplete("cogs")(
        suggesting_last_word(lambda asked: (_cogs.ALL, _cogs.CHANGED, *_names(asked.client)))
    )
    flags.autocomplete("name")(
        suggesting(lambda asked: [flag.name for flag in asked.client.kernel.flags.describe()])
    )
    cache.autocomplete("name")(suggesting(lambda asked: _caches.names(asked.client.kernel.caches)))

    async def _change_each(self, ctx: HelixContext, verb: str, names: tuple[str, ...]) -> None:
        if len(names) == 1:
            line, ok = await self._change(ctx, verb, names[0])
            await ctx.say(embed=_screens.ticks((line,), verb, failed=0 if ok else 1))
            return
        lines, failed = [], 0
        async with Progress(ctx, f"{verb.capitalize()}ing", total=len(names)) as progress:
            for done, name in enumerate(names, start=1):
                line, ok = await self._change(ctx, verb, name)
                lines.append(line)
                failed += not ok
                progress.advance(done, line)
            await progress.finish(_screens.ticks(lines, verb, failed=failed))

    async def _change(self, ctx: HelixContext, verb: str, name: str) -> tuple[str, bool]:
        """Change one cog and journal it; return lines for the reply, and whether it worked here."""
        was_loaded = any(
            status.name == name and status.state == "loaded" for status in self.bot.loader.status()
        )
        result, replies = await self._try(verb, name)
        if verb == "load" and was_loaded:
            return _screens.already_loaded(name), True
        await self.bot.collective.manager.record(_cogs.journal_row(verb, result, ctx.caller))
        return "\n".join((_screens.tick(result, verb), *_screens.reloaded(replies))), result.ok

    async def _try(self, verb: str, name: str) -> tuple[LoadResult, tuple[Reply, ...]]:
        """The outcome here; for a reload, also what every process answered. Others follow the rest."""
        if verb == "reload":
            replies = await self.bot.everywhere.reload(name)
            return read_result(replies[0].text or ""), replies
        change = self.bot.loader.load if verb == "load" else self.bot.loader.unload
        return await change(name), ()


def _names(bot: HelixBot) -> tuple[str, ...]:
    """The names of all cogs."""
    return tuple(status.name for status in bot.loader.status())


setup = Admin.add_to
