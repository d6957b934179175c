"""Builds the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

from core.text.docstrings import summary
from core.version import VERSION
from state.events import OUT_EVENTS, OutSpec
from web.answers.headers import JSON
from web.openapi.answers import answers, header_components, problem_components
from web.openapi.schemas import SchemaBook
from web.openapi.security import SCHEMES, Terms, requirements
from web.parameters import Parameter
from web.records.live import EVENTS
from web.routing import Group, RouteSpec

_ABOUT: Final = (
    "Helix manages a collective: 14 agents, and a field of six values (the UCF). Clients read the state "
    "here, and send events as webhooks.\n\n"
    "Every GET route also answers HEAD, with the same headers. JSON keys are stable, times are RFC 3339 in "
    "UTC, keys of durations end in their unit. A route with query parameters refuses unknown ones by name; a "
    "route without any ignores the query. Every error is `application/problem+json` (RFC 9457). An "
    "unsupported method gets 405 with `Allow`, an unknown path 404.\n\n"
    "Cached responses have a strong `ETag`. A change of their sources invalidates them at once, so the next "
    "request sees the change; `X-Cache` says whether a response came from the cache."
)
_GROUPS: Final[Mapping[Group, str]] = {
    "State": "The state of the collective.",
    "Health": "For monitors and platforms.",
    "Live": "Streams of changes.",
    "Webhooks": "Incoming events: an accepted event is stored, and its effect happens once.",
    "REST hooks": "Outgoing events, sent to subscribers.",
    "Reference": "Routes, commands and this description.",
    "Pages": "Pages for people, and badges.",
}


def build_document(routes: Iterable[RouteSpec], terms: Terms) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    book = SchemaBook()
    paths: dict[str, dict[str, Any]] = {}
    used: set[Group] = set()
    for spec in routes:
        used.add(spec.group)
        paths.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, terms, book)
    webhooks = {name: _outgoing(event, book) for name, event in OUT_EVENTS.items()}
    problems = problem_components(book)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Helix",
            "version": VERSION,
            "summary": "State, health, metrics and webhooks of a Helix.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": terms.base_url}],
        "tags": [{"name": name, "description": text} for name, text in _GROUPS.items() if name in used],
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": dict(sorted(book.schemas.items())),
            "headers": header_components(),
            "responses": problems,
            "securitySchemes": SCHEMES,
        },
    }


def _operation(spec: RouteSpec, terms: Terms, book: SchemaBook) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _id_of(spec),
        "summary": spec.summary,
        "description": _described(spec),
        "tags": [spec.group],
        "security": requirements(spec, terms),
    }
    if spec.parameters:
        operation["parameters"] = [_parameter(parameter) for parameter in spec.parameters]
    if spec.body is not None:
        content: dict[str, Any] = {"schema": spec.body.schema(book.taken)}
        if spec.body.examples:
            content["examples"] = {name: {"value": value} for name, value in spec.body.examples.items()}
        operation["requestBody"] = {
            "description": spec.body.summary,
            "required": True,
            "content": {JSON: content},
        }
    operation["responses"] = answers(spec, terms, book)
    if spec.ttl_s is not None:
        operation["x-ttl-s"] = spec.ttl_s
    if spec.stream is not None:
        # OpenAPI 3.1 cannot describe the events of a stream.
        operation["x-events"] = {
            name: {"description": summary(record.__doc__ or ""), "schema": book.sent(record)}
            for name, record in EVENTS.items()
        }
    return operation


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = parameter.schema()
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.summary,
        "required": parameter.required or parameter.place == "path",
        "schema": schema,
    }
    if schema.get("type") == "array":
        # Comma-separated in one value.
        found |= {"style": "form", "explode": False, "example": parameter.example.split(",")}
    elif schema.get("type") == "integer":
        found["example"] = int(parameter.example)
    elif parameter.example:
        found["example"] = parameter.example
    return found


def _described(spec: RouteSpec) -> str:
    text = summary(inspect.getdoc(spec.handler) or "")
    if spec.ttl_s is None:
        return text
    until = f", or until a change of {_listed(sorted(spec.tags))}" if spec.tags else ""
    return f"{text}\n\nThe response is cached for {spec.ttl_s:g} s{until}."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _id_of(spec: RouteSpec) -> str:
    """The operation id: the handler's name in camel case, such as `getStatus`."""
    name = getattr(spec.handler, "__name__", spec.path)
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _outgoing(spec: OutSpec, book: SchemaBook) -> dict[str, Any]:
    return {
        "post": {
            "summary": spec.summary,
            "description": "Signed by Standard Webhooks. Any 2xx is success; temporary errors are retried.",
            "tags": ["REST hooks"],
            "requestBody": {
                "required": True,
                "content": {
                    JSON: {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "type": {"const": spec.name},
                                "timestamp": {"type": "string", "format": "date-time"},
                                "data": book.sent(spec.record),
                            },
                            "required": ["type", "timestamp", "data"],
                        },
                        "example": {
                            "type": spec.name,
                            "timestamp": "2026-01-01T12:00:00Z",
                            "data": spec.sample,
                        },
                    }
                },
            },
            "responses": {"2XX": {"description": "The event has been delivered."}},
        }
    }
