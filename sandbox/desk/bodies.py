"""Reads the bodies of control routes, with errors for people."""

from typing import TypeVar

from sandbox.errors import ActionError
from sandbox.wire import JsonObject

T = TypeVar("T")
D = TypeVar("D")

Kind = type[T] | tuple[type[T], ...]
ID: Kind[object] = (str, int)
"""An id in a control body."""


def need(body: JsonObject, key: str, kind: Kind[T]) -> T:
    """The value at ``key``.

    Raises:
        ActionError: 400 if it is missing or has another type.
    """
    value = body.get(key)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ActionError(400, f"{key} is missing or has the wrong type.")
    return value


def maybe(body: JsonObject, key: str, kind: Kind[T], default: D) -> T | D:
    """The value at ``key``, or the default.

    Raises:
        ActionError: 400 if it has another type.
    """
    return default if body.get(key) is None else need(body, key, kind)
