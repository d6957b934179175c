"""Example requests: a path with example values, and a curl command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

Operation = Mapping[str, Any]

_SETTINGS: Final[Mapping[str, str]] = {"webhookToken": "WEBHOOK_TOKEN", "readToken": "READ_TOKEN"}
_LONGEST_LINE: Final = 60
# Parameters left out of examples: an end that is the default, and an unknown event id.
_LEFT_OUT: Final = frozenset({"until", "last_event_id"})


def example_address(path: str, operation: Operation) -> str:
    """The path and query with each parameter's example."""
    query = []
    for one in operation.get("parameters", ()):
        if "example" not in one:
            continue
        example = one["example"]
        value = ",".join(example) if isinstance(example, list) else str(example)
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(value, safe=""))
        elif one["in"] == "query" and one["name"] not in _LEFT_OUT:
            query.append((one["name"], value))
    return f"{path}?{urlencode(query, safe=',:')}" if query else path


def path_of(document: Mapping[str, Any]) -> str:
    """The path prefix of this server's URLs, without a trailing slash."""
    return urlsplit(str(document["servers"][0]["url"])).path


def curl(method: str, address: str, operation: Operation, base_url: str) -> str:
    """The operation as a curl command; tokens come from shell variables."""
    parts = ["curl -sN" if "x-events" in operation else "curl -s"]
    if method not in {"get", "post"}:
        parts.append(f"-X {method.upper()}")
    parts.append(shlex.quote(f"{base_url}{address}"))
    settings = [_SETTINGS[name] for one in operation["security"] for name in one if name in _SETTINGS]
    if settings:
        parts.append(f'-H "Authorization: Bearer ${settings[0]}"')
    parts += [
        f"-H {shlex.quote(one['name'] + ': ' + one['example'])}"
        for one in operation.get("parameters", ())
        if one["in"] == "header" and one["required"]
    ]
    if "requestBody" in operation:
        examples = operation["requestBody"]["content"]["application/json"].get("examples", {})
        body: object = next((one["value"] for one in examples.values()), {})
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    line = " ".join(parts)
    return line if len(line) <= _LONGEST_LINE else " \\\n  ".join(parts)
