"""How the page at /docs says types."""

from typing import Any

import pytest

from web.docs.trying import curl, example_address
from web.docs.types import members, prose, type_of


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"type": "string", "maxLength": 100}, "text, up to 100 characters"),
        ({"type": "integer", "minimum": 2, "maximum": 1000}, "whole number from 2 to 1000"),
        ({"type": "boolean"}, "yes or no"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"anyOf": [{"type": "string"}, {"type": "string", "pattern": "a"}]}, "text"),
        ({"enum": ["a", "<b>"]}, "<code>a</code> <code>&lt;b&gt;</code>"),
        ({"const": "x"}, "<code>x</code>"),
        ({"$ref": "#/components/schemas/Agent"}, '<a href="#record-Agent">Agent</a>'),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, "list of text"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "number by name"),
        ({"type": "object"}, "object"),
        ({}, "anything"),
    ],
)
def test_a_type(schema: dict[str, Any], said: str) -> None:
    assert type_of(schema) == said


def test_many_choices_are_shortened() -> None:
    assert type_of({"enum": [str(number) for number in range(20)]}).endswith("<code>15</code> and 4 more")


def test_backticks_become_code_and_markup_is_escaped() -> None:
    assert prose("Send `<b>` & wait.") == "Send <code>&lt;b&gt;</code> &amp; wait."


def test_an_optional_member_is_marked() -> None:
    table = members({"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]})
    assert table.count("optional") == 1
    assert members({}) == ""


def test_the_curl_command_is_quoted_for_the_shell() -> None:
    operation = {
        "security": [{"webhookToken": []}],
        "parameters": [
            {"name": "event", "in": "path", "example": "a b/c"},
            {"name": "q", "in": "query", "example": ["x", "y"]},
            {"name": "X-Kind", "in": "header", "required": True, "example": "it's"},
        ],
        "requestBody": {"content": {"application/json": {"examples": {"one": {"value": {"a": "it's"}}}}}},
    }
    address = example_address("/hooks/{event}", operation)
    assert address == "/hooks/a%20b%2Fc?q=x,y"
    assert curl("delete", address, operation, "http://helix.test").split(" \\\n  ") == [
        "curl -s",
        "-X DELETE",
        "'http://helix.test/hooks/a%20b%2Fc?q=x,y'",
        '-H "Authorization: Bearer $WEBHOOK_TOKEN"',
        "-H 'X-Kind: it'\"'\"'s'",
        "-H 'Content-Type: application/json'",
        '-d \'{"a": "it\'"\'"\'s"}\'',
    ]
