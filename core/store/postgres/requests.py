"""What requests to the writer need of PostgreSQL, and how they fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from core.store.engine.write_request import ItemRequest, Request
from core.store.one_statement import OneStatement
from core.store.postgres.faults import readable

T = TypeVar("T")


class FreeRequest(Request[T]):
    """A request whose unique keys suffice: it runs beside those of other processes, and may run twice."""

    __slots__ = ()


def statement_of(request: Request[Any]) -> OneStatement[Any, Any] | None:
    """The one statement that writes such items; None for other requests."""
    if isinstance(request, ItemRequest) and isinstance(request.many, OneStatement):
        return request.many
    return None


def is_free(request: Request[Any]) -> bool:
    """Whether the request needs no lock among the writers."""
    return isinstance(request, FreeRequest | ItemRequest)


def fail_all(requests: Sequence[Request[Any]], cause: BaseException) -> None:
    """Sets the error that the callers get."""
    for request in requests:
        request.fail(readable(cause))
