"""Creates, edits, moves and deletes roles, by Discord's rules."""

from sandbox.errors import ApiError, bad_form, invalid_role, missing_permissions, unknown
from sandbox.forms.roles import RoleForm
from sandbox.parts import Part
from sandbox.permissions import Permission, base_permissions, rank, role_rank
from sandbox.records import Guild, Role
from sandbox.render import role_json
from sandbox.wire import JsonObject

MAX_ROLES = 250
"""The maximum number of roles in a server, including @everyone."""


class Roles(Part):
    """Changes roles and publishes the events. ``actor_id`` is the acting user; over REST it is the bot."""

    def create(self, guild: Guild, actor_id: int, form: RoleForm) -> Role:
        """Create a role right above @everyone; all others move up by one.

        Raises:
            ApiError: 403 (50013) without permission, 400 (30005) if there are 250.
        """
        own = require_manage_roles(guild, actor_id)
        if len(guild.roles) >= MAX_ROLES:
            raise ApiError(400, 30005, f"Maximum number of server roles reached ({MAX_ROLES})")
        # Without permissions a new role gets those of @everyone.
        permissions = guild.roles[guild.id].permissions if form.permissions is None else form.permissions
        if form.permissions is not None and permissions & ~own:
            raise missing_permissions()
        self._shift(guild, above=0, by=1)
        role = Role(
            self._next_id(),
            form.name or "new role",
            permissions,
            position=1,
            color=form.color or 0,
            hoist=bool(form.hoist),
            mentionable=bool(form.mentionable),
        )
        guild.roles[role.id] = role
        self._publish("GUILD_ROLE_CREATE", guild, role)
        return role

    def edit(self, guild: Guild, actor_id: int, role_id: int, form: RoleForm) -> Role:
        """Edit a role below the actor's highest one.

        Raises:
            ApiError: 404 (10011) for an unknown role, 403 (50013) for one that is too high or for permissions
                that the actor lacks.
        """
        own = require_manage_roles(guild, actor_id)
        role = find_role(guild, role_id)
        require_below(guild, actor_id, role)
        if form.permissions is not None and (form.permissions ^ role.permissions) & ~own:
            raise missing_permissions()
        if role.id == guild.id:
            # Only the permissions of @everyone can be changed; Discord ignores other fields.
            form = RoleForm(permissions=form.permissions)
        before = role_json(role)
        for key, value in form._asdict().items():
            if value is not None:
                setattr(role, key, value)
        if role_json(role) != before:
            self._publish("GUILD_ROLE_UPDATE", guild, role)
        return role

    def delete(self, guild: Guild, actor_id: int, role_id: int) -> None:
        """Delete a role, and remove it from members and channel overwrites.

        Raises:
            ApiError: 404 (10011), 403 (50013), or 400 (50028) for @everyone and managed roles.
        """
        require_manage_roles(guild, actor_id)
        role = find_role(guild, role_id)
        require_below(guild, actor_id, role)
        if role.id == guild.id or role.bot_id is not None:
            raise invalid_role()
        del guild.roles[role.id]
        self._shift(guild, above=role.position, by=-1)
        for member in guild.members.values():
            if role.id in member.roles:
                member.roles.remove(role.id)
        for channel in guild.channels.values():
            channel.overwrites = [o for o in channel.overwrites if o.id != role.id]
        data: JsonObject = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self._bus.send("GUILD_ROLE_DELETE", data, guild_id=guild.id)

    def move(self, guild: Guild, actor_id: int, wanted: dict[int, int]) -> list[Role]:
        """Move roles to other positions; returns all roles, lowest first.

        Raises:
            ApiError: 404 (10011) for an unknown role, 403 (50013) if one is or would be as high as the
                actor's highest, 400 (50035) for the position of @everyone.
        """
        require_manage_roles(guild, actor_id)
        ceiling = rank(guild, actor_id)
        for role_id, position in wanted.items():
            role = find_role(guild, role_id)
            if (role_id == guild.id) != (position == 0) or position < 0:
                raise bad_form(("position",), "NUMBER_TYPE_MIN", "@everyone is the lowest role.")
            if role_rank(role) >= ceiling or position >= ceiling[0]:
                raise missing_permissions()
        before = {role.id: role.position for role in guild.roles.values()}
        for index, role in enumerate(_arranged(guild, wanted)):
            role.position = index
        ordered = sorted(guild.roles.values(), key=role_rank)
        for role in ordered:
            if role.position != before[role.id]:
                self._publish("GUILD_ROLE_UPDATE", guild, role)
        return ordered

    def _shift(self, guild: Guild, *, above: int, by: int) -> None:
        for role in guild.roles.values():
            if role.position > above:
                role.position += by
                self._publish("GUILD_ROLE_UPDATE", guild, role)

    def _publish(self, name: str, guild: Guild, role: Role) -> None:
        data: JsonObject = {"guild_id": str(guild.id), "role": role_json(role)}
        self._bus.send(name, data, guild_id=guild.id)


def find_role(guild: Guild, role_id: int) -> Role:
    """The server's role.

    Raises:
        ApiError: 404 with code 10011.
    """
    role = guild.roles.get(role_id)
    if role is None:
        raise unknown("Role")
    return role


def require_manage_roles(guild: Guild, actor_id: int) -> int:
    """The actor's permissions, which must include MANAGE_ROLES.

    Raises:
        ApiError: 403 with code 50013.
    """
    own = base_permissions(guild, actor_id)
    if not own & Permission.MANAGE_ROLES:
        raise missing_permissions()
    return own


def require_below(guild: Guild, actor_id: int, role: Role) -> None:
    """Check that a role is below the actor's highest.

    Raises:
        ApiError: 403 with code 50013.
    """
    if role_rank(role) >= rank(guild, actor_id):
        raise missing_permissions()


def _arranged(guild: Guild, wanted: dict[int, int]) -> list[Role]:
    """All roles, lowest first: unmoved ones keep their order, moved ones are inserted."""
    order = [role for role in sorted(guild.roles.values(), key=role_rank) if role.id not in wanted]
    for role_id, position in sorted(wanted.items(), key=lambda item: item[1]):
        order.insert(position, guild.roles[role_id])
    return order
