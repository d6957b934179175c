"""Access checks (design.md §2): owner ⊇ admin ⊇ mod ⊇ everyone, and the servers where each level counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import discord
import msgspec

from bot import catalog
from bot.access import whom
from bot.catalog.entry import Access, CommandEntry, Level, Where
from core.text.discord_markdown import MarkdownError
from core.text.visible_text import one_line
from state.change import Actor

if TYPE_CHECKING:
    from typing import Any

    from discord.ext import commands

    from bot.parts import HelixBot

    # The origin of a call: a context (prefix or slash) or an interaction.
    Source = commands.Context[HelixBot] | discord.Interaction[Any]

RefusalKind = Literal["server only", "direct message", "not home", "level"]

_NEEDS = {
    Level.mod: "someone with Manage Server",
    Level.admin: "an administrator",
    Level.owner: "an owner of this bot",
}


class Refusal(MarkdownError):
    """This person may not do this here; the message names the level needed.

    Attributes:
        kind: the reason.
    """

    def __init__(self, kind: RefusalKind, text: str) -> None:
        self.kind: RefusalKind = kind
        super().__init__(text)


class Caller(msgspec.Struct, frozen=True):
    """A person at the moment of a call, in the server (or direct message) it came from.

    Attributes:
        guild_id: None in a direct message.
        at_home: whether that server is the home server.
        administrator: has Administrator there.
        manage_guild: has Manage Server there.
        has_admin_role: has the role in `ADMIN_ROLE_ID` there.
    """

    user_id: int
    display_name: str
    is_owner: bool = False
    guild_id: int | None = None
    at_home: bool = False
    administrator: bool = False
    manage_guild: bool = False
    has_admin_role: bool = False

    @property
    def actor(self) -> Actor:
        """This person as an actor in the journal."""
        return Actor("command", self.display_name, self.user_id)

    @property
    def sees_names(self) -> bool:
        """Whether the reply may show who did something and why."""
        return self.at_home or (self.is_owner and self.guild_id is None)


def level_at(caller: Caller, local: bool) -> Level:
    """The caller's level; `local` is for commands that affect only the caller's server."""
    if caller.is_owner:
        return Level.owner
    if caller.guild_id is None or not (caller.at_home or local):
        return Level.everyone
    if caller.administrator or (caller.has_admin_role and caller.at_home):
        return Level.admin
    return Level.mod if caller.manage_guild else Level.everyone


def decide(access: Access, action: str | None, caller: Caller, where: frozenset[Where]) -> Refusal | None:
    """None if the caller may do this action (None: the reading action), else the refusal."""
    misplaced = _misplaced(caller, where)
    if misplaced is not None:
        return misplaced
    needed = access.needed(action)
    if level_at(caller, access.local) >= needed:
        return None
    what = f"`{action}`" if action is not None and needed > access.level else "This"
    text = f"{what} needs {_NEEDS[needed]}"
    if caller.guild_id is None:
        return Refusal("direct message", f"{text}; in a direct message only owners may do that.")
    if access.local or caller.at_home or needed is Level.owner:
        return Refusal("level", f"{text}.")
    kind: RefusalKind = "not home" if level_at(caller, local=True) >= needed else "level"
    why = "; this server is a guest" if kind == "not home" else ""
    return Refusal(kind, f"{text} of the home server{why}.")


def _misplaced(caller: Caller, where: frozenset[Where]) -> Refusal | None:
    if caller.guild_id is None and "dm" not in where:
        return Refusal("server only", "This works in a server, not in a direct message.")
    if caller.guild_id is not None and "server" not in where:
        return Refusal("direct message", "This works in a direct message only.")
    return None


def visible_entries(caller: Caller) -> tuple[CommandEntry, ...]:
    """The commands whose reading action the caller may run here, in catalog order."""
    return tuple(
        entry for entry in catalog.ENTRIES if decide(entry.access, None, caller, entry.where) is None
    )


def caller_of(source: Source) -> Caller:
    """The caller of a context or an interaction, with the current permissions."""
    bot = _bot_of(source)
    user = source.user if isinstance(source, discord.Interaction) else source.author
    # An interaction may come from a server that the bot is not in; there everyone has the lowest level.
    guild = None if source.guild is None else bot.get_guild(source.guild.id)
    caller = Caller(
        user_id=user.id,
        display_name=one_line(user.display_name) or user.name,
        is_owner=user.id in bot.owners,
        guild_id=None if source.guild is None else source.guild.id,
    )
    if guild is None or not isinstance(user, discord.Member):
        return caller
    permissions = user.guild_permissions
    return Caller(
        user_id=caller.user_id,
        display_name=caller.display_name,
        is_owner=caller.is_owner,
        guild_id=guild.id,
        at_home=guild.id == bot.home_guild_id,
        administrator=permissions.administrator,
        manage_guild=permissions.manage_guild,
        has_admin_role=bot.admin_role_id is not None and user.get_role(bot.admin_role_id) is not None,
    )


def enforce(entry: CommandEntry, action: str | None, source: Source) -> None:
    """Raise unless the caller may do this action of `entry` here.

    Raises:
        Refusal: names the level needed and whom to ask.
    """
    in_server = source.guild is not None
    # Most commands are open to everyone, so the roles need not be read.
    if entry.access.needed(action) is Level.everyone and ("server" if in_server else "dm") in entry.where:
        return
    refusal = decide(entry.access, action, caller_of(source), entry.where)
    if refusal is None:
        return
    if refusal.kind == "server only":
        raise refusal
    ask = whom.to_ask(_bot_of(source), source.guild, entry.access.needed(action), local=entry.access.local)
    raise Refusal(refusal.kind, f"{refusal} {ask}")


def _bot_of(source: Source) -> HelixBot:
    bot: HelixBot = source.client if isinstance(source, discord.Interaction) else source.bot
    return bot
