"""Which role a text means, and which role is ever handed out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.servers import self_roles
from bot.servers.self_roles import CATEGORIES, NAMES, RoleView, UnknownRole

ROLES = st.lists(
    st.builds(
        RoleView,
        id=st.integers(1, 50),
        name=st.sampled_from([*NAMES[:3], "telemetry", "TELEMETRY ", "Member"]),
        permissions=st.sampled_from([0, 0, 8]),
        managed=st.booleans(),
        within_reach=st.booleans(),
    ),
    unique_by=lambda role: role.id,
)


def role(name: str, **parts: object) -> RoleView:
    defaults: dict[str, object] = {"id": 1, "permissions": 0, "managed": False, "within_reach": True}
    return RoleView(name=name, **{**defaults, **parts})  # type: ignore[arg-type]  # by the tests


def test_the_list_is_whole_and_no_name_stands_twice() -> None:
    assert {name: len(names) for name, names in CATEGORIES.items()} == {
        "notifications": 9, "agents": 14, "access": 7, "community": 7,
    }  # fmt: skip
    assert len({self_roles.fold(name) for name in NAMES}) == 37
    assert max(len(names) for names in CATEGORIES.values()) <= 25


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("telemetry", ("Telemetry",)),
        (" @Lore  keeper ", ("Lore Keeper",)),
        ("manus", ("Manus",)),
        ("lore", ("Lore & Philosophy", "Lore Keeper")),
        ("man", ("Manus Updates", "Manus", "Mantra Master")),
        ("engine", ("Ritual Engine",)),
        ("ritual", ("Ritual Engine", "Ritual Participant")),
        ("a", None),
    ],
)
def test_a_text_means_the_role_it_names_or_all_it_is_part_of(
    text: str, meant: tuple[str, ...] | None
) -> None:
    found = self_roles.match(text)
    assert found == meant if meant is not None else len(found) > 10


def test_beginnings_come_before_the_middle_of_words() -> None:
    found = self_roles.match("ag")
    assert found[0] in {"Agent Updates", "Agni"}
    assert found.index("Agni") < found.index("Vega") if "Vega" in found else True


@pytest.mark.parametrize(
    ("text", "said"), [("telemetri", "Did you mean 'Telemetry'"), ("zzz", "`/roles` lists"), ("", "`/roles`")]
)
def test_an_unknown_role_is_answered_with_the_nearest(text: str, said: str) -> None:
    with pytest.raises(UnknownRole, match=said):
        self_roles.match(text)


@given(st.sampled_from(NAMES), st.booleans(), st.sampled_from(["", " ", "@"]))
def test_every_role_is_found_by_its_name_in_any_case(name: str, upper: bool, before: str) -> None:
    assert self_roles.match(before + (name.upper() if upper else name.lower())) == (name,)


@given(
    st.text() | st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([name[:3], name[2:], name[1:4]]))
)
def test_any_text_means_roles_that_contain_it_or_none(text: str) -> None:
    wanted = self_roles.fold(text.strip().removeprefix("@"))
    try:
        found = self_roles.match(text)
    except UnknownRole:
        assert not wanted or not any(wanted in self_roles.fold(name) for name in NAMES)
        return
    assert found
    assert len(set(found)) == len(found)
    assert set(found) <= set(NAMES)
    assert all(wanted in self_roles.fold(name) for name in found)
    if any(self_roles.fold(name) == wanted for name in NAMES):
        assert len(found) == 1


@given(ROLES)
def test_a_role_with_permissions_is_never_handed_out_whatever_it_is_called(roles: list[RoleView]) -> None:
    for name in NAMES[:3]:
        found = self_roles.find(name, roles)
        if found.standing == "ready":
            assert found.role is not None
            assert (found.role.permissions, found.role.managed, found.role.within_reach) == (0, False, True)
            assert self_roles.fold(found.role.name) == self_roles.fold(name)
        else:
            assert not any(
                one.harmless and one.within_reach and self_roles.fold(one.name) == self_roles.fold(name)
                for one in roles
            )


def test_how_a_role_stands() -> None:
    assert self_roles.find("Telemetry", []).standing == "missing"
    assert self_roles.find("Telemetry", [role("telemetry", permissions=8)]).standing == "privileged"
    assert self_roles.find("Telemetry", [role("telemetry", managed=True)]).standing == "privileged"
    assert self_roles.find("Telemetry", [role("telemetry", within_reach=False)]).standing == "out of reach"
    both = [role("telemetry", id=9), role("Telemetry", id=2, permissions=1), role("TELEMETRY", id=5)]
    found = self_roles.find("Telemetry", both)
    assert found.standing == "ready"
    assert found.role is not None
    assert found.role.id == 5
