"""The schemas of records, each once under the record's name."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.text.docstrings import attributes, summary
from state.events import OutEvent

_TEMPLATE: Final = "#/components/schemas/{name}"


class SchemaBook:
    """Collects the schemas of types.

    Attributes:
        schemas: by name, as in `components`.
    """

    def __init__(self) -> None:
        self.schemas: dict[str, dict[str, Any]] = {}
        self._known: dict[tuple[object, bool], dict[str, Any]] = {}

    def sent(self, record: object) -> dict[str, Any]:
        """The schema of a record that Helix sends: members with a default are always present."""
        return self._collect(record, sent=True)

    def taken(self, record: object) -> dict[str, Any]:
        """The schema of a record that Helix accepts: members with a default are optional."""
        return self._collect(record, sent=False)

    def _collect(self, record: object, *, sent: bool) -> dict[str, Any]:
        known = self._known.get((record, sent))
        if known is not None:
            return known
        omitting = _omitting(record) if sent else frozenset()
        (schema,), components = msgspec.json.schema_components((record,), ref_template=_TEMPLATE)
        for name, component in components.items():
            tidy = _tidied(component, always_whole=sent and name not in omitting)
            if isinstance(record, type) and issubclass(record, OutEvent) and name == record.__name__:
                # The event's type is beside its data, not in it.
                tidy["properties"].pop("type", None)
                tidy["required"] = [one for one in tidy["required"] if one != "type"]
            if self.schemas.setdefault(name, tidy) != tidy:
                raise ValueError(f"two records have the name {name}")
        self._known[record, sent] = schema
        return schema


def _tidied(schema: dict[str, Any], *, always_whole: bool) -> dict[str, Any]:
    tidy = {key: value for key, value in schema.items() if key != "title"}
    text = str(tidy.get("description", ""))
    if text:
        tidy["description"] = summary(text)
    said = attributes(text)
    properties: dict[str, Any] = {}
    required = list(tidy.get("required", ()))
    for name, value in tidy.get("properties", {}).items():
        one = dict(value)
        if always_whole and "default" in one:
            del one["default"]
            required.append(name)
        if name in said:
            # OpenAPI 3.1 allows a description beside a reference ("Schema Object").
            one["description"] = said[name]
        properties[name] = one
    if properties:
        tidy["properties"] = properties
        tidy["required"] = [name for name in properties if name in required]
    return tidy


def _omitting(record: object) -> frozenset[str]:
    """The names of the structs in `record` that omit defaults."""
    found: dict[str, bool] = {}
    left: list[object] = [msgspec.inspect.type_info(record)]
    while left:
        one = left.pop()
        if isinstance(one, msgspec.inspect.StructType):
            if one.cls.__name__ in found:
                continue
            found[one.cls.__name__] = one.cls.__struct_config__.omit_defaults
        if isinstance(one, tuple):
            left.extend(one)
        elif isinstance(one, msgspec.inspect.Type | msgspec.inspect.Field):
            left.extend(getattr(one, name) for name in one.__struct_fields__)
    return frozenset(name for name, omits in found.items() if omits)
