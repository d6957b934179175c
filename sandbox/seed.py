"""The initial world: two servers and their people."""

import base64
import secrets
from collections.abc import Callable
from typing import NamedTuple

from sandbox.permissions import Permission
from sandbox.records import (
    CATEGORY,
    TEXT_CHANNEL,
    Application,
    Channel,
    Guild,
    Member,
    Overwrite,
    Role,
    User,
)
from sandbox.wire import iso
from sandbox.world import World

_EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
_BOT = (
    _EVERYONE
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_NICKNAMES
    | Permission.MANAGE_MESSAGES
    | Permission.PIN_MESSAGES
    | Permission.MANAGE_WEBHOOKS
    | Permission.MANAGE_GUILD
    | Permission.MENTION_EVERYONE
)
_MOD = (
    Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.PIN_MESSAGES | Permission.MANAGE_THREADS
)
_PEOPLE = {
    "owner": ("olive", "Olive (owner)"),
    "admin": ("adam", "Adam (admin)"),
    "mod": ("mona", "Mona (moderator)"),
    "member": ("mika", "Mika (member)"),
    "visitor-admin": ("vera", "Vera (admin elsewhere)"),
    "newcomer": ("noor", "Noor (not in a server)"),
}


class Seed(NamedTuple):
    """A new world, and the names by which tests and the page find its people."""

    world: World
    users: dict[str, int]
    labels: dict[str, str]
    home_guild_id: int
    other_guild_id: int


def build_world(next_id: Callable[[], int], now_s: float) -> Seed:
    """A new world: fresh ids, a fresh random token, two servers, six people and the bot.

    Args:
        next_id: Returns a new snowflake.
        now_s: Unix time in seconds at which everyone joined.
    """
    users = {name: next_id() for name in _PEOPLE}
    people = [User(users[name], *_PEOPLE[name]) for name in _PEOPLE]
    application_id = next_id()
    # As for applications made since 2016, the bot's user has the application's id.
    bot = User(application_id, "Helix", None, bot=True)
    application = Application(application_id, "Helix", users["owner"], bot.id, token=_bot_token(bot.id))
    joined = iso(now_s)
    home = _home(next_id, users, bot.id, joined)
    other = _other(next_id, users, bot.id, joined)
    labels = {name: label for name, (_, label) in _PEOPLE.items()}
    return Seed(World(application, [*people, bot], [home, other]), users, labels, home.id, other.id)


def _bot_token(bot_id: int) -> str:
    """A token in Discord's format: the bot's id in base64, and two random parts."""
    first = base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{first}.{secrets.token_urlsafe(32)[:6]}.{secrets.token_urlsafe(32)[:38]}"


def _home(next_id: Callable[[], int], users: dict[str, int], bot_id: int, joined: str) -> Guild:
    guild = Guild(
        id=next_id(), name="Helix Home", owner_id=users["owner"], description="Where the collective lives."
    )
    _add_role(guild, Role(guild.id, "@everyone", int(_EVERYONE), 0))
    member = _add_role(guild, Role(next_id(), "Member", 0, 1, color=0x99AAB5, mentionable=True))
    mod = _add_role(
        guild,
        Role(next_id(), "Mod", int(_MOD), 2, 0x2ECC71, True),
    )
    bots = _add_role(guild, Role(next_id(), "Helix", int(_BOT), 3, bot_id=bot_id))
    admin = _add_role(guild, Role(next_id(), "Admin", int(Permission.ADMINISTRATOR), 4, 0xE74C3C, True))
    roles = {"owner": [member], "admin": [member, admin], "mod": [member, mod], "member": [member]}
    for name, role_ids in roles.items():
        guild.members[users[name]] = Member(users[name], role_ids, joined)
    guild.members[bot_id] = Member(bot_id, [bots], joined)
    talk = _add_channel(guild, next_id(), "Talk", None)
    general = _add_channel(guild, next_id(), "general", talk, "Everyone, about everything")
    _add_channel(guild, next_id(), "bot-commands", talk, "Try !help or / here")
    watch = _add_channel(guild, next_id(), "Watch", None)
    quiet = Overwrite(guild.id, 0, 0, int(Permission.SEND_MESSAGES))
    bot_speaks = Overwrite(bots, 0, int(Permission.SEND_MESSAGES | Permission.EMBED_LINKS), 0)
    for name, topic in (("alerts", "What needs attention"), ("telemetry", "What was measured")):
        channel_id = _add_channel(guild, next_id(), name, watch, topic)
        guild.channels[channel_id].overwrites = [quiet, bot_speaks]
    guild.system_channel_id = general
    return guild


def _other(next_id: Callable[[], int], users: dict[str, int], bot_id: int, joined: str) -> Guild:
    guild = Guild(id=next_id(), name="Another Server", owner_id=users["visitor-admin"])
    _add_role(guild, Role(guild.id, "@everyone", int(_EVERYONE), 0))
    bots = _add_role(guild, Role(next_id(), "Helix", int(_BOT), 1, bot_id=bot_id))
    admin = _add_role(guild, Role(next_id(), "Admin", int(Permission.ADMINISTRATOR), 2, 0x3498DB, True))
    guild.members[users["visitor-admin"]] = Member(users["visitor-admin"], [admin], joined)
    guild.members[bot_id] = Member(bot_id, [bots], joined)
    guild.system_channel_id = _add_channel(guild, next_id(), "general", None)
    _add_channel(guild, next_id(), "bots", None)
    return guild


def _add_role(guild: Guild, role: Role) -> int:
    guild.roles[role.id] = role
    return role.id


def _add_channel(
    guild: Guild, channel_id: int, name: str, parent_id: int | None, topic: str | None = None
) -> int:
    kind = CATEGORY if name[0].isupper() else TEXT_CHANNEL
    guild.channels[channel_id] = Channel(
        id=channel_id,
        type=kind,
        name=name,
        guild_id=guild.id,
        parent_id=parent_id,
        position=len(guild.channels),
        topic=topic,
    )
    return channel_id
