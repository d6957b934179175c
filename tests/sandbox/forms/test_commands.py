"""Application commands against Discord's rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ApiError, FormErrors
from sandbox.forms.commands import check_choice_list, parse_command, parse_commands


def command(**fields: Any) -> dict[str, Any]:
    return {"name": "status", "description": "How it goes"} | fields


def option(**fields: Any) -> dict[str, Any]:
    return {"name": "metric", "description": "Which one", "type": 3} | fields


def errors_of(*bodies: object) -> Any:
    with pytest.raises(ApiError) as refused:
        parse_commands(list(bodies))
    assert refused.value.body["code"] == 50035
    return refused.value.body["errors"]


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (command(name=""), "name", "BASE_TYPE_REQUIRED"),
        (command(name="x" * 33), "name", "BASE_TYPE_BAD_LENGTH"),
        (command(name="Status"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="two words"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (command(description=""), "description", "BASE_TYPE_REQUIRED"),
        (command(description="x" * 101), "description", "BASE_TYPE_BAD_LENGTH"),
        (command(type=9), "type", "BASE_TYPE_CHOICES"),
        (command(type=2, name="x" * 33), "name", "BASE_TYPE_BAD_LENGTH"),
        (command(type=2, name=["x"]), "name", "BASE_TYPE_BAD_LENGTH"),
        (command(type=[]), "type", "BASE_TYPE_CHOICES"),
        (command(options=[option(name=[])]), "options.0.name", "BASE_TYPE_REQUIRED"),
        (
            command(default_member_permissions="all"),
            "default_member_permissions",
            "NUMBER_TYPE_COERCE",
        ),
        (command(contexts=3), "contexts", "LIST_TYPE_CONVERT"),
        (command(options={}), "options", "LIST_TYPE_CONVERT"),
        (command(options=["x"]), "options.0", "DICT_TYPE_CONVERT"),
        (
            command(options=[option(name=f"o{n}") for n in range(26)]),
            "options",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (command(options=[option(type=12)]), "options.0.type", "BASE_TYPE_CHOICES"),
        (command(options=[option(choices=1)]), "options.0.choices", "LIST_TYPE_CONVERT"),
        (command(options=[option(channel_types=1)]), "options.0.channel_types", "LIST_TYPE_CONVERT"),
        (command(options=[option(required=1)]), "options.0.required", "BOOLEAN_TYPE_CONVERT"),
        (command(options=[option(autocomplete="x")]), "options.0.autocomplete", "BOOLEAN_TYPE_CONVERT"),
        (command(options=[option(type=4, min_value="1")]), "options.0.min_value", "NUMBER_TYPE_COERCE"),
        (command(options=[option(type=10, max_value=1e308)]), "options.0.max_value", "NUMBER_TYPE_COERCE"),
        (command(options=[option(min_length=-1)]), "options.0.min_length", "NUMBER_TYPE_RANGE"),
        (command(options=[option(max_length=6001)]), "options.0.max_length", "NUMBER_TYPE_RANGE"),
        (command(options=[option(name="A b")]), "options.0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        (
            command(options=[option(), option()]),
            "options.1.name",
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            command(options=[option(), option(name="b", required=True)]),
            "options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
            "options.0.choices",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            command(options=[option(choices=[{"name": "", "value": "x"}])]),
            "options.0.choices.0.name",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            command(options=[option(choices=[{"name": "x"}])]),
            "options.0.choices.0.value",
            "BASE_TYPE_REQUIRED",
        ),
        (
            command(options=[option(choices=[{"name": "x", "value": 1}])]),
            "options.0.choices.0.value",
            "STRING_TYPE_CONVERT",
        ),
        (
            command(options=[option(choices=[{"name": "x", "value": "x" * 101}])]),
            "options.0.choices.0.value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            command(options=[option(type=4, choices=[{"name": "x", "value": "1"}])]),
            "options.0.choices.0.value",
            "NUMBER_TYPE_COERCE",
        ),
        (
            command(options=[option(type=5, choices=[{"name": "x", "value": "1"}])]),
            "options.0.choices",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            command(options=[option(autocomplete=True, choices=[{"name": "x", "value": "x"}])]),
            "options.0.choices",
            "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID",
        ),
        (
            command(options=[option(type=1, options=[option(type=1)])]),
            "options.0.options.0.type",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            command(
                options=[
                    option(
                        name=f"o{n}",
                        choices=[{"name": "n" * 100, "value": "v" * 100} for _ in range(25)],
                    )
                    for n in range(2)
                ]
            ),
            "",
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
def test_each_rule_names_its_field(body: dict[str, Any], path: str, code: str) -> None:
    node = errors_of(command(name="fine"), body)["1"]
    for key in filter(None, path.split(".")):
        node = node[key]

    assert node["_errors"][0]["code"] == code


def test_a_subcommand_may_stand_in_a_group_but_no_deeper() -> None:
    inner = option(name="sub", type=1, options=[option()])
    parsed = parse_commands([command(options=[option(name="group", type=2, options=[inner])])])

    assert parsed[0]["options"][0]["options"][0]["options"][0]["name"] == "metric"


def test_two_commands_of_one_name_are_refused() -> None:
    errors = errors_of(command(), command())

    assert errors["1"]["name"]["_errors"][0]["code"] == "APPLICATION_COMMANDS_DUPLICATE_NAME"


def test_what_is_no_object_is_refused() -> None:
    assert errors_of("x")["0"]["_errors"][0]["code"] == "DICT_TYPE_CONVERT"


def test_a_hundred_commands_are_the_most() -> None:
    assert len(parse_commands([command(name=f"c{n}") for n in range(100)])) == 100
    with pytest.raises(ApiError) as refused:
        parse_commands([command(name=f"c{n}") for n in range(101)])

    assert refused.value.body["code"] == 30032


def test_names_may_be_of_any_script() -> None:
    assert parse_commands([command(name="状态-2_x")])[0]["name"] == "状态-2_x"


def test_permissions_come_back_as_text() -> None:
    parsed = parse_commands([command(default_member_permissions=8)])

    assert parsed[0]["default_member_permissions"] == "8"


def test_choices_must_be_a_list() -> None:
    errors = FormErrors()

    check_choice_list(errors, ("choices",), {}, 3)

    with pytest.raises(ApiError):
        errors.raise_if_any()


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "type", "options", "choices", "value"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["name", "description", "type", "options"]), _ANY))
def test_no_body_whatever_makes_it_fail_otherwise(body: dict[str, Any]) -> None:
    errors = FormErrors()

    parsed = parse_command(errors, body)

    assert errors.tree or parsed["name"] == body["name"]


def test_an_option_keeps_what_discord_knows_and_loses_the_rest() -> None:
    (parsed,) = parse_commands([command(options=[option(type=4, min_value=0, options=True, extra="x")])])

    assert parsed["options"] == [option(type=4, min_value=0)]
