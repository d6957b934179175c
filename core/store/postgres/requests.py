"""Requests that need no lock among the writers."""

from __future__ import annotations

from typing import Any, TypeVar

from core.store.sqlite.write_request import ItemRequest, Request

T = TypeVar("T")


class FreeRequest(Request[T]):
    """A request whose unique keys suffice: it runs beside those of other processes, and may run twice."""

    __slots__ = ()


def is_free(request: Request[Any]) -> bool:
    """Whether the request needs no lock among the writers."""
    return isinstance(request, FreeRequest | ItemRequest)
