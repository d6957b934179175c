"""Modals: validates the bot's form, and builds interaction data from a person's input."""

from collections.abc import Mapping

from sandbox.errors import ActionError, FormErrors, Path, not_built
from sandbox.forms.components import MAX_CUSTOM_ID, SELECTS, TEXT_INPUT, check_select
from sandbox.interactions.selections import choose
from sandbox.records import Channel
from sandbox.wire import JsonObject
from sandbox.world import World

ROW = 1
TEXT = 10
LABEL = 18
MAX_PARTS = 5
_MAX_TITLE = 45
_MAX_LABEL = 45
_MAX_TEXT = 4000
_STYLES = (1, 2)
# File upload, radio group, checkbox group, checkbox.
_NOT_BUILT = {19: "file uploads", 21: "radio groups", 22: "checkbox groups", 23: "checkboxes"}


def parse_modal(data: JsonObject) -> JsonObject:
    """Validate a modal; returns its title, custom_id and numbered components.

    Raises:
        ApiError: 400 with code 50035 listing every invalid field; 501 for features that the sandbox lacks.
    """
    errors = FormErrors()
    _text(errors, ("data", "title"), data.get("title"), _MAX_TITLE)
    _text(errors, ("data", "custom_id"), data.get("custom_id"), MAX_CUSTOM_ID)
    parts = data.get("components")
    if not isinstance(parts, list) or not 1 <= len(parts) <= MAX_PARTS:
        errors.bad_length(("data", "components"), 1, MAX_PARTS)
        parts = []
    seen: set[str] = set()
    for index, part in enumerate(parts):
        _check_part(errors, ("data", "components", index), part, seen)
    errors.raise_if_any()
    return {"title": data["title"], "custom_id": data["custom_id"], "components": _number(parts)}


def _check_part(errors: FormErrors, path: Path, part: object, seen: set[str]) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or kind not in (ROW, TEXT, LABEL):
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 10, 18).")
    elif kind == TEXT:
        _text(errors, (*path, "content"), part.get("content"), _MAX_TEXT)
    elif kind == ROW:
        items = part.get("components")
        if not isinstance(items, list) or len(items) != 1:
            errors.bad_length((*path, "components"), 1, 1)
            return
        where = (*path, "components", 0)
        if _check_field(errors, where, items[0], seen, kinds=frozenset({TEXT_INPUT})):
            _text(errors, (*where, "label"), items[0].get("label"), _MAX_LABEL)
    else:
        _text(errors, (*path, "label"), part.get("label"), _MAX_LABEL)
        if len(str(part.get("description") or "")) > 100:
            errors.too_long((*path, "description"), 100)
        _check_field(errors, (*path, "component"), part.get("component"), seen, kinds=SELECTS | {TEXT_INPUT})


def _check_field(
    errors: FormErrors, path: Path, item: object, seen: set[str], *, kinds: frozenset[int]
) -> bool:
    kind = item.get("type") if isinstance(item, dict) else None
    if isinstance(kind, int) and kind in _NOT_BUILT:
        raise not_built(f"{_NOT_BUILT[kind]} in modals")
    if not isinstance(item, dict) or kind not in kinds:
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(sorted(kinds))}.")
        return False
    if kind != TEXT_INPUT:
        check_select(errors, path, item, seen)
        return True
    custom_id = item.get("custom_id")
    _text(errors, (*path, "custom_id"), custom_id, MAX_CUSTOM_ID)
    if str(custom_id) in seen:
        message = "Component custom id cannot be duplicated"
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(str(custom_id))
    if item.get("style") not in _STYLES:
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
    for key, low in (("min_length", 0), ("max_length", 1)):
        value = item.get(key)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or not low <= value <= _MAX_TEXT
        ):
            message = f"int value should be between {low} and {_MAX_TEXT}."
            errors.add((*path, key), "NUMBER_TYPE_RANGE", message)
    for key, limit in (("placeholder", 100), ("value", _MAX_TEXT)):
        if len(str(item.get(key) or "")) > limit:
            errors.too_long((*path, key), limit)
    return True


def _text(errors: FormErrors, path: Path, value: object, high: int) -> None:
    if not isinstance(value, str) or not value:
        errors.required(path)
    elif len(value) > high:
        errors.bad_length(path, 1, high)


def _number(parts: list[JsonObject]) -> list[JsonObject]:
    count = 0
    numbered: list[JsonObject] = []
    for part in parts:
        count += 1
        new: JsonObject = {"id": count} | part
        if part["type"] != TEXT:
            count += 1
            field: JsonObject = {"id": count} | _field(part)
            new |= {"components": [field]} if part["type"] == ROW else {"component": field}
        numbered.append(new)
    return numbered


def _field(part: JsonObject) -> JsonObject:
    field: JsonObject = part["components"][0] if part["type"] == ROW else part["component"]
    return field


def fill_in(world: World, channel: Channel, modal: JsonObject, values: Mapping[str, object]) -> JsonObject:
    """The interaction data of a submitted modal.

    Args:
        world: For ids.
        channel: The channel of the modal.
        modal: The result of ``parse_modal``.
        values: By custom id a text, or a list of values for menus. Omitted fields keep their initial values.

    Raises:
        ActionError: 400 for an unknown field, a missing one or an invalid value.
    """
    known = {_field(part)["custom_id"] for part in modal["components"] if part["type"] != TEXT}
    for name in values:
        if name not in known:
            raise ActionError(400, f"The form has no field {name!r}.")
    resolved: JsonObject = {}
    parts: list[JsonObject] = []
    for part in modal["components"]:
        filled: JsonObject = {"type": part["type"], "id": part["id"]}
        if part["type"] != TEXT:
            field = _field(part)
            label = str(part.get("label") or field.get("label"))
            entry: JsonObject = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
            given = values.get(field["custom_id"])
            if field["type"] == TEXT_INPUT:
                entry["value"] = _typed(field, label, given)
            else:
                answer = choose(world, channel, field, _chosen(field, given))
                for kind, found in answer.pop("resolved", {}).items():
                    resolved.setdefault(kind, {}).update(found)
                entry |= answer
            filled |= {"components": [entry]} if part["type"] == ROW else {"component": entry}
        parts.append(filled)
    data: JsonObject = {"custom_id": modal["custom_id"], "components": parts}
    return data | ({"resolved": resolved} if resolved else {})


def _typed(field: JsonObject, label: str, given: object) -> str:
    text = (field.get("value") or "") if given is None else given
    if not isinstance(text, str):
        raise ActionError(400, f"{label} must be text.")
    if not text.strip():
        if field.get("required", True):
            raise ActionError(400, f"{label} is required.")
        return ""
    low, high = field.get("min_length") or 0, field.get("max_length") or _MAX_TEXT
    if not low <= len(text) <= high:
        raise ActionError(400, f"{label} must have {low} to {high} characters.")
    return text


def _chosen(field: JsonObject, given: object) -> list[str]:
    if given is None:
        ticked = [option["value"] for option in field.get("options") or [] if option.get("default")]
        return ticked or [str(entry["id"]) for entry in field.get("default_values") or []]
    return [str(value) for value in given] if isinstance(given, list | tuple) else [str(given)]
