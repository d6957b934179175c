"""Validates single fields of a form; errors are collected, not raised."""

from sandbox.errors import FormErrors, Path
from sandbox.permissions import ALL_PERMISSIONS
from sandbox.wire import JsonObject, as_id


def text_field(errors: FormErrors, body: JsonObject, key: str, low: int, high: int) -> str | None:
    """A stripped text of ``low`` to ``high`` characters; None if it is invalid."""
    value = body.get(key)
    if not isinstance(value, str):
        errors.add((key,), "STRING_TYPE_CONVERT", f'Could not interpret "{str(value)[:40]}" as string.')
        return None
    text = value.strip()
    if low <= len(text) <= high:
        return text
    if low == 0:
        errors.too_long((key,), high)
    else:
        errors.bad_length((key,), low, high)
    return None


def forbid_words(errors: FormErrors, key: str, value: str, forbidden: tuple[str, ...]) -> None:
    """Add an error if a name contains one of the words, ignoring case."""
    for word in forbidden:
        if word in value.lower():
            errors.add((key,), "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"')


def number_field(errors: FormErrors, body: JsonObject, key: str, low: int, high: int) -> int | None:
    """An integer from ``low`` to ``high``; None if it is invalid."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        errors.add((key,), "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not int.')
        return None
    if value < low:
        errors.add((key,), "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        return None
    if value > high:
        errors.add((key,), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        return None
    return value


def switch_field(errors: FormErrors, body: JsonObject, key: str) -> bool | None:
    """True or false; None if it is neither."""
    value = body.get(key)
    if isinstance(value, bool):
        return value
    errors.add((key,), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    return None


def id_field(errors: FormErrors, body: JsonObject, key: str) -> int | None:
    """A snowflake; None for null; None and an error if it is invalid."""
    value = body.get(key)
    if value is None:
        return None
    found = as_id(value)
    if found is None:
        errors.add((key,), "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not snowflake.')
    return found


def bits_field(errors: FormErrors, body: JsonObject, key: str, path: Path = ()) -> int | None:
    """The known permission bits; None if the value is missing or invalid."""
    value = body.get(key)
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 20):
        errors.add((*path, key), "NUMBER_TYPE_COERCE", f'Value "{text[:40]}" is not int.')
        return None
    return int(text) & ALL_PERMISSIONS
