"""Checks bodies of roles and members against Discord's limits."""

from typing import NamedTuple

from sandbox.errors import FormErrors, bad_form, not_built
from sandbox.forms.fields import bits_field, switch_field, text_field
from sandbox.wire import JsonObject, as_id

MAX_ROLE_NAME = 100
MAX_NICK = 32
_MAX_COLOR = 0xFFFFFF
_NOT_IN_MEMBERS = ("mute", "deaf", "channel_id", "communication_disabled_until", "flags")


class RoleForm(NamedTuple):
    """A checked role body. None means not given."""

    name: str | None = None
    permissions: int | None = None
    color: int | None = None
    hoist: bool | None = None
    mentionable: bool | None = None


class MemberForm(NamedTuple):
    """A checked member body. None means that the field was not given, "" removes the nickname."""

    nick: str | None = None
    roles: list[int] | None = None


def parse_role(body: JsonObject) -> RoleForm:
    """Checks a role's body, for creating and editing.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field; 501 for role icons and gradients.
    """
    if body.get("icon") or body.get("unicode_emoji"):
        raise not_built("role icons")
    errors = FormErrors()
    body = {key: value for key, value in body.items() if value is not None}
    form = RoleForm(
        name=text_field(errors, body, "name", 1, MAX_ROLE_NAME) if "name" in body else None,
        permissions=bits_field(errors, body, "permissions"),
        color=_color(errors, body),
        hoist=switch_field(errors, body, "hoist") if "hoist" in body else None,
        mentionable=switch_field(errors, body, "mentionable") if "mentionable" in body else None,
    )
    errors.raise_if_any()
    return form


def parse_positions(body: object) -> dict[int, int]:
    """Validate the body of "Modify Guild Role Positions"; a role without a position stays.

    Raises:
        ApiError: 400 with code 50035.
    """
    if not isinstance(body, list):
        raise bad_form((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    errors = FormErrors()
    wanted: dict[int, int] = {}
    for index, entry in enumerate(body):
        role_id = as_id(entry.get("id")) if isinstance(entry, dict) else None
        position = entry.get("position") if isinstance(entry, dict) else None
        if role_id is None:
            errors.add((index, "id"), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
        elif position is not None:
            if isinstance(position, bool) or not isinstance(position, int):
                errors.add((index, "position"), "NUMBER_TYPE_COERCE", "Value is not int.")
            else:
                wanted[role_id] = position
    errors.raise_if_any()
    return wanted


def parse_member(body: JsonObject) -> MemberForm:
    """Checks a member's body.

    Raises:
        ApiError: 400 with code 50035; 501 for voice and timeouts.
    """
    for key in _NOT_IN_MEMBERS:
        if body.get(key):
            raise not_built(f"a member's {key}")
    errors = FormErrors()
    nick = None
    if "nick" in body:
        nick = "" if body["nick"] is None else text_field(errors, body, "nick", 0, MAX_NICK)
    roles: list[int] | None = None
    raw = body.get("roles")
    if raw is not None:
        ids = [as_id(entry) for entry in raw] if isinstance(raw, list) else [None]
        roles = list(dict.fromkeys(role_id for role_id in ids if role_id is not None))
        if None in ids:
            errors.add(("roles",), "NUMBER_TYPE_COERCE", "Value is not snowflake.")
    errors.raise_if_any()
    return MemberForm(nick, roles)


def _color(errors: FormErrors, body: JsonObject) -> int | None:
    colors = body.get("colors")
    path: tuple[str, ...] = ("color",)
    value = body.get("color")
    if isinstance(colors, dict):
        if colors.get("secondary_color") is not None or colors.get("tertiary_color") is not None:
            raise not_built("role gradients")
        path, value = ("colors", "primary_color"), colors.get("primary_color")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        errors.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        return None
    if not 0 <= value <= _MAX_COLOR:
        message = f"int value should be between 0 and {_MAX_COLOR}."
        errors.add(path, "NUMBER_TYPE_RANGE", message)
    return value
