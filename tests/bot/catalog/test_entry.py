"""What an entry says of itself."""

from bot.catalog.entry import Access, CommandEntry, Level, Param


def test_levels_include_those_before_them() -> None:
    assert Level.owner > Level.admin > Level.mod > Level.everyone


def test_a_param_is_written_as_usage_lines_write_it() -> None:
    assert Param("name", "-", required=True).usage == "<name>"
    assert Param("window", "-", default="24h").usage == "[window=24h]"
    assert Param("metric", "-", choices=("a", "b")).usage == "[a|b]"
    assert Param("metric", "-").usage == "[metric]"


def test_usage_is_the_form_or_else_the_params() -> None:
    params = (Param("name", "-", required=True), Param("days", "-", default="7"))
    plain = CommandEntry(name="x", cog="c", summary="s", example="!x", params=params)
    assert plain.usage == "<name> [days=7]"
    formed = CommandEntry(name="x", cog="c", summary="s", example="!x", params=params, form="<id|all>")
    assert formed.usage == "<id|all>"


def test_an_action_needs_its_own_level_and_others_that_of_reading() -> None:
    access = Access(Level.mod, actions={"reset": Level.admin, "look": Level.everyone})
    assert access.needed(None) is Level.mod
    assert access.needed("list") is Level.mod
    assert access.needed("Reset") is Level.admin


def test_an_action_never_needs_less_than_the_command() -> None:
    assert Access(Level.mod, actions={"look": Level.everyone}).needed("look") is Level.mod
