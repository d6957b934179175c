"""One operation on the page: description, parameters, body, responses and examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from web.docs.trying import curl, example_address, path_of
from web.docs.types import members, prose, table, type_of

Operation = Mapping[str, Any]


def show_operation(method: str, path: str, operation: Operation, document: Mapping[str, Any]) -> str:
    """The operation as an article of HTML."""
    anchor = escape(operation["operationId"])
    about = operation["description"].split("\n\n")
    return (
        f'<article id="{anchor}" class="operation"><header><h3><a href="#{anchor}">'
        f'<span class="method {method}">{method.upper()}</span> '
        f'<span class="path">{_breakable(path)}</span></a></h3>'
        f'<p class="lead">{prose(operation["summary"])}</p>{_proofs(operation)}</header>'
        f'<div class="columns"><div class="told">'
        f"{''.join(f'<p>{prose(part)}</p>' for part in about)}"
        f"{_parameters(operation)}{_body(operation)}{_events(operation)}{_answers(operation, document)}"
        f'</div><div class="tried">{_tried(method, path, operation, document)}</div></div></article>'
    )


def resolved(answer: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The response, with its `$ref` resolved."""
    reference = answer.get("$ref")
    if reference is None:
        return answer
    found: Mapping[str, Any] = document["components"]["responses"][str(reference).rpartition("/")[2]]
    return found


def _proofs(operation: Operation) -> str:
    needs = operation["security"]
    if not needs or {} in needs:
        return ""
    names = [" and ".join(f"<code>{escape(name)}</code>" for name in one) for one in needs]
    return f'<p class="needs">Needs {", or ".join(names)}. <a href="#proofs">How</a></p>'


def _parameters(operation: Operation) -> str:
    shown = table(
        "Parameters",
        ("Parameter", "Type", "Meaning"),
        (
            (
                f"<code>{escape(one['name'])}</code><small>{_place(one)}</small>",
                f"{type_of(one['schema'])}{_default(one['schema'])}",
                prose(one["description"]),
            )
            for one in operation.get("parameters", ())
        ),
    )
    return f"<h4>Takes</h4>{shown}" if shown else ""


def _place(parameter: Mapping[str, Any]) -> str:
    return f"{parameter['in']}, required" if parameter["required"] else str(parameter["in"])


def _default(schema: Mapping[str, Any]) -> str:
    if "default" not in schema:
        return ""
    return f"<small>default <code>{escape(str(schema['default']))}</code></small>"


def _body(operation: Operation) -> str:
    body = operation.get("requestBody")
    if body is None:
        return ""
    schema = body["content"]["application/json"]["schema"]
    types = [
        type_of(one["properties"]["data"] if "properties" in one else one)
        for one in schema.get("anyOf") or schema.get("oneOf") or [schema]
    ]
    told = f"One of: {', '.join(types)}." if len(types) > 1 else types[0]
    return f"<h4>Body</h4><p>{prose(body['description'])} {told}</p>"


def _events(operation: Operation) -> str:
    shown = table(
        "Events",
        ("Event", "Data", "Meaning"),
        (
            (
                f"<code>{escape(name)}</code>",
                type_of(event["schema"]),
                prose(event["description"].partition("\n")[0]),
            )
            for name, event in operation.get("x-events", {}).items()
        ),
    )
    return f"<h4>Events</h4>{shown}" if shown else ""


def _answers(operation: Operation, document: Mapping[str, Any]) -> str:
    good: list[str] = []
    wrong: list[str] = []
    shown = ""
    for status, answer in operation["responses"].items():
        found = resolved(answer, document)
        types = ", ".join(f"<code>{escape(name)}</code>" for name in found.get("content", {}))
        line = (
            f'<li><span class="status s{status[0]}">{status}</span> <span>{prose(found["description"])}'
            f"{f' <small>{types}</small>' if types and status[0] in '123' else ''}</span></li>"
        )
        (wrong if status[0] in "45" else good).append(line)
        shown = shown or _members_of(found, document)
    return (
        f'<h4>Responses</h4><ul class="answers">{"".join(good)}</ul>{shown}'
        f'<details><summary>Errors: {len(wrong)}</summary><ul class="answers">{"".join(wrong)}</ul></details>'
    )


def _members_of(answer: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        schema = content["schema"]
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name:
            return members(document["components"]["schemas"][name])
    return ""


def _tried(method: str, path: str, operation: Operation, document: Mapping[str, Any]) -> str:
    address = example_address(path, operation)
    needs_webhook_token = any("webhook" in name for one in operation["security"] for name in one)
    opens = method == "get" and "200" in operation["responses"] and not needs_webhook_token
    link = (
        f'<a class="try" href="{escape(path_of(document) + address)}">Open {escape(address)}</a>'
        if opens
        else ""
    )
    said = _code("Request", curl(method, address, operation, document["servers"][0]["url"]))
    for status, answer in operation["responses"].items():
        for name, content in resolved(answer, document).get("content", {}).items():
            if status[0] == "2" and "example" in content:
                example = content["example"]
                text = (
                    example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
                )
                return f"{said}{_code(f'{status} {name}', text)}{link}"
    return f"{said}{link}"


def _code(title: str, text: str) -> str:
    return (
        f'<figure class="code"><figcaption>{escape(title)}</figcaption>'
        f'<pre tabindex="0"><code>{escape(text, quote=False)}</code></pre></figure>'
    )


def _breakable(path: str) -> str:
    """The path as HTML with a line-break opportunity after each slash."""
    return escape(path).replace("/", "/<wbr>")
