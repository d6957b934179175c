"""The OpenAPI document: valid by a tool that is not ours, and whole."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from state.events import IN_EVENTS, OUT_EVENTS
from web.answers.bodies import encode_json
from web.openapi.document import build_document
from web.openapi.security import Terms
from web.parameters import Parameter
from web.records.live import EVENTS
from web.routes.table import ROUTES

_CLOSED = Terms(base_url="https://helix.example.org", read_token=True, open_webhooks=False)
_OPEN = msgspec.structs.replace(_CLOSED, read_token=False, open_webhooks=True)


def document(terms: Terms = _CLOSED) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode_json(build_document(ROUTES, terms)))
    return found


def operations(terms: Terms = _CLOSED) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in document(terms)["paths"].items()
        for method, operation in item.items()
    }


@pytest.mark.parametrize("terms", [_CLOSED, _OPEN])
def test_it_is_valid(terms: Terms) -> None:
    errors = list(OpenAPIV31SpecValidator(document(terms)).iter_errors())
    assert errors == []


def test_every_schema_is_valid() -> None:
    for name, schema in document()["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name


def test_it_has_every_route_and_no_other() -> None:
    assert set(operations()) == {(spec.method, spec.path) for spec in ROUTES}


def test_every_operation_has_a_unique_id_a_summary_and_a_success() -> None:
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)
    for where, operation in operations().items():
        assert operation["summary"], where
        assert operation["description"], where
        assert any(status[0] in "12" for status in operation["responses"]), where


def test_every_parameter_of_a_path_is_declared_and_has_an_example() -> None:
    for spec in ROUTES:
        declared = {f"{{{one.name}}}" for one in spec.parameters if one.place == "path"}
        assert declared == set(_templates(spec.path)), spec.path
        assert "{" not in spec.example


def _templates(path: str) -> list[str]:
    return [f"{{{piece.partition('}')[0]}}}" for piece in path.split("{")[1:]]


@pytest.mark.parametrize("spec", ROUTES, ids=lambda spec: f"{spec.method} {spec.path}")
def test_every_example_fits_its_schema(spec: Any) -> None:
    whole = document()
    operation = whole["paths"][spec.path][spec.method.lower()]
    for parameter in operation.get("parameters", ()):
        if "example" in parameter:
            _check(whole, parameter["schema"], parameter["example"])
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    for body in bodies:
        for example in body.get("examples", {}).values():
            _check(whole, body["schema"], example["value"])
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            if "example" in content:
                _check(whole, content["schema"], content["example"])


def test_every_json_answer_has_an_example() -> None:
    for where, operation in operations().items():
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                assert "example" in content or not media_type.endswith("json"), (where, status)


def _check(whole: dict[str, Any], schema: dict[str, Any], example: Any) -> None:
    Draft202012Validator({**schema, "components": whole["components"]}).validate(example)


def test_every_outgoing_event_is_documented_with_a_valid_sample() -> None:
    whole = document()
    assert set(whole["webhooks"]) == set(OUT_EVENTS)
    for name, item in whole["webhooks"].items():
        content = item["post"]["requestBody"]["content"]["application/json"]
        assert content["schema"]["properties"]["type"] == {"const": name}
        _check(whole, content["schema"], content["example"])


def test_every_incoming_event_except_githubs_is_an_example_of_the_envelope() -> None:
    body = operations()["POST", "/webhooks"]["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == set(IN_EVENTS) - {"github"}


def test_security_requirements_follow_the_settings() -> None:
    closed, opened = operations(_CLOSED), operations(_OPEN)
    assert closed["GET", "/status"]["security"] == [{"readToken": []}, {"session": []}]
    assert "401" in closed["GET", "/status"]["responses"]
    assert opened["GET", "/status"]["security"] == []
    assert "401" not in opened["GET", "/status"]["responses"]
    assert closed["GET", "/health/live"]["security"] == []
    signed: dict[str, list[str]] = {"webhookId": [], "webhookTimestamp": [], "webhookSignature": []}
    assert closed["POST", "/webhooks"]["security"] == [signed, {"webhookToken": []}, {"helixToken": []}]
    assert opened["POST", "/webhooks"]["security"][0] == {}
    assert closed["POST", "/webhooks/github"]["security"] == [{"githubSignature": []}]


def test_a_cached_route_documents_its_caching() -> None:
    status = operations()["GET", "/status"]
    assert status["x-ttl-s"] == 5
    assert (
        "The response is cached for 5 s, or until a change of agents, health, rituals or state."
        in (status["description"])
    )
    assert set(status["responses"]["200"]["headers"]) >= {"ETag", "Age", "X-Cache"}
    assert "304" in status["responses"]
    assert "304" not in operations()["GET", "/metrics"]["responses"]


def test_a_choice_documents_the_values_that_it_reads() -> None:
    layer = next(one for one in operations()["GET", "/agents"]["parameters"] if one["name"] == "layer")
    assert layer["schema"]["enum"] == ["Consciousness", "Operational", "Integration"]


def test_attributes_in_docstrings_become_schema_descriptions() -> None:
    agent = document()["components"]["schemas"]["Agent"]
    assert agent["description"] == "One agent with its measured status."
    assert agent["properties"]["load"]["description"] == ("How busy it is, 0 to 1; null if unknown.")
    assert set(agent["required"]) == set(agent["properties"])


def test_members_with_defaults_are_optional_in_request_bodies() -> None:
    heartbeat = document()["components"]["schemas"]["AgentHeartbeat"]
    assert heartbeat["required"] == ["agent", "status"]
    assert heartbeat["additionalProperties"] is False


def test_omitted_members_are_optional_in_responses() -> None:
    alert = document()["components"]["schemas"]["LiveAlert"]
    assert set(alert["properties"]) - set(alert["required"]) == {"test"}


def test_a_stream_documents_its_events() -> None:
    for path in ("/events", "/ws"):
        events = operations()["GET", path]["x-events"]
        assert set(events) == set(EVENTS)
        assert events["snapshot"]["schema"] == {"$ref": "#/components/schemas/LiveSnapshot"}


def test_two_records_with_one_name_are_an_error() -> None:
    from web.openapi.schemas import SchemaBook

    book = SchemaBook()
    book.sent(msgspec.defstruct("Thing", [("a", int)]))
    with pytest.raises(ValueError, match="two records have the name Thing"):
        book.sent(msgspec.defstruct("Thing", [("b", int)]))


def test_a_plain_parameter_takes_text() -> None:
    assert Parameter(name="a", summary="A.", example="b").schema() == {"type": "string"}
