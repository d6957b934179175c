"""The members of a server: joining, leaving, nicknames and roles."""

from collections.abc import Iterable

from sandbox.errors import bad_form, invalid_role, missing_permissions, unknown
from sandbox.forms.messages import MessageForm
from sandbox.forms.roles import MemberForm
from sandbox.parts import Core, Part
from sandbox.permissions import Permission, base_permissions, rank
from sandbox.places.roles import find_role, require_below, require_manage_roles
from sandbox.posts.messages import Messages, Origin
from sandbox.records import JOIN_NOTICE, Guild, Member
from sandbox.render import member_json, user_json
from sandbox.wire import JsonObject, iso

_NO_JOIN_NOTICES = 1 << 0
"""The server's flag that suppresses join messages ("System Channel Flags" in Discord's reference)."""


class Members(Part):
    """Changes memberships and publishes the events. ``actor_id`` is the acting user; over REST, the bot."""

    def __init__(self, core: Core, messages: Messages) -> None:
        super().__init__(core)
        self._messages = messages

    def find(self, guild: Guild, user_id: int) -> Member:
        """The membership of a user.

        Raises:
            ApiError: 404, with 10013 for an unknown user and 10007 for one who is not a member.
        """
        if user_id not in self._world.users:
            raise unknown("User")
        member = guild.members.get(user_id)
        if member is None:
            raise unknown("Member")
        return member

    def search(self, guild: Guild, query: str) -> list[Member]:
        """The members whose user name, display name or nickname begins with ``query``, ignoring case."""
        return [member for member in guild.members.values() if self._world.is_named(member, query)]

    def add(self, guild: Guild, user_id: int) -> Member:
        """Add a member; posts a system message unless the server suppresses it."""
        member = Member(user_id, [], iso(self._wall_s()))
        guild.members[user_id] = member
        self._publish("GUILD_MEMBER_ADD", guild, member)
        channel = guild.channels.get(guild.system_channel_id or 0)
        if channel is not None and not guild.levels.get("system_channel_flags", 0) & _NO_JOIN_NOTICES:
            self._messages.post(channel, user_id, MessageForm(), Origin(type=JOIN_NOTICE))
        return member

    def remove(self, guild: Guild, user_id: int) -> None:
        """Remove a member."""
        data: JsonObject = {"guild_id": str(guild.id), "user": user_json(self._world.users[user_id])}
        # The leaving user receives the event too, although no longer a member.
        only = frozenset(guild.members)
        del guild.members[user_id]
        self._bus.send("GUILD_MEMBER_REMOVE", data, guild_id=guild.id, only=only)

    def edit(self, guild: Guild, actor_id: int, member: Member, form: MemberForm) -> None:
        """Change a member's nickname and roles, both or neither.

        Raises:
            ApiError: 403 (50013) without permission, 400 (50028, 50035) for roles that cannot be assigned.
        """
        if form.nick is not None:
            self._check_nick(guild, actor_id, member.user_id)
        if form.roles is not None:
            self._check_roles(guild, actor_id, set(form.roles) ^ set(member.roles))
        nick = member.nick if form.nick is None else form.nick or None
        roles = member.roles if form.roles is None else _ordered(guild, form.roles)
        if (nick, set(roles)) != (member.nick, set(member.roles)):
            member.nick, member.roles = nick, roles
            self._publish("GUILD_MEMBER_UPDATE", guild, member)

    def give(self, guild: Guild, actor_id: int, member: Member, role_id: int) -> None:
        """Assign a role; no-op if the member has it.

        Raises:
            ApiError: As ``edit``, and 404 (10011) for an unknown role.
        """
        self._check_one(guild, actor_id, role_id)
        self._set_roles(guild, member, [*member.roles, role_id])

    def take(self, guild: Guild, actor_id: int, member: Member, role_id: int) -> None:
        """Remove a role; no-op if the member does not have it.

        Raises:
            ApiError: As ``edit``, and 404 (10011) for an unknown role.
        """
        self._check_one(guild, actor_id, role_id)
        self._set_roles(guild, member, [held for held in member.roles if held != role_id])

    def _set_roles(self, guild: Guild, member: Member, roles: list[int]) -> None:
        if set(roles) != set(member.roles):
            member.roles = _ordered(guild, roles)
            self._publish("GUILD_MEMBER_UPDATE", guild, member)

    def _check_nick(self, guild: Guild, actor_id: int, target_id: int) -> None:
        own = base_permissions(guild, actor_id)
        if actor_id == target_id:
            allowed = own & int(Permission.CHANGE_NICKNAME | Permission.MANAGE_NICKNAMES)
        else:
            above = rank(guild, actor_id) > rank(guild, target_id)
            allowed = own & int(Permission.MANAGE_NICKNAMES) if above else 0
        if not allowed:
            raise missing_permissions()

    def _check_roles(self, guild: Guild, actor_id: int, changed: set[int]) -> None:
        require_manage_roles(guild, actor_id)
        for role_id in changed:
            if role_id not in guild.roles:
                raise bad_form(("roles",), "GUILD_ROLE_INVALID", f"Invalid role: {role_id}")
            self._check_one(guild, actor_id, role_id)

    def _check_one(self, guild: Guild, actor_id: int, role_id: int) -> None:
        require_manage_roles(guild, actor_id)
        role = find_role(guild, role_id)
        if role.id == guild.id or role.bot_id is not None:
            raise invalid_role()
        require_below(guild, actor_id, role)

    def _publish(self, name: str, guild: Guild, member: Member) -> None:
        data = member_json(self._world, member) | {"guild_id": str(guild.id)}
        self._bus.send(name, data, guild_id=guild.id)


def _ordered(guild: Guild, roles: Iterable[int]) -> list[int]:
    return [role_id for role_id in guild.roles if role_id in set(roles)]
