"""What setting a server up means, in plain functions and through dpytest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.server import _plan, _screens, _services, _verify, _welcome
from bot.cogs.server._layout import LAYOUT, PRIVATE, SERVES
from bot.gateway import invite
from bot.parts.duties import DUTIES
from bot.servers.places import Place
from bot.servers.self_roles import NAMES, RoleView
from bot.servers.work import Report
from tests.bot.cogs.logic import reply_to

SPOTS = [(title, name) for title, inside in LAYOUT.items() for name in inside]
ROLES = [
    RoleView(number, name, 0, managed=False, within_reach=True) for number, name in enumerate(NAMES, 900)
]
ALL = invite.permission_bits()


def layout(*, without: frozenset[tuple[str, str]] = frozenset()) -> list[Place]:
    """The whole layout as places, but for some channels."""
    found = []
    for number, (title, inside) in enumerate(LAYOUT.items(), 1):
        found.append(Place(number, title, "category"))
        found += [
            Place(number * 100 + index, name, "text", number)
            for index, name in enumerate(inside)
            if (title, name) not in without
        ]
    return found


def rows_of(found: _verify.Findings) -> str:
    pages = range(_screens.verified(found, 0, "!").count)
    return "\n".join(_screens.verified(found, page, "!").embed.description or "" for page in pages)


def test_the_layout_is_eight_categories_and_thirty_channels_and_serves_every_duty() -> None:
    assert (len(LAYOUT), len(SPOTS), PRIVATE in LAYOUT) == (8, 30, True)
    assert set(SERVES) == set(DUTIES)
    assert set(SERVES.values()) <= set(SPOTS)


@settings(deadline=None)
@given(st.frozensets(st.sampled_from(SPOTS)))
def test_a_plan_has_exactly_what_is_missing(gone: frozenset[tuple[str, str]]) -> None:
    plan = _plan.plan(layout(without=gone))
    assert set(plan.new_channels) == gone
    assert plan.new_categories == ()
    assert plan.size == len(gone)
    assert _plan.plan(layout()).size == 0


def test_an_empty_server_lacks_everything() -> None:
    plan = _plan.plan([])
    assert (plan.new_categories, plan.new_channels) == (tuple(LAYOUT), tuple(SPOTS))


def test_a_channel_counts_in_its_own_category_only_and_in_any_case() -> None:
    places = [
        Place(1, "welcome", "category"),
        Place(2, "Manifesto", "text", 1),
        Place(3, "introductions", "text"),
        Place(4, "rules-and-ethics", "other", 1),
    ]
    plan = _plan.plan(places)
    assert plan.categories == {"WELCOME": 1}
    assert plan.channels == {("WELCOME", "manifesto"): 2}


def test_of_duplicate_categories_the_oldest_counts() -> None:
    places = [
        Place(9, "SYSTEM", "category"),
        Place(3, "SYSTEM", "category"),
        Place(10, "telemetry", "text", 9),
    ]
    plan = _plan.plan(places)
    assert plan.categories == {"SYSTEM": 3}
    assert plan.channels == {("SYSTEM", "telemetry"): 10}


@pytest.mark.parametrize(
    ("word", "dry"), [(None, False), ("dry-run", True), (" Dry Run ", True), ("--dry-run", True)]
)
def test_the_mode_is_nothing_or_a_dry_run(word: str | None, dry: bool) -> None:
    assert _plan.parse_mode(word) is dry


def test_another_mode_is_explained() -> None:
    with pytest.raises(_plan.WrongMode, match="`dry-run`: it shows what is missing"):
        _plan.parse_mode("now")


def test_manage_channels_is_needed_only_to_create_something() -> None:
    _plan.check_right(_plan.plan(layout()), may_create=False)
    _plan.check_right(_plan.plan([]), may_create=True)
    with pytest.raises(_plan.MayNotCreate, match="Manage Channels"):
        _plan.check_right(_plan.plan([]), may_create=False)


def test_a_setting_takes_precedence_over_the_layout() -> None:
    channels = {SERVES["digest"]: 5, SERVES["alerts"]: 6}
    found = _services.find_services(channels, lambda duty: duty == "alerts")
    assert found.chosen == {"digest": 5}
    assert found.decided == ("alerts",)
    assert found.missing == {"telemetry": "telemetry", "deployments": "deployments"}
    said = "\n".join(_screens.serving(found))
    assert "<#5> is for digest" in said
    assert "setting names the channel for alerts" in said
    assert "#telemetry will be the channel for telemetry" in said


def test_the_question_says_what_is_created_and_what_stays_private() -> None:
    everything = _screens.question(_plan.plan([]), _services.Services())
    assert "8 categories and 30 channels" in everything
    assert all(title in everything for title in LAYOUT)
    assert "Only admins and I will see" in everything
    one = _screens.question(
        _plan.plan(layout(without=frozenset({("SYSTEM", "telemetry")}))), _services.Services()
    )
    assert "Create 1 channel?" in one
    assert "Only admins" not in one
    bare = [place for place in layout() if place.name != PRIVATE]
    moved = [Place(one.id, one.name, one.kind, None if one.parent_id == 8 else one.parent_id) for one in bare]
    assert "Create 1 category and 3 channels?" in _screens.question(_plan.plan(moved), _services.Services())


def test_an_unfinished_run_is_reported() -> None:
    plan = _plan.plan([])
    report = Report(38, ["WELCOME"], "It was stopped.")
    said = _screens.done(plan, report, _services.Services(), "!").description
    assert said is not None
    assert "Created 1 of 38" in said
    assert "`!setup` continues" in said


def verify(places: list[Place], roles: list[RoleView], bits: int = ALL, **more: bool) -> _verify.Findings:
    return _verify.verify(places, roles, bits, exposed=more.get("exposed", False))


def test_a_complete_server_is_reported_as_complete() -> None:
    found = verify(layout(), ROLES)
    assert found.in_order
    assert (found.channels, found.roles) == (30, len(NAMES))
    assert found.extra_channels == found.extra_roles == found.duplicate_channels == ()
    assert verify(layout(), ROLES, 1 << 3).permissions == ()


def test_missing_duplicate_and_extra_parts_are_found() -> None:
    places = [
        *layout(without=frozenset({("WELCOME", "manifesto")})),
        Place(2000, "telemetry", "text", 2),
        Place(2001, "lounge", "other"),
        Place(2002, "Attic", "category"),
        Place(2003, "attic", "text", 2002),
    ]
    roles = [
        *ROLES[1:],
        RoleView(1, NAMES[1].upper(), 0, managed=False, within_reach=True),
        RoleView(2, "Poets", 0, managed=False, within_reach=True),
        RoleView(3, "Other bot", 0, managed=True, within_reach=False),
        RoleView(4, NAMES[0], 8, managed=False, within_reach=True),
    ]
    found = verify(places, roles, ALL & ~invite.MANAGE_ROLES, exposed=True)
    assert not found.in_order
    assert found.missing_channels == (("WELCOME", "manifesto"),)
    assert found.duplicate_channels == ("#telemetry in SYSTEM",)
    assert found.extra_channels == ("#lounge", "Attic", "#attic in Attic")
    assert [one.name for one in found.blocked_roles] == [NAMES[0]]
    assert found.missing_roles == ()
    assert set(found.duplicate_roles) == {NAMES[1], NAMES[1].upper()}
    assert found.extra_roles == ("Poets",)
    assert [name for name, _ in found.permissions] == ["Manage Roles"]
    assert found.exposed
    rows = rows_of(found)
    for said in (
        "I lack **Manage Roles**",
        "Everyone can see **ADMIN**",
        "Channel missing: #manifesto in WELCOME",
        "`!setup` creates",
        "telemetry in SYSTEM",
        "has permissions",
        "lounge\n",
        "Other role: Poets",
    ):
        assert said in rows, said


def test_a_role_out_of_reach_and_missing_roles_are_listed() -> None:
    high = RoleView(1, NAMES[0], 0, managed=False, within_reach=False)
    rows = rows_of(verify([], [high]))
    assert f"Role **{NAMES[0]}** is above my own role" in rows
    assert "Roles missing" in rows
    assert "`!setup-roles` creates them" in rows
    assert "Category missing: **WELCOME**" in rows


def test_a_missing_private_category_is_not_exposed() -> None:
    assert not verify([], ROLES, exposed=True).exposed


def test_each_page_of_findings_fits() -> None:
    many = [Place(number, f"room-{number}" + "x" * 80, "text") for number in range(5000, 5400)]
    found = verify(many, [])
    count = _screens.verified(found, 0, "!").count
    assert count > 10
    for number in range(count):
        shown = _screens.verified(found, number, "!").embed
        assert len(shown.description or "") <= 4096


def test_a_wrong_channel_is_explained() -> None:
    with pytest.raises(_welcome.WrongChannel, match="In #attic I lack Send Messages, Embed Links"):
        _welcome.check_channel("attic", ["Send Messages", "Embed Links"])
    _welcome.check_channel("attic", [])


@pytest.mark.usefixtures("logic_bot")
async def test_members_learn_whom_to_ask() -> None:
    assert "needs an administrator" in await reply_to("!setup", member=1)
    assert "needs someone with Manage Server" in await reply_to("!verify-setup", member=1)
    assert "needs an administrator" in await reply_to("!welcome", member=1)


@pytest.mark.usefixtures("logic_bot")
async def test_the_welcome_is_off_until_it_is_set() -> None:
    assert "The welcome is **off**" in await reply_to("!welcome")
    assert "was already off" in await reply_to("!welcome off")
    assert "There is no action" in await reply_to("!welcome nonsense")
