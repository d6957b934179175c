"""What a route is: one record from which dispatch, caching, metrics and its documentation come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web

from state.ports import RouteInfo, StreamKind
from web.answers.headers import JSON
from web.parameters import Parameter

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TokenKind = Literal["none", "read", "webhook"]
Proof = Literal["token", "standard-webhooks", "github"]
Group = Literal["State", "Health", "Live", "Webhooks", "REST hooks", "Reference", "Pages"]

# Gives a schema that refers to that of a type.
Refer = Callable[[Any], dict[str, Any]]

_NO_PROBLEMS: Final[Mapping[int, str]] = MappingProxyType({})


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where an answer leads: a member of it is a parameter of another operation.

    Attributes:
        operation: that operation's id.
        parameter: its parameter.
        member: the answer's member.
    """

    operation: str
    parameter: str
    member: str


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that a route gives when nothing is wrong with the request.

    Attributes:
        record: the type of its JSON body; None where it has none, or where it is no JSON.
        media_types: what the body may be; none where there is no body.
        example: a body, or the beginning of one.
        headers: headers that it carries beyond the usual ones, with what they say.
        links: where it leads.
    """

    summary: str
    status: int = 200
    record: Any = None
    media_types: tuple[str, ...] = (JSON,)
    example: Any = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    links: tuple[Link, ...] = ()


class RequestBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a route takes in its body, as JSON.

    Attributes:
        schema: makes its JSON Schema; it is given what refers to the schema of a type.
        examples: bodies that would be taken, by name.
    """

    summary: str
    schema: Callable[[Refer], dict[str, Any]]
    examples: Mapping[str, Any] = msgspec.field(default_factory=dict)


class RouteSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One route. GET implies HEAD.

    Attributes:
        path: the template, such as `/agents/{name}`; it is also the label in the metrics.
        ttl_s: how long an answer is kept, in seconds; None for routes that are not cached.
        max_entries: how many different answers are kept.
        tags: what the answer depends on; a change of any of these drops it.
        serve_stale: whether an answer past its TTL may stand in when making a new one fails.
        needs_token: which token a caller must show, where one is set.
        proofs: by which of these a sender of events may prove itself, besides that token.
        parameters: what it takes in its path and query. Other query parameters are refused; a route that
            declares none ignores all of them.
        group: under which heading it is documented.
        replies: how it answers; the errors that any route may answer with are added.
        problems: further statuses of errors, with when they come.
        body: what it takes; None where it takes nothing.
        expected: the statuses that are right where its example is asked for.
        stream: how it goes on telling, where its answer has no end.
    """

    method: Literal["GET", "POST", "DELETE"] = "GET"
    path: str
    handler: Handler
    summary: str
    ttl_s: float | None = None
    max_entries: int = 1
    tags: frozenset[str] = frozenset()
    serve_stale: bool = False
    needs_token: TokenKind = "read"  # noqa: S105 - the kind of token, not one
    proofs: tuple[Proof, ...] = ("token",)
    parameters: tuple[Parameter, ...] = ()
    group: Group = "State"
    replies: tuple[Reply, ...] = ()
    problems: Mapping[int, str] = msgspec.field(default_factory=lambda: _NO_PROBLEMS)
    body: RequestBody | None = None
    expected: tuple[int, ...] = (200,)
    stream: StreamKind | None = None

    @property
    def query_names(self) -> tuple[str, ...]:
        """The query parameters that it knows."""
        return tuple(parameter.name for parameter in self.parameters if parameter.place == "query")

    @property
    def example(self) -> str:
        """A path that may be asked for: the template with an example of each of its parameters."""
        path = self.path
        for parameter in self.parameters:
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.name}}}", quote(parameter.example, safe=""))
        return path

    @property
    def is_page(self) -> bool:
        """Whether people read it in a browser."""
        return any("text/html" in reply.media_types for reply in self.replies)

    def info(self) -> RouteInfo:
        """The record that other parts may see."""
        return RouteInfo(
            method=self.method,
            path=self.path,
            summary=self.summary,
            ttl_s=self.ttl_s,
            needs_token=self.needs_token,
            example=self.example,
            expected=self.expected,
            stream=self.stream,
        )


def places(routes: Iterable[RouteSpec], below: str) -> dict[tuple[str, str], RouteSpec]:
    """The routes by method and the template under which they are served.

    Each is found at its own path and below that of `PUBLIC_URL`, if there is one: a proxy may strip it or
    leave it, and a monitor on this machine knows nothing of it.
    """
    specs = tuple(routes)
    found: dict[tuple[str, str], RouteSpec] = {(spec.method, spec.path): spec for spec in specs}
    if below:
        for spec in specs:
            found.setdefault((spec.method, below + spec.path), spec)
            if spec.path == "/":
                found.setdefault((spec.method, below), spec)
    return found
