"""What a choice among roles means, in plain functions and through dpytest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.roles import _choice, _creation, _screens
from bot.servers import self_roles
from bot.servers.self_roles import CATEGORIES, NAMES, RoleView, SelfRole
from tests.bot.cogs.logic import reply_to

ALL = [RoleView(number, name, 0, managed=False, within_reach=True) for number, name in enumerate(NAMES, 100)]
BY_NAME = {role.name: role for role in ALL}


def test_roles_that_cannot_be_assigned_are_left_out_of_several_matches() -> None:
    some = [BY_NAME["Lore Keeper"]]
    assert [one.name for one in _choice.candidates("lore", some)] == ["Lore Keeper"]
    assert [one.name for one in _choice.candidates("lore", [])] == ["Lore & Philosophy"]
    assert len(_choice.candidates("lore", ALL)) == 2


@given(st.sampled_from(list(CATEGORIES)), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_a_menu_changes_what_was_ticked_differently_and_nothing_else(
    category: str, before: set[str], after: set[str]
) -> None:
    shown = _choice.categories(category, ALL)[0]
    mask = _choice.mask(shown.roles, {BY_NAME[name].id for name in before})
    changed = {one.name: wanted for one, wanted in _choice.toggled(shown, mask, after)}
    names = set(CATEGORIES[category])
    assert changed == {name: name in after for name in (before ^ after) & names}


def test_roles_assigned_elsewhere_in_the_meantime_stay() -> None:
    shown = _choice.categories("access", ALL)[0]
    # The menu was shown with nothing ticked; a role assigned since then is not ticked, and stays.
    assert _choice.toggled(shown, 0, ["Analytics"]) == ((self_roles.find("Analytics", ALL), True),)


def test_a_plan_creates_missing_roles_and_leaves_blocked_ones() -> None:
    mod = RoleView(1, "analytics", 8, managed=False, within_reach=True)
    high = RoleView(2, "Dev Team", 0, managed=False, within_reach=False)
    plan = _creation.plan("access", [mod, high, BY_NAME["Lore Keeper"]])
    assert plan.missing == ("Shadow Archive", "Research Lab", "Creative Studio", "Ritual Participant")
    assert [one.name for one in plan.blocked] == ["Analytics", "Dev Team"]
    assert [one.name for one in plan.standing] == ["Lore Keeper"]
    assert _creation.plan(_creation.ALL, ALL).missing == ()


@pytest.mark.parametrize(("word", "meant"), [("Agents", "agents"), ("not", "notifications"), ("ALL", "all")])
def test_a_category_is_named_in_any_case_or_by_its_beginning(word: str, meant: str) -> None:
    assert _creation.parse_category(word, "all") == meant


def test_a_wrong_category_is_answered_with_the_known_ones() -> None:
    with pytest.raises(_creation.UnknownCategory, match="Did you mean 'agents'"):
        _creation.parse_category("agnts")
    with pytest.raises(_creation.UnknownCategory, match="Known"):
        _creation.parse_category(" ")


@pytest.mark.parametrize(
    ("standing", "may_manage", "said"),
    [
        ("missing", True, "does not exist in this server yet"),
        ("privileged", True, "has permissions"),
        ("ready", False, "lack Manage Roles"),
        ("out of reach", True, "above my own role"),
    ],
)
def test_each_obstacle_is_explained(standing: self_roles.Standing, may_manage: bool, said: str) -> None:
    found = SelfRole("Telemetry", standing)
    assert said in str(_screens.obstacle(found, "!", may_manage=may_manage))


def test_an_assignable_role_has_no_obstacle() -> None:
    assert _screens.obstacle(SelfRole("Telemetry", "ready"), "!", may_manage=True) is None


@pytest.mark.usefixtures("logic_bot")
async def test_the_empty_list_of_roles_says_who_creates_them() -> None:
    assert "setup-roles" in await reply_to("!roles", member=1)
    assert "**Telemetry** does not exist in this server yet" in await reply_to(
        "!subscribe telemetry", member=1
    )
    assert "There is no category" in await reply_to("!roles nonsense", member=1)
    assert "needs an administrator" in await reply_to("!setup-roles", member=1)
