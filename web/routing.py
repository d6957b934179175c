"""The record of a route, which defines its dispatch, caching, metrics and documentation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web

from state.ports import Auth, RouteInfo, StreamKind
from web.answers.headers import JSON
from web.parameters import Parameter

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Proof = Literal["token", "standard-webhooks", "github"]
Group = Literal["State", "Health", "Live", "Webhooks", "REST hooks", "Reference", "Pages"]

# Returns a reference to the schema of a type.
Refer = Callable[[Any], dict[str, Any]]

_NO_PROBLEMS: Final[Mapping[int, str]] = MappingProxyType({})


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Links a response to another operation (OpenAPI link).

    Attributes:
        operation: the id of the other operation.
        parameter: the parameter of that operation.
        member: the member of this response that holds the parameter's value.
    """

    operation: str
    parameter: str
    member: str


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A successful response of a route.

    Attributes:
        record: the type of its JSON body; None for no body or another format.
        media_types: the formats of the body; empty for no body.
        example: a body, or the beginning of one.
        headers: additional headers, with their meaning.
        links: related operations.
    """

    summary: str
    status: int = 200
    record: Any = None
    media_types: tuple[str, ...] = (JSON,)
    example: Any = None
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    links: tuple[Link, ...] = ()


class RequestBody(msgspec.Struct, frozen=True, kw_only=True):
    """The JSON body that a route accepts.

    Attributes:
        schema: returns its JSON Schema; gets a function that refers to the schema of a type.
        examples: valid bodies by name.
    """

    summary: str
    schema: Callable[[Refer], dict[str, Any]]
    examples: Mapping[str, Any] = msgspec.field(default_factory=dict)


class RouteSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One route. GET implies HEAD.

    Attributes:
        path: the template, such as `/agents/{name}`; also the label in the metrics.
        ttl_s: how long a response is cached, in seconds; None for routes that are not cached.
        max_entries: the maximum number of cached responses.
        tags: what the response depends on; a change of any of these invalidates it.
        serve_stale: whether an expired response is served when computing a new one fails.
        auth: which token a request needs; none is needed if that setting is empty.
        proofs: the ways in which a sender of events may authenticate.
        parameters: of its path, query and headers. A route that declares parameters refuses unknown query
            parameters; one that declares none ignores the query.
        group: the heading under which it is documented.
        replies: its successful responses; the errors that any route may return are added.
        problems: additional error statuses, with their meaning.
        body: the body that it accepts; None for none.
        expected: the statuses that `!test-all` accepts when it calls the example.
        stream: the transport, if the response is a stream of events.
    """

    method: Literal["GET", "POST", "DELETE"] = "GET"
    path: str
    handler: Handler
    summary: str
    ttl_s: float | None = None
    max_entries: int = 1
    tags: frozenset[str] = frozenset()
    serve_stale: bool = False
    auth: Auth = "read"
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
        """The names of its query parameters."""
        return tuple(parameter.name for parameter in self.parameters if parameter.place == "query")

    @property
    def example(self) -> str:
        """The template with the example of each path parameter."""
        path = self.path
        for parameter in self.parameters:
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.name}}}", quote(parameter.example, safe=""))
        return path

    @property
    def is_page(self) -> bool:
        """Whether it is an HTML page."""
        return any("text/html" in reply.media_types for reply in self.replies)

    def info(self) -> RouteInfo:
        """The record that other packages may see."""
        return RouteInfo(
            method=self.method,
            path=self.path,
            summary=self.summary,
            ttl_s=self.ttl_s,
            auth=self.auth,
            example=self.example,
            expected=self.expected,
            stream=self.stream,
        )


def places(routes: Iterable[RouteSpec], below: str) -> dict[tuple[str, str], RouteSpec]:
    """The routes by method and the template at which they are served.

    If `PUBLIC_URL` has a path, each route is served with and without that path in front: some proxies
    remove it from requests and some do not, and a monitor on this machine leaves it out.
    """
    specs = tuple(routes)
    found: dict[tuple[str, str], RouteSpec] = {(spec.method, spec.path): spec for spec in specs}
    if below:
        for spec in specs:
            found.setdefault((spec.method, below + spec.path), spec)
            if spec.path == "/":
                found.setdefault((spec.method, below), spec)
    return found
