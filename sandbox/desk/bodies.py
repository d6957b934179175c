"""What control routes read from their bodies, with errors for people."""

from typing import TypeVar

from sandbox.errors import ActionError
from sandbox.wire import JsonObject

T = TypeVar("T")
D = TypeVar("D")

Kind = type[T] | tuple[type[T], ...]
ID: Kind[object] = (str, int)
"""An id as a control body may give it."""


def need(body: JsonObject, key: str, kind: Kind[T]) -> T:
    """The value of that kind.

    Raises:
        ActionError: 400 where it is missing or of another kind.
    """
    value = body.get(key)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ActionError(400, f"{key} is missing or of the wrong kind.")
    return value


def maybe(body: JsonObject, key: str, kind: Kind[T], default: D) -> T | D:
    """The value of that kind, or the default where it is missing.

    Raises:
        ActionError: 400 where it is of another kind.
    """
    return default if body.get(key) is None else need(body, key, kind)
