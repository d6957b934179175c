"""Generates `zapier/definition.json`, the description of Helix for Zapier, from the event registry.

Sources: Zapier Platform Schema, "AppSchema", "TriggerSchema", "CreateSchema" and "FieldSchema". The code that
runs is `zapier/index.js`, which is the same for every event type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from core.version import VERSION
from state.events.incoming import InEvent
from state.events.outgoing import OutEvent
from state.events.registry import IN_EVENTS, OUT_EVENTS, InSpec, OutSpec, data_schema

PATH: Final = Path(__file__).resolve().parents[2] / "zapier" / "definition.json"
# The version of zapier-platform-core and -schema in zapier/package.json.
PLATFORM_VERSION: Final = "19.1.0"

# GitHub signs its own events; a Zap cannot.
_NOT_FOR_ZAPS: Final = frozenset({"github"})
_VERBS: Final = frozenset({"archive", "clear", "post", "raise", "run", "start", "update"})
_TYPES: Final = {"string": "string", "number": "number", "integer": "integer", "boolean": "boolean"}
# Longer texts get a field of several lines.
_LONG: Final = 300
_ID: Final = "msg_0123456789abcdef0123456789abcdef"
_MOMENT: Final = "2026-01-01T12:00:00Z"

Json = dict[str, Any]


def build_definition() -> Json:
    """The definition: authentication, a REST hook per outgoing event, an action per incoming event."""
    return {
        "version": VERSION,
        "platformVersion": PLATFORM_VERSION,
        "authentication": _authentication(),
        "triggers": {_key(spec.name): _trigger(spec) for spec in OUT_EVENTS.values()},
        "creates": {
            _key(spec.name): _create(spec) for spec in IN_EVENTS.values() if spec.name not in _NOT_FOR_ZAPS
        },
    }


def render() -> str:
    """The content of the file."""
    text = msgspec.json.format(msgspec.json.encode(build_definition()), indent=2)
    return text.decode() + "\n"


def _authentication() -> Json:
    return {
        "type": "custom",
        "fields": [
            {
                "key": "base_url",
                "label": "Address",
                "type": "string",
                "required": True,
                "helpText": "The public URL of Helix, such as https://helix.example.com.",
            },
            {
                "key": "token",
                "label": "Token",
                "type": "password",
                "required": True,
                "helpText": "The value of `WEBHOOK_TOKEN` in the settings of Helix.",
            },
        ],
        "connectionLabel": "{{base_url}}",
    }


def _trigger(spec: OutSpec) -> Json:
    title = _title(spec.name)
    return {
        "key": _key(spec.name),
        "noun": title,
        "display": {
            "label": title,
            "description": f"Triggers when Helix sends {spec.name}. {spec.summary}",
        },
        "operation": {
            "type": "hook",
            "sample": {"id": _ID, "type": spec.name, "timestamp": _MOMENT, "data": dict(spec.sample)},
            "outputFields": [
                {"key": "id", "label": "ID", "type": "string"},
                {"key": "type", "label": "Type", "type": "string"},
                {"key": "timestamp", "label": "Timestamp", "type": "string"},
                *_output_fields(spec.record, spec.sample),
            ],
        },
    }


def _create(spec: InSpec) -> Json:
    words = spec.name.split(".")
    acts = words[-1] in _VERBS
    title = _title(" ".join((words[-1], *words[:-1]))) if acts else f"Send {_title(spec.name)}"
    schema = data_schema(spec.record)
    return {
        "key": _key(spec.name),
        "noun": _title(words[0]),
        "display": {"label": title, "description": f"Sends {spec.name} to Helix. {spec.summary}"},
        "operation": {
            "inputFields": [_idempotency(), *_input_fields(schema, schema.get("$defs", {}), "")],
            "sample": {
                "id": "evt_0123456789abcdef0123456789abcdef",
                "event": spec.name,
                "status": "accepted",
                "duplicate": False,
            },
            "outputFields": [
                {"key": "id", "label": "ID", "type": "string"},
                {"key": "event", "label": "Event", "type": "string"},
                {"key": "status", "label": "Status", "type": "string"},
                {"key": "duplicate", "label": "Received Before", "type": "boolean"},
            ],
        },
    }


def _idempotency() -> Json:
    # Zapier gives actions no value that stays the same when a step is replayed (`bundle.meta.zap` is
    # deprecated, and names the Zap, not its run), so the user must choose one from the trigger.
    return {
        "key": "idempotency_key",
        "label": "Idempotency Key",
        "type": "string",
        "required": True,
        "helpText": (
            "Choose the ID from the trigger of this Zap, so that a replayed step is not carried out twice. "
            "If a Zap has this step twice, add a word to one of them. Do not use a time: replays change it."
        ),
    }


def _input_fields(schema: Json, parts: Mapping[str, Json], prefix: str) -> Iterator[Json]:
    """The fields of an object; fields of nested objects are joined by `__`, as Zapier does."""
    for name, given in schema["properties"].items():
        kind = _resolve(given, parts)
        if "properties" in kind:
            yield from _input_fields(kind, parts, f"{prefix}{name}__")
            continue
        field: Json = {"key": f"{prefix}{name}", "label": _title(f"{prefix}{name}")}
        if "description" in given:
            field["helpText"] = given["description"]
        if name in schema["required"] and not prefix:
            field["required"] = True
        yield field | _input_kind(kind, parts) | _default(given)


def _input_kind(kind: Json, parts: Mapping[str, Json]) -> Json:
    if "enum" in kind:
        return {"type": "string", "choices": kind["enum"]}
    if kind["type"] == "object":
        return {"dict": True, "meta": {"values": kind["additionalProperties"]["type"]}}
    if kind["type"] == "array":
        item = _resolve(kind["items"], parts)
        children = _input_fields(item, parts, "")
        # Zapier shows an empty first line, in which required fields would always be required.
        return {
            "children": [{name: child[name] for name in child if name != "required"} for child in children]
        }
    if kind["type"] == "string" and kind.get("maxLength", 0) > _LONG and "pattern" not in kind:
        return {"type": "text"}
    return {"type": _TYPES[kind["type"]]}


def _default(given: Json) -> Json:
    # An empty default is left out.
    return {"default": str(given["default"])} if given.get("default") else {}


def _output_fields(record: type[InEvent | OutEvent], sample: Mapping[str, Any]) -> Iterator[Json]:
    schema = data_schema(record)
    for name, given in schema["properties"].items():
        kind = _resolve(given, {})
        key, label = f"data__{name}", _title(name)
        if kind.get("type") == "object":
            # Its keys are data; the sample shows the usual ones.
            yield from (
                {"key": f"{key}__{inner}", "label": f"{label} {_title(inner)}", "type": "number"}
                for inner in sample[name]
            )
        elif kind.get("type") == "array":
            yield {"key": f"{key}[]", "label": label, "type": "string"}
        else:
            yield {"key": key, "label": label, "type": _TYPES.get(kind.get("type", ""), "string")}


def _resolve(given: Json, parts: Mapping[str, Json]) -> Json:
    """The schema behind a reference or an "or null"."""
    for choice in given.get("anyOf", ()):
        if choice != {"type": "null"}:
            return _resolve(choice, parts)
    return parts[given["$ref"].rpartition("/")[2]] if "$ref" in given else given


def _key(kind: str) -> str:
    return kind.replace(".", "_")


def _title(name: str) -> str:
    words = re.split(r"[._\s]+", name)
    return " ".join(_CAPITALS.get(word, word.capitalize()) for word in words if word)


_CAPITALS: Final = {"id": "ID", "ucf": "UCF", "url": "URL", "sha256": "SHA-256"}


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
