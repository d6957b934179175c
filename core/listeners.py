"""Lists of callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def subscribe(listeners: list[T], listener: T) -> Callable[[], None]:
    """Appends a listener; returns the function that removes it, which may be called more than once."""
    listeners.append(listener)

    def unsubscribe() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return unsubscribe
