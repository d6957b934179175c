"""The page: a section for each group of operations, then outgoing events, authentication and records."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from web.answers.headers import page_policy
from web.docs.operation import show_operation
from web.docs.trying import path_of
from web.docs.types import members, prose, table, type_of

_STATIC: Final = Path(__file__).parents[1] / "static"


def render_page(document: Mapping[str, Any]) -> tuple[bytes, str]:
    """The page as UTF-8 HTML, and its Content-Security-Policy."""
    style = _read("dashboard/css/1-base.css") + _read("docs/docs.css")
    theme, script = _read("dashboard/js/theme.js"), _read("docs/docs.js")
    groups = _groups(document)
    below = path_of(document)
    page = Template(_read("docs/docs.html")).substitute(
        style=style,
        theme=theme,
        script=script,
        version=escape(document["info"]["version"]),
        about="".join(f"<p>{prose(part)}</p>" for part in document["info"]["description"].split("\n\n")),
        below=escape(below),
        base=escape(document["servers"][0]["url"]),
        badges=_badges(document, below),
        nav="".join(_nav(tag["name"], groups[tag["name"]]) for tag in document["tags"]),
        sections="".join(_section(tag, groups[tag["name"]], document) for tag in document["tags"]),
        outgoing=_outgoing(document),
        proofs=_proofs(document),
        records="".join(_record(name, one) for name, one in document["components"]["schemas"].items()),
    )
    policy = page_policy(styles=(style.encode(),), scripts=(theme.encode(), script.encode()))
    return page.encode(), policy


_Found = list[tuple[str, str, Mapping[str, Any]]]


def _groups(document: Mapping[str, Any]) -> dict[str, _Found]:
    groups: dict[str, _Found] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups[operation["tags"][0]].append((method, path, operation))
    return groups


def _nav(name: str, operations: _Found) -> str:
    links = "".join(
        f'<li><a href="#{escape(operation["operationId"])}">'
        f'<span class="method {method}">{method.upper()}</span>'
        f"<span>{escape(path)}</span></a></li>"
        for method, path, operation in operations
    )
    return f'<h2><a href="#{_anchor(name)}">{escape(name)}</a></h2><ul>{links}</ul>'


def _section(tag: Mapping[str, str], operations: _Found, document: Mapping[str, Any]) -> str:
    shown = "".join(
        show_operation(method, path, operation, document) for method, path, operation in operations
    )
    name = tag["name"]
    return (
        f'<section aria-labelledby="{_anchor(name)}"><h2 id="{_anchor(name)}">{escape(name)}</h2>'
        f"<p>{prose(tag['description'])}</p>{shown}</section>"
    )


def _badges(document: Mapping[str, Any], below: str) -> str:
    """The badges of this server, as other pages embed them."""
    for path, item in document["paths"].items():
        if path.startswith("/badge/"):
            names = item["get"]["parameters"][0]["schema"]["enum"]
            sources = {name: escape(below + path.replace("{name}", name)) for name in names}
            return "".join(
                f'<a href="{source}"><img src="{source}" height="20" alt="Badge: {name}"></a>'
                for name, source in sources.items()
            )
    return ""


def _outgoing(document: Mapping[str, Any]) -> str:
    rows = []
    for name, item in document["webhooks"].items():
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        data = type_of(schema["properties"]["data"])
        rows.append((f"<code>{escape(name)}</code>", data, prose(item["post"]["summary"])))
    return table("Outgoing events", ("Type", "Data", "When"), rows)


def _proofs(document: Mapping[str, Any]) -> str:
    return "".join(
        f"<dt><code>{escape(name)}</code></dt><dd>{_placed(scheme)} {prose(scheme['description'])}</dd>"
        for name, scheme in document["components"]["securitySchemes"].items()
    )


def _placed(scheme: Mapping[str, str]) -> str:
    if scheme["type"] == "http":
        return "<code>Authorization: Bearer …</code>:"
    return f"{escape(scheme['in'])} <code>{escape(scheme['name'])}</code>:"


def _record(name: str, schema: Mapping[str, Any]) -> str:
    return (
        f'<details class="record" id="record-{escape(name)}"><summary><code>{escape(name)}</code> '
        f"<span>{prose(str(schema.get('description', '')).partition(chr(10))[0])}</span></summary>"
        f"{members(schema)}</details>"
    )


def _anchor(name: str) -> str:
    return name.casefold().replace(" ", "-")


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
