"""Validates application commands by Discord's rules."""

import re

from sandbox.errors import ApiError, FormErrors, Path
from sandbox.wire import JsonObject

MAX_COMMANDS = 100
MAX_OPTIONS = 25
MAX_TOTAL = 8000
_CHAT_INPUT = 1
_SUBCOMMAND = 1
_GROUP = 2
_STRING, _INTEGER, _NUMBER = 3, 4, 10
_NAME = re.compile(r"[-_'\w]{1,32}", re.UNICODE)
_KEPT = (
    "name_localizations",
    "description_localizations",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "nsfw",
)

# The fields of a plain option; Discord silently drops others.
_OPTION_KEPT = (
    "type",
    "name",
    "description",
    "name_localizations",
    "description_localizations",
    "required",
    "choices",
    "channel_types",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "autocomplete",
)
_MAX_TEXT = 6000


def parse_command(errors: FormErrors, body: JsonObject, path: Path = ()) -> JsonObject:
    """Validate a command; returns the fields that Discord would store, except ids.

    Rules: "Application Command Naming" and "Application Command Option Structure" in Discord's reference.
    """
    kind = body.get("type", _CHAT_INPUT)
    command: JsonObject = {
        "name": body.get("name"),
        "type": kind,
        "description": body.get("description") or "",
        "options": [],
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
    }
    command |= {key: body[key] for key in _KEPT if body.get(key) is not None}
    _check_kept(errors, path, command)
    if kind not in (1, 2, 3):
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3).")
    if kind == _CHAT_INPUT:
        _check_name(errors, (*path, "name"), body.get("name"))
        _check_description(errors, (*path, "description"), body.get("description"))
        command["options"] = _parse_options(errors, (*path, "options"), body.get("options"), parent=None)
        if _weight(command) > MAX_TOTAL:
            message = f"Command exceeds maximum size ({MAX_TOTAL})"
            errors.add(path or ("name",), "APPLICATION_COMMAND_TOO_LARGE", message)
    elif not isinstance(body.get("name"), str) or not 1 <= len(body["name"]) <= 32:
        errors.bad_length((*path, "name"), 1, 32)
    return command


def _check_kept(errors: FormErrors, path: Path, command: JsonObject) -> None:
    permissions = command["default_member_permissions"]
    if permissions is not None:
        text = str(permissions)
        command["default_member_permissions"] = text
        if not (text.isascii() and text.isdigit() and len(text) <= 20):
            message = f'Value "{text[:40]}" is not int.'
            errors.add((*path, "default_member_permissions"), "NUMBER_TYPE_COERCE", message)
    for key in ("contexts", "integration_types"):
        if command[key] is not None and not isinstance(command[key], list):
            errors.add((*path, key), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")


def parse_commands(bodies: list[object]) -> list[JsonObject]:
    """Checks a bulk overwrite.

    Raises:
        ApiError: 400 with code 50035, or 30032 for more than 100 commands.
    """
    errors = FormErrors()
    parsed: list[JsonObject] = []
    seen: set[tuple[str, str]] = set()
    for index, body in enumerate(bodies):
        if not isinstance(body, dict):
            errors.add((index,), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        command = parse_command(errors, body, (index,))
        key = (str(command["type"]), str(command["name"]))
        if key in seen:
            message = "Application command names must be unique"
            errors.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        seen.add(key)
        parsed.append(command)
    errors.raise_if_any()
    if sum(command["type"] == _CHAT_INPUT for command in parsed) > MAX_COMMANDS:
        raise too_many_commands()
    return parsed


def too_many_commands() -> ApiError:
    """The error for a 101st command."""
    return ApiError(400, 30032, f"Maximum number of application commands reached ({MAX_COMMANDS})")


def _check_name(errors: FormErrors, path: Path, name: object) -> None:
    if not name or not isinstance(name, str):
        errors.required(path)
    elif len(name) > 32:
        errors.bad_length(path, 1, 32)
    elif not _NAME.fullmatch(name) or name != name.lower():
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(errors: FormErrors, path: Path, text: object) -> None:
    if not text:
        errors.required(path)
    elif len(str(text)) > 100:
        errors.bad_length(path, 1, 100)


def _parse_options(errors: FormErrors, path: Path, raw: object, *, parent: int | None) -> list[JsonObject]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    if len(raw) > MAX_OPTIONS:
        errors.too_long(path, MAX_OPTIONS)
    names: set[str] = set()
    optional_seen = False
    options: list[JsonObject] = []
    for index, option in enumerate(raw):
        where = (*path, index)
        if not isinstance(option, dict):
            errors.add(where, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            continue
        options.append(_parse_option(errors, where, option, parent))
        if str(option.get("name")) in names:
            message = "Option name already exists"
            errors.add((*where, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
        names.add(str(option.get("name")))
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            errors.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not option.get("required")
    return options


def _parse_option(errors: FormErrors, path: Path, option: JsonObject, parent: int | None) -> JsonObject:
    kind = option.get("type")
    _check_name(errors, (*path, "name"), option.get("name"))
    _check_description(errors, (*path, "description"), option.get("description"))
    if not isinstance(kind, int) or not 1 <= kind <= 11:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(range(1, 12))}.")
        return {}
    parsed = {key: value for key, value in option.items() if value is not None}
    if kind in (_SUBCOMMAND, _GROUP):
        # A group contains subcommands, a subcommand plain options: at most two levels.
        fits = parent is None or (parent == _GROUP and kind == _SUBCOMMAND)
        if not fits:
            message = "Sub-command option is nested too deep"
            errors.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
            return parsed
        parsed["options"] = _parse_options(errors, (*path, "options"), option.get("options"), parent=kind)
        return parsed
    parsed = {key: parsed[key] for key in _OPTION_KEPT if key in parsed}
    if option.get("choices"):
        _check_choices(errors, path, option, kind)
    _check_bounds(errors, path, parsed)
    return parsed


def _check_bounds(errors: FormErrors, path: Path, option: JsonObject) -> None:
    for key in ("min_value", "max_value"):
        value = option.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1 << 53:
            errors.add((*path, key), "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not a number.')
    for key in ("min_length", "max_length"):
        length = option.get(key, 1)
        if isinstance(length, bool) or not isinstance(length, int) or not 0 <= length <= _MAX_TEXT:
            message = f"int value should be between 0 and {_MAX_TEXT}."
            errors.add((*path, key), "NUMBER_TYPE_RANGE", message)
    for key in ("required", "autocomplete"):
        if not isinstance(option.get(key, False), bool):
            errors.add((*path, key), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    if not isinstance(option.get("channel_types", []), list):
        message = "Only iterables may be used in a ListType"
        errors.add((*path, "channel_types"), "LIST_TYPE_CONVERT", message)


def _check_choices(errors: FormErrors, path: Path, option: JsonObject, kind: int) -> None:
    choices = option["choices"]
    where = (*path, "choices")
    if kind not in (_STRING, _INTEGER, _NUMBER):
        errors.add(where, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This option type has no choices")
        return
    if option.get("autocomplete"):
        message = "Autocomplete and choices are mutually exclusive"
        errors.add(where, "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", message)
    check_choice_list(errors, where, choices, kind)


def check_choice_list(errors: FormErrors, path: Path, choices: object, kind: int) -> None:
    """Validate a list of choices: at most 25, each with a name and a value of the option's type."""
    if not isinstance(choices, list):
        errors.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    if len(choices) > MAX_OPTIONS:
        errors.too_long(path, MAX_OPTIONS)
        return
    for index, choice in enumerate(choices):
        name = choice.get("name") if isinstance(choice, dict) else None
        value = choice.get("value") if isinstance(choice, dict) else None
        if not name or len(str(name)) > 100:
            errors.bad_length((*path, index, "name"), 1, 100)
        if value is None:
            errors.required((*path, index, "value"))
        elif kind == _STRING:
            if not isinstance(value, str):
                message = f'Could not interpret "{value}" as string.'
                errors.add((*path, index, "value"), "STRING_TYPE_CONVERT", message)
            elif len(value) > 100:
                errors.too_long((*path, index, "value"), 100)
        elif isinstance(value, bool) or not isinstance(value, int if kind == _INTEGER else int | float):
            errors.add((*path, index, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')


def _weight(option: JsonObject) -> int:
    """The characters of names, descriptions and choice values, as Discord counts them for its 8000."""
    total = len(str(option.get("name") or "")) + len(str(option.get("description") or ""))
    choices = option.get("choices")
    for choice in choices if isinstance(choices, list) else []:
        if isinstance(choice, dict):
            total += len(str(choice.get("name") or "")) + len(str(choice.get("value") or ""))
    return total + sum(_weight(inner) for inner in option.get("options") or [] if isinstance(inner, dict))
