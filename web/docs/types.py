"""Renders types and tables of members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

Schema = Mapping[str, Any]

# At most this many choices are listed; the rest is counted.
_MOST_INLINE: Final = 16


def prose(text: str) -> str:
    """Text with `code` spans as HTML."""
    pieces = escape(text, quote=False).split("`")
    return "".join(f"<code>{piece}</code>" if at % 2 else piece for at, piece in enumerate(pieces))


def type_of(schema: Schema) -> str:
    """A type in a few words, as HTML; records are links."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#record-{name}">{name}</a>'
    choices = [schema["const"]] if "const" in schema else schema.get("enum")
    if choices is not None:
        return _choices(choices)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives is not None:
        return " or ".join(dict.fromkeys(type_of(one) for one in alternatives))
    return _container(schema) or f"{_plain(schema)}{_bounds(schema)}"


def table(label: str, heads: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    """An HTML table with three columns, the first being row headers; empty if there are no rows."""
    body = "".join(
        f'<tr><th scope="row">{first}</th><td>{second}</td><td>{third}</td></tr>'
        for first, second, third in rows
    )
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def members(schema: Schema) -> str:
    """The members of a record as a table."""
    required = set(schema.get("required", ()))
    return table(
        "Members",
        ("Member", "Type", "Meaning"),
        (
            (
                f"<code>{escape(name)}</code>{'' if name in required else '<small>optional</small>'}",
                type_of(one),
                prose(str(one.get("description", ""))),
            )
            for name, one in schema.get("properties", {}).items()
        ),
    )


def _choices(choices: list[Any]) -> str:
    shown = " ".join(f"<code>{escape(str(choice))}</code>" for choice in choices[:_MOST_INLINE])
    return shown if len(choices) <= _MOST_INLINE else f"{shown} and {len(choices) - _MOST_INLINE} more"


def _container(schema: Schema) -> str:
    kind, rest = schema.get("type"), schema.get("additionalProperties")
    if kind == "array":
        parts = schema.get("prefixItems") or [schema.get("items", {})]
        return f"list of {' and '.join(type_of(part) for part in parts)}"
    if kind == "object" and isinstance(rest, Mapping) and rest:
        return f"{type_of(rest)} by name"
    return ""


def _plain(schema: Schema) -> str:
    if schema.get("format") == "date-time":
        return "time"
    kind = str(schema.get("type", "anything"))
    return {"string": "text", "integer": "whole number", "boolean": "yes or no"}.get(kind, escape(kind))


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    longest = schema.get("maxLength")
    return "" if longest is None else f", up to {longest} characters"
