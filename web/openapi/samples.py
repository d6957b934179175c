"""Sample bodies, generated from their schemas, with realistic words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.version import VERSION

# By member name, or by record and member name if the member means something else there.
_WORDS: Final[Mapping[str, Any]] = {
    "access": "everyone", "action": "backup", "active": 14,
    "assessment": "In harmony: all six values are good.", "attempts": 1, "below": 0.3,
    "cache_hit_rate": 0.98, "cache_hits": 4900, "cache_misses": 100, "cog": "monitoring",
    "command": "status", "cooldown": "5 in 10 s", "count": 5000, "destination": "zapier", "detail": "",
    "drishti": 0.72, "error": None, "event": "ucf.update", "example": "!status", "exact": True,
    "harmony": 0.82, "high": 2.0, "id": "evt_0123456789abcdef", "klesha": 0.08, "load": 0.12, "low": 0.0,
    "mean": 0.82, "meaning": "accord", "met": True, "method": "GET", "observedUnit": "ms (p95)",
    "observedValue": 0.4, "output": "", "path": "/status", "prana": 0.61, "reason": "",
    "releaseId": VERSION, "required": True, "resilience": 1.2, "samples": 5000, "secret": "whsec_…",
    "shown": 14, "source": "ritual", "step": 54, "steps": 108, "summary": "How the collective is.",
    "target_url": "https://hooks.example.org/1", "task": None, "token": "…", "total": 14,
    "type": "ucf.changed", "usage": "status", "value": 0.82, "version": VERSION, "zoom": 1.0,
    "needs_token": "read", "inbox_waiting": 0, "outbox_waiting": 0, "open_breakers": 0, "next_at": None,
    "above": None, "incoming": "ucf.update", "outgoing": "ucf.changed", "Agent.name": "Kael",
    "Agent.role": "ethics", "Agent.subsystem": "directive policy", "Agent.symbol": "🜂",
    "CommandInfo.aliases": "s", "CommandInfo.name": "status", "CommandInfo.ttl_s": 5.0,
    "CommandInfo.where": "server", "Discovery.description": "A Discord bot with an HTTP server.",
    "Discovery.name": "Helix", "DiscoveredRoute.ttl_s": 5.0, "EventHandler.name": "state.ucf",
    "Health.description": "The health of Helix", "Health.version": "0",
    "IncomingType.path": "/webhooks/ucf.update",
    "IncomingType.summary": "Sets or shifts values of the field.", "IncomingType.type": "ucf.update",
    "OutgoingType.summary": "The field has changed.", "Hook.id": "hook_0123456789abcdef",
    "RitualBrief.id": 12, "SampleReport.value": 5000.0,
    "FamilyReport.help": "HTTP requests answered.", "route": "/status",
    "Objective.target": 0.001, "Objective.title": "Fewer than 0.1% of requests fail.",
    "Objective.value": 0.0002, "Ready.ready": "store", "StateVersion.version": 42,
    "links": "https://helix.example.org/docs", "/status": 0.0004, "requests": 5000,
}  # fmt: skip
# Keys of mappings, by member name.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "avg_response_times": ("/status",), "checks": ("store",), "counters": ("requests",),
    "error_counts": ("/agents/{name}",), "labels": ("route",),
    "metrics": ("helix_http_requests_total",), "links": ("documentation",), "requests": ("/status",),
    "series": ("harmony",), "trends": ("harmony", "klesha"), "ucf": ("harmony",),
}  # fmt: skip
# Preferred choices, for a sample in which all is well.
_LIKED: Final = ("pass", "active", "good", "done", "steady", "z88", "error_rate", "counter")


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
            return next((choice for choice in _LIKED if choice in choices), choices[0])
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
            keys = _KEYS.get(member, ("harmony",))
            found = {
                key: self.of(rest, owner, key if _word(owner, key) is not None else member) for key in keys
            }
        return found


def _word(owner: str, member: str, otherwise: object = None) -> object:
    return _WORDS.get(f"{owner}.{member}", _WORDS.get(member, otherwise))


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
