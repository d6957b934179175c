"""Commands for self-assignable roles."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import suggesting
from bot.cogs.roles import _choice, _creation, _screens
from bot.dispatch.cog import HelixCog, guild_of, show
from bot.dispatch.command import command
from bot.replies import buttons, discord_codes
from bot.replies.progress import Progress
from bot.servers import self_roles
from bot.servers.work import Report, Step, carry_out

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext

_EVERY = "every"
_CATEGORY = "|".join(self_roles.CATEGORIES)
# The shown categories, the menu's category, and a bit mask of its ticked roles.
_MENU = f"({_EVERY}|{_CATEGORY}) ({_CATEGORY}) [0-9a-f]{{1,8}}"
_ROLE = "|".join(map(re.escape, self_roles.NAMES))


class Roles(HelixCog, name="roles"):
    """Commands with which members take and return roles."""

    @command("roles")
    async def roles(self, ctx: HelixContext, category: str | None = None) -> None:
        """Show the roles, with the caller's own ticked."""
        wanted = _creation.parse_category(category)
        guild, member = await _where(ctx, ctx.author)
        await self._show_menus(ctx, guild, wanted, _ids(member))

    @buttons.component("roles", "toggle", command="roles", payload=_MENU)
    async def toggle(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Add and remove the roles whose tick changed."""
        scope, name, shown = press.payload.split(" ")
        wanted = None if scope == _EVERY else scope
        guild, member = await _where(interaction, interaction.user)
        held = set(_ids(member))
        category = _choice.categories(name, self_roles.views_of(guild.roles, guild.me))[0]
        notes = []
        for found, add in _choice.toggled(category, int(shown, 16), press.values):
            text, good = await self._change(guild, member, held, found, add=add)
            if not good:
                notes.append(f"⚠️ {text}")
        await self._show_menus(press, guild, wanted, held, notes)

    @command("subscribe")
    async def subscribe(self, ctx: HelixContext, *, role: str) -> None:
        """Give the caller a role."""
        await self._choose(ctx, role, add=True)

    @command("unsubscribe")
    async def unsubscribe(self, ctx: HelixContext, *, role: str) -> None:
        """Take a role from the caller."""
        await self._choose(ctx, role, add=False)

    @buttons.component("roles", "add", command="subscribe", chosen=_ROLE)
    async def pick_added(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Add the role chosen from several matches."""
        await self._pick(interaction, press, add=True)

    @buttons.component("roles", "remove", command="unsubscribe", chosen=_ROLE)
    async def pick_removed(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Remove the role chosen from several matches."""
        await self._pick(interaction, press, add=False)

    @command("setup-roles")
    async def setup_roles(self, ctx: HelixContext, category: str = _creation.ALL) -> None:
        """Create the missing roles."""
        wanted = _creation.parse_category(category, _creation.ALL) or _creation.ALL
        guild = guild_of(ctx)
        with self.bot.guild_work.hold(guild.id, "setup-roles") as let_go:
            # Ask Discord, since the cache may lack roles that another run has just created.
            plan = _creation.plan(wanted, self_roles.views_of(await guild.fetch_roles(), guild.me))
            if not plan.missing:
                await ctx.say(embed=_screens.created(plan, Report(0), self.bot.prefix))
                return
            async with Progress(ctx, "Creating roles", total=len(plan.missing), stoppable=True) as progress:
                report = await carry_out([_step(guild, name) for name in plan.missing], progress)
                # The journal holds what happens in the home server only.
                if report.done and ctx.at_home:
                    row = ctx.caller.actor.row("roles", wanted, after={"created": report.done})
                    await self.bot.collective.manager.record(row)
                let_go()
                await progress.finish(_screens.created(plan, report, self.bot.prefix))

    subscribe.autocomplete("role")(suggesting(lambda asked: _names(asked, held=False)))
    unsubscribe.autocomplete("role")(suggesting(lambda asked: _names(asked, held=True)))

    async def _choose(self, ctx: HelixContext, text: str, *, add: bool) -> None:
        guild, member = await _where(ctx, ctx.author)
        held = set(_ids(member))
        found = _choice.candidates(_named(text, guild), self_roles.views_of(guild.roles, guild.me))
        if not add and len(found) > 1:
            found = _choice.holding(found, held) or found[:1]
        if len(found) == 1:
            said, good = await self._change(guild, member, held, found[0], add=add)
            await ctx.say(embed=_screens.outcome(said, good=good))
            return
        options = [discord.SelectOption(label=one.name, value=one.name) for one in found]
        action = "add" if add else "remove"
        menu = await self.menu(ctx, action, options=options, placeholder="Choose one")
        await ctx.say(embed=_screens.which(found, text, add=add), view=buttons.view_of(menu))

    async def _pick(self, interaction: discord.Interaction[Any], press: buttons.Press, *, add: bool) -> None:
        guild, member = await _where(interaction, interaction.user)
        found = self_roles.find(press.values[0], self_roles.views_of(guild.roles, guild.me))
        said, good = await self._change(guild, member, set(_ids(member)), found, add=add)
        await press.answer.update(embed=_screens.outcome(said, good=good))

    async def _change(
        self,
        guild: discord.Guild,
        member: discord.Member,
        held: set[int],
        found: self_roles.SelfRole,
        *,
        add: bool,
    ) -> tuple[str, bool]:
        """Add or remove one role and update `held`; return the message and whether it worked."""
        has = found.role is not None and found.role.id in held
        if has == add and found.standing in {"ready", "out of reach"}:
            return _screens.changed(found.name, add=add, is_new=False), True
        obstacle = _screens.obstacle(
            found, self.bot.prefix, may_manage=guild.me.guild_permissions.manage_roles
        )
        if obstacle is not None or found.role is None:
            return obstacle or "", False
        role, reason = discord.Object(found.role.id), "Requested by the member"
        try:
            if add:
                await member.add_roles(role, reason=reason)
                held.add(role.id)
            else:
                await member.remove_roles(role, reason=reason)
                held.discard(role.id)
        except discord.HTTPException as error:
            if discord_codes.kind_of(error) in {"ours", "theirs"}:
                raise
            return _screens.refused(found.name, error), False
        return _screens.changed(found.name, add=add, is_new=True), True

    async def _show_menus(
        self,
        asked: Asked,
        guild: discord.Guild,
        wanted: str | None,
        held: Collection[int],
        notes: Sequence[str] = (),
    ) -> None:
        shown = _choice.categories(wanted, self_roles.views_of(guild.roles, guild.me))
        menus = [
            await self.menu(
                asked,
                "toggle",
                f"{wanted or _EVERY} {category.name} {_choice.mask(category.roles, held):x}",
                options=_screens.options(category, held),
                placeholder=f"{category.name.capitalize()}: choose yours",
                several=True,
            )
            for category in shown
            if category.ready
        ]
        embed = _screens.roles(shown, held, notes, self.bot.prefix)
        await show(asked, embed, buttons.view_of(*menus) if menus else None)


async def _where(
    asked: HelixContext | discord.Interaction[Any], user: discord.User | discord.Member
) -> tuple[discord.Guild, discord.Member]:
    """The server and the member; fetch the member from Discord if necessary."""
    guild = guild_of(asked)
    return guild, user if isinstance(user, discord.Member) else await guild.fetch_member(user.id)


def _ids(member: discord.Member) -> list[int]:
    return [role.id for role in member.roles]


def _step(guild: discord.Guild, name: str) -> Step:
    return Step(
        name,
        lambda: guild.create_role(
            name=name, permissions=discord.Permissions.none(), reason="A self-assignable role"
        ),
    )


def _named(text: str, guild: discord.Guild) -> str:
    """The text, or the name of the role that it mentions."""
    mention = text.strip()
    digits = mention.removeprefix("<@&").removesuffix(">")
    if mention.startswith("<@&") and digits.isdecimal() and len(digits) <= 20:
        role = guild.get_role(int(digits))
        return text if role is None else role.name
    return text


def _names(interaction: discord.Interaction[Any], *, held: bool) -> list[str]:
    """The available roles that the caller has (`held`) or does not have."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return []
    mine = set(_ids(member))
    found = (self_roles.find(name, self_roles.views_of(guild.roles, guild.me)) for name in self_roles.NAMES)
    return [
        one.name
        for one in found
        if one.standing == "ready" and one.role is not None and (one.role.id in mine) == held
    ]


setup = Roles.add_to
