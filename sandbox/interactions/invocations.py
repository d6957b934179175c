"""Builds interaction data from a typed slash command: typed options and resolved ids."""

from collections.abc import Callable, Mapping

from sandbox.errors import ActionError
from sandbox.records import Channel
from sandbox.render import channel_json, member_json, role_json, user_json
from sandbox.wire import JsonObject, as_id
from sandbox.world import World

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
_SUBCOMMANDS = (1, 2)


def build_invocation(
    world: World,
    channel: Channel,
    command: JsonObject,
    path: list[str],
    given: Mapping[str, object],
    *,
    focused: str | None = None,
) -> tuple[JsonObject, int]:
    """The interaction data of a command, and the type of the focused option (STRING if none is).

    Args:
        world: For ids.
        channel: The channel.
        command: The registered command.
        path: The names of subcommands, if any.
        given: The options as typed, by name.
        focused: The option being completed; then others may be missing or incomplete.

    Raises:
        ActionError: 400 for an unknown or missing option or an invalid value.
    """
    data: JsonObject = {"id": command["id"], "name": command["name"], "type": 1}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    schema, wrappers = _descend(command, path)
    known = {option["name"]: option for option in schema}
    for name in given:
        if name not in known:
            raise ActionError(400, f"/{command['name']} has no option named {name!r}.")
    resolved: dict[str, JsonObject] = {}
    options: list[JsonObject] = []
    for option in schema:
        name = option["name"]
        if name == focused:
            text = given.get(name)
            typed = "" if text is None else str(text)
            options.append({"name": name, "type": option["type"], "value": typed, "focused": True})
        elif given.get(name) is not None:
            value = _typed(option, given[name], strict=focused is None)
            options.append({"name": name, "type": option["type"], "value": value})
            resolve(world, channel, option["type"], value, resolved)
        elif option.get("required") and focused is None:
            raise ActionError(400, f"/{command['name']} needs the option {name!r}.")
    for name, kind in reversed(wrappers):
        options = [{"name": name, "type": kind, "options": options}]
    data["options"] = options
    if resolved:
        data["resolved"] = resolved
    return data, _focused_type(known, focused, command["name"])


def _focused_type(known: dict[str, JsonObject], focused: str | None, command: str) -> int:
    if focused is None:
        return STRING
    option = known.get(focused)
    if option is None or not option.get("autocomplete"):
        raise ActionError(400, f"/{command} has no option {focused!r} with autocomplete.")
    kind: int = option["type"]
    return kind


def _descend(command: JsonObject, path: list[str]) -> tuple[list[JsonObject], list[tuple[str, int]]]:
    schema: list[JsonObject] = command["options"]
    wrappers: list[tuple[str, int]] = []
    for name in path:
        option = next((o for o in schema if o["name"] == name and o["type"] in _SUBCOMMANDS), None)
        if option is None:
            raise ActionError(400, f"/{command['name']} has no subcommand named {name!r}.")
        wrappers.append((name, option["type"]))
        schema = option.get("options") or []
    if any(option["type"] in _SUBCOMMANDS for option in schema):
        raise ActionError(400, f"/{command['name']} needs a subcommand.")
    return schema, wrappers


def _typed(option: JsonObject, raw: object, *, strict: bool) -> object:
    if strict and option.get("choices"):
        return _choose(option, raw)
    kind: int = option["type"]
    value = _CONVERT[kind](raw) if kind in _CONVERT else None
    if value is None:
        raise ActionError(400, f"The option {option['name']!r} cannot be {str(raw)[:50]!r}.")
    if strict:
        _check_range(option, value)
    return value


def _string(raw: object) -> object:
    return str(raw) if isinstance(raw, str | int | float) else None


def _integer(raw: object) -> object:
    return _number(raw, int)


def _number(raw: object, kind: type[float] = float) -> object:
    if isinstance(raw, bool):
        return None
    try:
        value = kind(str(raw))
    except ValueError:
        return None
    # Discord's clients send only integers that a double represents exactly.
    return value if abs(value) <= 1 << 53 else None


def _boolean(raw: object) -> object:
    if isinstance(raw, bool):
        return raw
    return {"true": True, "false": False}.get(str(raw).lower())


def _snowflake(raw: object) -> object:
    value = as_id(raw)
    return str(value) if value is not None else None


_CONVERT: dict[int, Callable[[object], object]] = {
    STRING: _string,
    INTEGER: _integer,
    BOOLEAN: _boolean,
    USER: _snowflake,
    CHANNEL: _snowflake,
    ROLE: _snowflake,
    MENTIONABLE: _snowflake,
    NUMBER: _number,
}


def _choose(option: JsonObject, raw: object) -> object:
    """The value of a choice, given by name or value (also as text)."""
    for choice in option["choices"]:
        if str(raw) in (choice["name"], str(choice["value"])):
            chosen: object = choice["value"]
            return chosen
    raise ActionError(400, f"The option {option['name']!r} must be one of its choices.")


def _check_range(option: JsonObject, value: object) -> None:
    measure: float
    if isinstance(value, str) and option["type"] == STRING:
        measure, low_key, high_key = len(value), "min_length", "max_length"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        measure, low_key, high_key = value, "min_value", "max_value"
    else:
        return
    low, high = option.get(low_key), option.get(high_key)
    if (low is not None and measure < low) or (high is not None and measure > high):
        raise ActionError(400, f"The option {option['name']!r} is out of range.")


def resolve(
    world: World, channel: Channel, kind: int, value: object, resolved: dict[str, JsonObject]
) -> None:
    """Add the object of an id to ``resolved``.

    Raises:
        ActionError: 400 if this channel's server has no such object.
    """
    if kind not in (USER, CHANNEL, ROLE, MENTIONABLE):
        return
    target = as_id(value) or 0
    found = False
    if kind in (USER, MENTIONABLE):
        found = _resolve_user(world, channel, target, resolved)
    guild = world.guilds.get(channel.guild_id or 0)
    if guild is not None and kind in (ROLE, MENTIONABLE) and not found and target in guild.roles:
        resolved.setdefault("roles", {})[str(target)] = role_json(guild.roles[target])
        found = True
    if guild is not None and kind == CHANNEL and target in guild.channels:
        permissions = str(world.permissions_in(guild.channels[target], world.application.bot_id))
        shown = channel_json(world, guild.channels[target]) | {"permissions": permissions}
        resolved.setdefault("channels", {})[str(target)] = shown
        found = True
    if not found:
        raise ActionError(400, f"No user, role or channel here has the id {target}.")


def _resolve_user(world: World, channel: Channel, target: int, resolved: dict[str, JsonObject]) -> bool:
    user = world.users.get(target)
    if user is None:
        return False
    resolved.setdefault("users", {})[str(target)] = user_json(user)
    member = world.member(channel.guild_id, target)
    if member is not None:
        permissions = str(world.permissions_in(channel, target))
        shown = member_json(world, member, with_user=False) | {"permissions": permissions}
        resolved.setdefault("members", {})[str(target)] = shown
    return True
