"""Sample bodies, generated from their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from web.openapi.sample_words import KEYS, LIKED, WORDS

_MOMENT: Final = "2026-01-01T12:00:00Z"
_Schema = Mapping[str, Any]


class Sampler:
    """Makes a value that fits a schema.

    Args:
        components: the schemas for `$ref`, by name.
    """

    def __init__(self, components: Mapping[str, _Schema]) -> None:
        self._components = components

    def of(self, schema: _Schema, owner: str = "", member: str = "") -> object:
        """A sample value for `member` of the record `owner`."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            return self.of(self._components[name], name, member)
        if "enum" in schema:
            choices = schema["enum"]
            return next((choice for choice in LIKED if choice in choices), choices[0])
        if "anyOf" in schema:
            return self._any(schema["anyOf"], owner, member)
        if schema.get("type") == "object":
            return self._object(schema, owner, member)
        if schema.get("type") == "array":
            parts = schema.get("prefixItems") or [schema.get("items", {})]
            return [self.of(part, owner, member) for part in parts]
        return schema["const"] if "const" in schema else _plain(schema, _word(owner, member))

    def _any(self, choices: list[_Schema], owner: str, member: str) -> object:
        kinds = [choice.get("type") for choice in choices]
        if "null" in kinds and _word(owner, member, "") is None:
            return None
        fitting = (choice for choice in choices if _fits(choice, _word(owner, member)))
        return self.of(next(fitting, choices[0]), owner, member)

    def _object(self, schema: _Schema, owner: str, member: str) -> dict[str, Any]:
        required = schema.get("required", ())
        properties: Mapping[str, _Schema] = schema.get("properties", {})
        found = {name: self.of(part, owner, name) for name, part in properties.items() if name in required}
        rest = schema.get("additionalProperties")
        if not found and isinstance(rest, Mapping) and rest:
            # Values of a mapping are named by their keys, or by the mapping itself.
            keys = KEYS.get(member, ("harmony",))
            found = {
                key: self.of(rest, owner, key if _word(owner, key) is not None else member) for key in keys
            }
        return found


def _word(owner: str, member: str, otherwise: object = None) -> object:
    return WORDS.get(f"{owner}.{member}", WORDS.get(member, otherwise))


def _plain(schema: _Schema, word: object) -> object:
    kind = schema.get("type")
    if schema.get("format") == "date-time":
        return _MOMENT
    if kind is not None and word is not None and _fits(schema, word):
        return word
    return {"string": "…", "boolean": False, "integer": 1, "number": 0.5}.get(str(kind))


def _fits(schema: _Schema, word: object) -> bool:
    kind = schema.get("type")
    if isinstance(word, bool):
        return kind == "boolean"
    if isinstance(word, int):
        return kind in {"integer", "number"}
    return (kind == "number" and isinstance(word, float)) or (kind == "string" and isinstance(word, str))
