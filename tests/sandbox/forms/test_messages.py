"""Message bodies against Discord's limits, with Discord's error shape."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError
from sandbox.forms.messages import parse_message, reference_id, require_something

TEXT_BUTTON = {"type": 2, "style": 1, "label": "x", "custom_id": "x"}


def row(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(items)}


def menu(**fields: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "m", "options": [{"label": "a", "value": "a"}]} | fields


def errors_of(body: dict[str, Any]) -> Any:
    with pytest.raises(ApiError) as refused:
        parse_message(body, [])
    assert refused.value.status == 400
    assert refused.value.body["code"] == 50035
    assert refused.value.body["message"] == "Invalid Form Body"
    return refused.value.body["errors"]


def test_content_over_2000_has_discords_error_shape() -> None:
    assert errors_of({"content": "x" * 2001}) == {
        "content": {
            "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]
        }
    }


def test_what_is_exactly_at_the_limit_passes() -> None:
    form = parse_message(
        {
            "content": "x" * 2000,
            "embeds": [{"title": "t" * 256, "description": "d" * 4096, "color": 0xFFFFFF}],
            "nonce": "n" * 25,
            "components": [row(*[TEXT_BUTTON | {"custom_id": f"{n:0100}"} for n in range(5)])],
        },
        [],
    )

    assert form.embeds is not None
    assert form.embeds[0]["type"] == "rich"
    assert form.components is not None
    ids = [item["id"] for item in form.components[0]["components"]]
    assert ids == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": []}, "content"),
        ({"nonce": "n" * 26}, "nonce"),
        ({"nonce": True}, "nonce"),
        ({"flags": "64"}, "flags"),
        ({"embeds": "x"}, "embeds"),
        ({"embeds": [1]}, "embeds.0"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds.0.description"),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, "embeds.0.footer.text"),
        ({"embeds": [{"footer": {}}]}, "embeds.0.footer.text"),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, "embeds.0.author.name"),
        ({"embeds": [{"author": {"name": "x", "icon_url": "ftp://x"}}]}, "embeds.0.author.icon_url"),
        ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds.0.fields"),
        ({"embeds": [{"fields": {}}, {"fields": 3}]}, "embeds.1.fields"),
        ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name"),
        ({"embeds": [{"fields": [{"name": "n", "value": "v" * 1025}]}]}, "embeds.0.fields.0.value"),
        ({"embeds": [{"fields": ["x"]}]}, "embeds.0.fields.0.name"),
        ({"embeds": [{"url": "attachment://x.png"}]}, "embeds.0.url"),
        ({"embeds": [{"url": "https://"}]}, "embeds.0.url"),
        ({"embeds": [{"url": "http://[x"}]}, "embeds.0.url"),
        ({"embeds": [{"url": "https://x.example:port/"}]}, "embeds.0.url"),
        ({"embeds": [{"url": "https://x.example/a b"}]}, "embeds.0.url"),
        ({"embeds": [{"url": "https://x/" + "y" * 2048}]}, "embeds.0.url"),
        ({"embeds": [{"image": {"url": "javascript:alert(1)"}}]}, "embeds.0.image.url"),
        ({"embeds": [{"color": 0x1000000}]}, "embeds.0.color"),
        ({"embeds": [{"timestamp": "yesterday"}]}, "embeds.0.timestamp"),
        ({"embeds": [{"description": "d" * 3001}] * 2}, "embeds"),
        ({"embeds": [{"title": {}}]}, "embeds.0.title"),
        ({"allowed_mentions": []}, "allowed_mentions"),
        ({"allowed_mentions": {"parse": 5}}, "allowed_mentions.parse"),
        ({"allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse.0"),
        ({"allowed_mentions": {"users": ["x"]}}, "allowed_mentions.users"),
        ({"allowed_mentions": {"users": ["1"] * 101}}, "allowed_mentions.users"),
        ({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
        ({"message_reference": "1"}, "message_reference"),
        ({"components": [row(TEXT_BUTTON)] * 6}, "components"),
        ({"components": [TEXT_BUTTON]}, "components.0.type"),
        ({"components": [row()]}, "components.0.components"),
        (
            {"components": [row(*[TEXT_BUTTON | {"custom_id": str(n)} for n in range(6)])]},
            "components.0.components",
        ),
        ({"components": [row(menu(), TEXT_BUTTON)]}, "components.0.components"),
        ({"components": [row({"type": 4})]}, "components.0.components.0.type"),
        ({"components": [row({"type": []})]}, "components.0.components.0.type"),
        ({"components": [row("x")]}, "components.0.components.0.type"),  # type: ignore[arg-type] # as bad clients do
        (
            {"components": [row(TEXT_BUTTON), row(TEXT_BUTTON)]},
            "components.1.components.0.custom_id",
        ),
        (
            {"components": [row(TEXT_BUTTON | {"custom_id": "x" * 101})]},
            "components.0.components.0.custom_id",
        ),
        (
            {"components": [row({"type": 2, "style": 1, "label": "x"})]},
            "components.0.components.0.custom_id",
        ),
        (
            {"components": [row({"type": 2, "style": 1, "custom_id": "x"})]},
            "components.0.components.0.label",
        ),
        (
            {"components": [row(TEXT_BUTTON | {"label": "x" * 81})]},
            "components.0.components.0.label",
        ),
        ({"components": [row(TEXT_BUTTON | {"style": 9})]}, "components.0.components.0.style"),
        (
            {"components": [row({"type": 2, "style": 5, "label": "x", "url": "javascript:x"})]},
            "components.0.components.0.url",
        ),
        (
            {"components": [row(TEXT_BUTTON | {"style": 5, "url": "https://x"})]},
            "components.0.components.0.custom_id",
        ),
        ({"components": [row(menu(options=[]))]}, "components.0.components.0.options"),
        (
            {"components": [row(menu(options=[{"label": "a", "value": str(n)} for n in range(26)]))]},
            "components.0.components.0.options",
        ),
        (
            {"components": [row(menu(options=[{"label": "", "value": "a"}]))]},
            "components.0.components.0.options.0.label",
        ),
        (
            {"components": [row(menu(options=["x"]))]},
            "components.0.components.0.options.0.label",
        ),
        (
            {"components": [row(menu(options=[{"label": "a", "value": "x" * 101}]))]},
            "components.0.components.0.options.0.value",
        ),
        (
            {"components": [row(menu(options=[{"label": "a", "value": "a"}] * 2))]},
            "components.0.components.0.options.1.value",
        ),
        (
            {"components": [row(menu(placeholder="x" * 151))]},
            "components.0.components.0.placeholder",
        ),
        ({"components": [row(menu(min_values=26))]}, "components.0.components.0.min_values"),
        ({"components": [row(menu(max_values=0))]}, "components.0.components.0.max_values"),
        ({"components": [row(menu(min_values=2))]}, "components.0.components.0.min_values"),
        ({"components": [row(menu(max_values=9))]}, "components.0.components.0.options"),
        (
            {
                "components": [
                    row({"type": 5, "custom_id": "m", "default_values": [{"id": "1"}, {"id": "2"}]})
                ]
            },
            "components.0.components.0.default_values",
        ),
    ],
)
def test_each_limit_names_its_field(body: dict[str, Any], path: str) -> None:
    node = errors_of(body)
    for key in path.split("."):
        node = node[key]

    assert node["_errors"]


@pytest.mark.parametrize(
    "body",
    [
        {"poll": {"question": {}}},
        {"sticker_ids": ["1"]},
        {"flags": 1 << 15},
        {"components": [row({"type": 2, "style": 6, "sku_id": "1"})]},
    ],
)
def test_what_is_not_built_says_501(body: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        parse_message(body, [])

    assert refused.value.status == 501


@pytest.mark.parametrize("body", [{}, {"content": "  "}, {"embeds": [{}]}, {"content": None}])
def test_an_empty_message_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        require_something(parse_message(body, []))

    assert refused.value.body["code"] == 50006


def test_text_is_trimmed_as_discord_does() -> None:
    assert parse_message({"content": "  two words \n"}, []).content == "two words"


def test_a_reference_needs_an_id_and_a_forward_is_not_built() -> None:
    with pytest.raises(ApiError) as nameless:
        reference_id(parse_message({"message_reference": {}}, []))
    with pytest.raises(ApiError) as forward:
        reference_id(parse_message({"message_reference": {"type": 1, "message_id": "1"}}, []))

    assert nameless.value.status == 400
    assert forward.value.status == 501


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "components", "options", "custom_id", "title", "fields", "name", "value", "parse",
             "users", "style", "image", "url", "footer", "text", "timestamp", "emoji", "label"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(
            ["content", "embeds", "components", "allowed_mentions", "flags", "nonce", "attachments"]
        ),
        _JSON | st.lists(_JSON, max_size=2),
    )
)
def test_no_body_whatever_makes_it_fail_otherwise(body: dict[str, Any]) -> None:
    statuses = {200}
    try:
        require_something(parse_message(body, []))
    except ApiError as refused:
        statuses.add(refused.status)

    assert statuses <= {200, 400, 501}
