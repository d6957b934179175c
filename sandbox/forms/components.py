"""Validates a message's buttons and menus by Discord's limits."""

from sandbox.errors import FormErrors, Path, not_built
from sandbox.wire import JsonObject

ACTION_ROW = 1
BUTTON = 2
STRING_SELECT = 3
TEXT_INPUT = 4
USER_SELECT = 5
ROLE_SELECT = 6
MENTIONABLE_SELECT = 7
CHANNEL_SELECT = 8
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})

MAX_ROWS = 5
MAX_BUTTONS = 5
MAX_OPTIONS = 25
MAX_CUSTOM_ID = 100
_LINK_BUTTON = 5
_PREMIUM_BUTTON = 6


def check_components(errors: FormErrors, rows: list[JsonObject]) -> list[JsonObject]:
    """Validate action rows, and number the components with ids, as Discord does."""
    if len(rows) > MAX_ROWS:
        errors.too_long(("components",), MAX_ROWS)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        path: Path = ("components", index)
        if row.get("type") != ACTION_ROW:
            _one_of(errors, (*path, "type"), "(1,)")
            continue
        items = row.get("components")
        if not isinstance(items, list) or not items:
            errors.bad_length((*path, "components"), 1, MAX_BUTTONS)
            continue
        kinds = [item.get("type") if isinstance(item, dict) else None for item in items]
        room = MAX_BUTTONS if all(kind == BUTTON for kind in kinds) else 1
        if len(items) > room:
            errors.bad_length((*path, "components"), 1, room)
        for at, item in enumerate(items):
            _check_item(errors, (*path, "components", at), item, seen)
    errors.raise_if_any()
    return _number(rows)


def _number(rows: list[JsonObject]) -> list[JsonObject]:
    numbered: list[JsonObject] = []
    count = 0
    for row in rows:
        count += 1
        new_row = {"id": count} | row
        items = []
        for item in row["components"]:
            count += 1
            items.append({"id": count} | item)
        numbered.append(new_row | {"components": items})
    return numbered


def _one_of(errors: FormErrors, path: Path, choices: str) -> None:
    errors.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")


def _check_item(errors: FormErrors, path: Path, item: object, seen: set[str]) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, int) or (kind != BUTTON and kind not in SELECTS):
        _one_of(errors, (*path, "type"), "(2, 3, 5, 6, 7, 8)")
        return
    if kind == BUTTON:
        _check_button(errors, path, item, seen)
        return
    check_select(errors, path, item, seen)


def check_select(errors: FormErrors, path: Path, item: JsonObject, seen: set[str]) -> None:
    """Validate a menu of any type, in a message or modal; ``seen`` collects custom ids."""
    _check_custom_id(errors, path, item, seen)
    if len(str(item.get("placeholder") or "")) > 150:
        errors.too_long((*path, "placeholder"), 150)
    low, high = item.get("min_values", 1), item.get("max_values", 1)
    if not (isinstance(low, int) and 0 <= low <= MAX_OPTIONS):
        errors.add((*path, "min_values"), "NUMBER_TYPE_RANGE", "int value should be between 0 and 25.")
    if not (isinstance(high, int) and 1 <= high <= MAX_OPTIONS):
        errors.add((*path, "max_values"), "NUMBER_TYPE_RANGE", "int value should be between 1 and 25.")
        high = 1
    elif isinstance(low, int) and high < low <= MAX_OPTIONS:
        message = f"int value should be between 0 and {high}."
        errors.add((*path, "min_values"), "NUMBER_TYPE_RANGE", message)
    if item["type"] == STRING_SELECT:
        _check_options(errors, path, item, high)
    elif len(item.get("default_values") or []) > high:
        errors.bad_length((*path, "default_values"), 0, high)


def _check_button(errors: FormErrors, path: Path, item: JsonObject, seen: set[str]) -> None:
    style = item.get("style")
    if style == _PREMIUM_BUTTON:
        raise not_built("premium buttons")
    if style not in (1, 2, 3, 4, _LINK_BUTTON):
        _one_of(errors, (*path, "style"), "(1, 2, 3, 4, 5, 6)")
        return
    if style == _LINK_BUTTON:
        if not str(item.get("url") or "").startswith(("http://", "https://", "discord://")):
            errors.add((*path, "url"), "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if item.get("custom_id"):
            message = "A custom id and url cannot both be specified"
            errors.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
    else:
        _check_custom_id(errors, path, item, seen)
    label = item.get("label")
    if label is None and item.get("emoji") is None:
        errors.required((*path, "label"))
    if len(str(label or "")) > 80:
        errors.too_long((*path, "label"), 80)


def _check_custom_id(errors: FormErrors, path: Path, item: JsonObject, seen: set[str]) -> None:
    custom_id = item.get("custom_id")
    if not isinstance(custom_id, str) or not custom_id:
        errors.required((*path, "custom_id"))
        return
    if len(custom_id) > MAX_CUSTOM_ID:
        errors.bad_length((*path, "custom_id"), 1, MAX_CUSTOM_ID)
    if custom_id in seen:
        message = "Component custom id cannot be duplicated"
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)


def _check_options(errors: FormErrors, path: Path, item: JsonObject, fewest: int) -> None:
    """Validate a menu's options: at least as many as can be chosen (Rapptz/discord.py#6984)."""
    options = item.get("options")
    if not isinstance(options, list) or not fewest <= len(options) <= MAX_OPTIONS:
        errors.bad_length((*path, "options"), fewest, MAX_OPTIONS)
        return
    values: set[str] = set()
    for index, option in enumerate(options):
        where = (*path, "options", index)
        for key, required in (("label", True), ("value", True), ("description", False)):
            text = option.get(key) if isinstance(option, dict) else None
            if text is None or text == "":
                if required:
                    errors.required((*where, key))
            elif len(str(text)) > 100:
                errors.bad_length((*where, key), 1, 100)
        value = str(option.get("value")) if isinstance(option, dict) else ""
        if value in values:
            message = "The specified option value is already used"
            errors.add((*where, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(value)


def find_component(rows: list[JsonObject], custom_id: str) -> JsonObject | None:
    """The button or menu with that custom id."""
    items = (item for row in rows for item in row["components"])
    return next((item for item in items if item.get("custom_id") == custom_id), None)
