"""The responses of each route: every possible status with its headers and body."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from web.answers.headers import PROBLEM_JSON
from web.openapi.samples import Sampler
from web.openapi.schemas import SchemaBook
from web.openapi.security import Terms, requirements
from web.routing import Reply, RouteSpec


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An error: what is wrong, where, and what would be right (RFC 9457).

    Attributes:
        type: `about:blank`, or `urn:helix:problem:` with a name by which programs tell errors apart.
        title: the status in words.
        status: the HTTP status.
        detail: what is wrong, and what to do about it.
        instance: the requested path, or the incident.
        parameters: the wrong query parameters.
        choices: the values that the parameter accepts.
        field: the path of the wrong field in the body, such as `set.harmony`.
        suggestion: the most similar known name.
        flaw: what is wrong with the authentication.
        missing: what is not ready, each with name and reason.
        available: the available media types.
        max_body_bytes: the maximum size of a body.
        incident: the id under which the log has the details.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    parameters: tuple[str, ...] | UnsetType = UNSET
    choices: tuple[str, ...] | UnsetType = UNSET
    field: str | UnsetType = UNSET
    suggestion: str | UnsetType = UNSET
    flaw: str | UnsetType = UNSET
    missing: tuple[Mapping[str, Any], ...] | UnsetType = UNSET
    available: tuple[str, ...] | UnsetType = UNSET
    max_body_bytes: int | UnsetType = UNSET
    incident: str | UnsetType = UNSET


# Errors that any route may return.
_ANYWHERE: Final[Mapping[int, str]] = {
    400: "The request is malformed, or a parameter is unknown, repeated or wrong; `detail` names it.",
    408: "The request did not arrive completely in time.",
    414: "The query is too long.",
    417: "`Expect` has a value that is not supported.",
    421: "The request is for another host; only the sandbox checks this.",
    429: "This client sent too many requests or wrong tokens, or has too many connections.",
    431: "The request line or a header is too long, or there are too many headers.",
    500: "An unexpected error; the log has the details under the incident id.",
    503: "The server is stopping, or too many connections are open.",
    505: "The HTTP version is not supported; use HTTP/1.1 or HTTP/1.0.",
}
_WITH_BODY: Final[Mapping[int, str]] = {
    413: "The body is larger than `MAX_BODY`.",
    415: "The body's `Content-Type` is not JSON, or the body is compressed.",
}
_CONDITIONAL: Final[Mapping[int, str]] = {
    412: "The response no longer has the entity tag in `If-Match`.",
}
_UNPROVED: Final[Mapping[int, str]] = {
    401: "The token or signature is missing or wrong; `detail` says which."
}
_ELSEWHERE: Final[Mapping[int, str]] = {
    404: "Nothing exists at this path; `suggestion` has a similar path.",
    405: "The path does not support this method; `Allow` lists the supported ones.",
}

_USUAL: Final = {**_ANYWHERE, **_WITH_BODY, **_CONDITIONAL, **_UNPROVED, **_ELSEWHERE}

# Header name: (description, example).
HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    "ETag": ("The strong entity tag of the body; send it back in `If-None-Match`.", '"5f0c…-gzip"'),
    "Age": ("Seconds since this response was computed.", "3"),
    "X-Cache": ("`hit`, `miss`, `stale`, or `off` if caching is off.", "hit"),
    "Cache-Control": ("How long a copy may be used without revalidation.", "no-cache"),
    "Vary": ("The request headers that the response depends on.", "Accept-Encoding"),
    "Retry-After": ("After how many seconds to retry.", "30"),
    "WWW-Authenticate": ("The accepted authentication scheme.", 'Bearer realm="helix"'),
    "Allow": ("The methods that this path supports.", "GET, HEAD, OPTIONS"),
}
_CACHED: Final = ("ETag", "Age", "X-Cache", "Cache-Control", "Vary")
_PROBLEM_HEADERS: Final[Mapping[int, tuple[str, bool]]] = {
    401: ("WWW-Authenticate", True),
    405: ("Allow", True),
    429: ("Retry-After", True),
    503: ("Retry-After", False),
}


def header_components() -> dict[str, Any]:
    """The response headers as components to refer to."""
    return {
        name: {"description": text, "required": True, "schema": {"type": "string"}, "example": example}
        for name, (text, example) in HEADERS.items()
    }


def problem_components(book: SchemaBook) -> dict[str, Any]:
    """The common errors as components to refer to, including those that belong to no route."""
    return {_name(status): _problem(status, text, book) for status, text in _USUAL.items()}


def answers(spec: RouteSpec, terms: Terms, book: SchemaBook) -> dict[str, Any]:
    """The Responses Object of a route."""
    found: dict[int, dict[str, Any]] = {}
    problems = _problems(spec, terms)
    for status, text in problems.items():
        found[status] = (
            {"$ref": f"#/components/responses/{_name(status)}"}
            if text in _USUAL.values()
            else _problem(status, text, book)
        )
    if spec.is_page and HTTPStatus.UNAUTHORIZED in problems:
        found[401] = _problem(401, f"{problems[401]} A browser gets a sign-in page.", book)
    for reply in spec.replies:
        mine = _reply(spec, reply, book)
        # One status may have two meanings, such as a failing health check and a full server.
        if reply.status in problems:
            also = _problem(reply.status, problems[reply.status], book)
            mine["description"] = f"{mine['description']} Or: {also['description']}"
            mine["content"] = {**mine["content"], **also["content"]}
            # A header that only one of the two carries cannot be declared as always present.
            mine.pop("headers", None)
        found[reply.status] = mine
    if spec.ttl_s is not None:
        found[304] = {
            "description": "The response still has the tag in `If-None-Match`.",
            "headers": _refer(_CACHED),
        }
    return {str(status): found[status] for status in sorted(found)}


def _problems(spec: RouteSpec, terms: Terms) -> dict[int, str]:
    problems = dict(_ANYWHERE)
    if spec.body is not None:
        problems |= _WITH_BODY
    if spec.ttl_s is not None:
        problems |= _CONDITIONAL
    if requirements(spec, terms):
        problems |= _UNPROVED
    for status, text in spec.problems.items():
        problems[status] = f"{text} Or: {problems[status]}" if status in problems else text
    return problems


def _problem(status: int, text: str, book: SchemaBook) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": text,
        "content": {
            PROBLEM_JSON: {
                "schema": book.sent(ProblemDetails),
                "example": {
                    "type": "about:blank",
                    "title": HTTPStatus(status).phrase,
                    "status": status,
                    "detail": text.partition(" Or: ")[0],
                    "instance": "/…",
                },
            },
            "text/html": {"schema": {"type": "string"}},
        },
    }
    if status in _PROBLEM_HEADERS:
        name, always = _PROBLEM_HEADERS[status]
        about, example = HEADERS[name]
        answer["headers"] = (
            _refer((name,))
            if always
            else {name: {"description": about, "schema": {"type": "string"}, "example": example}}
        )
    return answer


def _reply(spec: RouteSpec, reply: Reply, book: SchemaBook) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": reply.summary}
    headers = _refer(_CACHED if spec.ttl_s is not None else ())
    for name, text in reply.headers.items():
        headers[name] = {"description": text, "required": True, "schema": {"type": "string"}}
    if headers:
        answer["headers"] = headers
    if reply.media_types:
        answer["content"] = {
            media_type: _content(reply, media_type, book) for media_type in reply.media_types
        }
    if reply.links:
        answer["links"] = {
            link.operation: {
                "operationId": link.operation,
                "parameters": {link.parameter: f"$response.body#/{link.member}"},
            }
            for link in reply.links
        }
    return answer


def _content(reply: Reply, media_type: str, book: SchemaBook) -> dict[str, Any]:
    if reply.record is None or not media_type.endswith("json"):
        example = {"example": reply.example} if isinstance(reply.example, str) else {}
        return {"schema": {"type": "string"}, **example}
    schema = book.sent(reply.record)
    sample = Sampler(book.schemas).of(schema) if reply.example is None else reply.example
    return {"schema": schema, "example": sample}


def _name(status: int) -> str:
    return "".join(word for word in HTTPStatus(status).phrase.title() if word.isalpha())


def _refer(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
