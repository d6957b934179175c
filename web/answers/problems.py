"""Errors as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from core.errors import HelixError, new_incident
from core.logs import EACH
from core.store.errors import StoreError, StoreOverloaded
from web.answers.headers import CORS, PROBLEM_JSON, Headers, standard

if TYPE_CHECKING:
    from aiohttp import web

logger = logging.getLogger(__name__)

_LONGEST_INSTANCE = 200
NO_STORE = ("Cache-Control", "no-store")
# `Retry-After` in seconds when the store could not read or write.
_REREAD_S, _RETRY_S = "5", "30"


class Problem(HelixError):
    """An error response; its text is sent to the client as `detail`.

    Args:
        status: the HTTP status, 400 to 599.
        detail: what is wrong and what to do about it.
        kind: a name by which programs tell errors apart; becomes `urn:helix:problem:<kind>`.
        headers: additional headers, such as Allow.
        members: additional members of the object (RFC 9457 §3.2); None values are omitted.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str | None = None,
        headers: dict[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.headers = headers or {}
        self.members = members

    def body(self, instance: str) -> bytes:
        """The JSON object; `instance` is the requested path, or the incident's URN."""
        return msgspec.json.encode(
            {
                "type": "about:blank" if self.kind is None else f"urn:helix:problem:{self.kind}",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": str(self),
                "instance": instance[:_LONGEST_INSTANCE],
                **{name: value for name, value in self.members.items() if value is not None},
            }
        )

    def response(self, instance: str, *, shared: bool = True) -> web.Response:
        """The response; `shared` if pages of other origins may read it."""
        # The other forms are needed before aiohttp is imported.
        from aiohttp import web

        headers = dict((*standard(), *(CORS if shared else ()), NO_STORE, ("Content-Type", PROBLEM_JSON)))
        return web.Response(body=self.body(instance), status=self.status, headers={**headers, **self.headers})

    def wire(self) -> bytes:
        """The whole response as bytes, for a connection that is closed before a request could be parsed."""
        headers = (*standard(), NO_STORE, ("Content-Type", PROBLEM_JSON), *self.headers.items())
        return wire(self.status, headers, self.body("/"))


def wire(status: int, headers: Headers, body: bytes) -> bytes:
    """A response as bytes, with `Connection: close`."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (("Date", formatdate(usegmt=True)), *headers))
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}"
    return f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Incident(Problem):
    """An unexpected error (500): the client gets an id under which the log has the details."""

    def __init__(self) -> None:
        self.id = new_incident()
        super().__init__(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            f"An unexpected error occurred. The log has it as incident {self.id}.",
            kind="incident",
            incident=self.id,
        )

    @property
    def instance(self) -> str:
        """The URN of this occurrence."""
        return f"urn:helix:incident:{self.id}"


def plain_problem(status: int) -> Problem:
    """A problem described by its status alone."""
    phrase = HTTPStatus(status)
    return Problem(status, f"{phrase.description or phrase.phrase}.")


def too_large(max_body: int) -> Problem:
    """The 413 for a body over MAX_BODY."""
    return Problem(413, f"A body may have at most {max_body} bytes.", max_body_bytes=max_body)


def store_problem(error: StoreError, *, reading: bool) -> Problem:
    """The response when the store could not read (`reading`) or write: 429 if overloaded, else 503."""
    retry = {"Retry-After": _REREAD_S if reading else _RETRY_S}
    if isinstance(error, StoreOverloaded):
        return Problem(429, str(error), kind="busy", headers=retry)
    return Problem(503, str(error), kind="not-read" if reading else "not-kept", headers=retry)


def record_incident(error: BaseException | None, *, route: str, method: str) -> Incident:
    """Log an unexpected error with its traceback under a new incident id."""
    incident = Incident()
    logger.error(
        "http.incident incident=%s route=%s method=%s", incident.id, route, method, exc_info=error, extra=EACH
    )
    return incident
