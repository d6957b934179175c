"""The integration for Zapier's platform: what the registry says, all of it, and what its schema takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from state.events import IN_EVENTS, OUT_EVENTS, data_schema, zapier
from tests.node_support import NODE, ZAPIER, needs_zapier, run


@pytest.fixture
def definition() -> dict[str, Any]:
    return zapier.build_definition()


def test_the_file_is_what_the_registry_says() -> None:
    assert zapier.PATH.read_text(encoding="utf-8") == zapier.render(), "run `make zapier`"


def test_the_packages_are_pinned_to_the_version_that_the_definition_names(definition: dict[str, Any]) -> None:
    package = json.loads((ZAPIER / "package.json").read_text())
    assert set((package["dependencies"] | package["devDependencies"]).values()) == {
        definition["platformVersion"]
    }
    assert package["version"] == definition["version"]


def test_every_event_that_goes_out_is_a_trigger_with_its_sample(definition: dict[str, Any]) -> None:
    found = {trigger["operation"]["sample"]["type"]: trigger for trigger in definition["triggers"].values()}
    assert set(found) == set(OUT_EVENTS)
    for name, trigger in found.items():
        assert trigger["operation"]["sample"]["data"] == dict(OUT_EVENTS[name].sample)
        assert name in trigger["display"]["description"]


@pytest.mark.parametrize("name", list(OUT_EVENTS))
def test_a_trigger_names_every_field_of_its_event(definition: dict[str, Any], name: str) -> None:
    fields = definition["triggers"][name.replace(".", "_")]["operation"]["outputFields"]
    keys = {field["key"].removesuffix("[]") for field in fields}
    for field in data_schema(OUT_EVENTS[name].record)["properties"]:
        assert any(key == f"data__{field}" or key.startswith(f"data__{field}__") for key in keys)


def test_every_event_that_comes_in_is_an_action_but_for_what_only_github_signs(
    definition: dict[str, Any],
) -> None:
    found = {create["operation"]["sample"]["event"] for create in definition["creates"].values()}
    assert found == set(IN_EVENTS) - {"github"}


def test_every_action_must_be_told_what_it_is_about(definition: dict[str, Any]) -> None:
    for create in definition["creates"].values():
        first = create["operation"]["inputFields"][0]
        assert (first["key"], first["required"]) == ("idempotency_key", True)


@pytest.mark.parametrize(
    ("create", "expected"),
    [
        ("agent_heartbeat", {"key": "status", "label": "Status", "required": True, "type": "string",
                             "choices": ["active", "degraded", "down"]}),
        ("ritual_start", {"key": "steps", "label": "Steps", "type": "integer", "default": "108"}),
        ("ucf_update", {"key": "set", "label": "Set", "dict": True, "meta": {"values": "number"},
                        "helpText": "New values by metric, within its range."}),
        ("message_post", {"key": "embed__color", "label": "Embed Color", "type": "integer",
                          "helpText": "0 to 0xFFFFFF."}),
        ("message_post", {"key": "embed__url", "label": "Embed URL", "type": "string"}),
        ("context_archive", {"key": "note", "label": "Note", "type": "text"}),
    ],
)  # fmt: skip
def test_input_fields_follow_the_schema(
    definition: dict[str, Any], create: str, expected: dict[str, Any]
) -> None:
    assert expected in definition["creates"][create]["operation"]["inputFields"]


def test_a_list_of_objects_is_line_items(definition: dict[str, Any]) -> None:
    fields = {
        field["key"]: field for field in definition["creates"]["message_post"]["operation"]["inputFields"]
    }
    children = fields["embed__fields"]["children"]
    assert [child["key"] for child in children] == ["name", "value", "inline"]
    assert not any("required" in child for child in children)
    assert "default" not in fields["embed__fields"]


def test_labels_read_as_a_person_would_say_it(definition: dict[str, Any]) -> None:
    labels = [create["display"]["label"] for create in definition["creates"].values()]
    assert labels == [
        "Update UCF", "Send Agent Heartbeat", "Start Ritual", "Run Directive", "Post Message", "Raise Alert",
        "Clear Alert", "Archive Context", "Send Receipt",
    ]  # fmt: skip


@needs_zapier
async def test_zapiers_own_schema_takes_it() -> None:
    code, out, err = await run(str(NODE), ZAPIER / "validate.js")
    assert (code, err) == (0, "")
    assert out.endswith(": 0 errors\n")
