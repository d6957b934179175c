"""Who may do what, where: the rules as plain functions."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import catalog
from bot.access import Caller, Refusal, decide, level_at, visible_entries
from bot.catalog.entry import ANYWHERE, SERVER_ONLY, Access, Level, Where

HOME, AWAY = 1, 2

MEMBER = Caller(10, "Mika", guild_id=HOME, at_home=True)
MOD = msgspec.structs.replace(MEMBER, manage_guild=True)
ADMIN = msgspec.structs.replace(MEMBER, administrator=True)
ROLE_ADMIN = msgspec.structs.replace(MEMBER, has_admin_role=True)
OWNER = msgspec.structs.replace(MEMBER, is_owner=True)
AWAY_ADMIN = Caller(11, "Vee", guild_id=AWAY, administrator=True, manage_guild=True)
AWAY_MOD = Caller(11, "Vee", guild_id=AWAY, manage_guild=True)
IN_PRIVATE = Caller(10, "Mika")
OWNER_IN_PRIVATE = Caller(12, "Olga", is_owner=True)
OWNER_AWAY = Caller(12, "Olga", is_owner=True, guild_id=AWAY)


@pytest.mark.parametrize(
    ("caller", "local", "level"),
    [
        (MEMBER, False, Level.everyone),
        (MOD, False, Level.mod),
        (ADMIN, False, Level.admin),
        (ROLE_ADMIN, False, Level.admin),
        (OWNER, False, Level.owner),
        (AWAY_ADMIN, False, Level.everyone),
        (AWAY_ADMIN, True, Level.admin),
        (AWAY_MOD, True, Level.mod),
        (IN_PRIVATE, True, Level.everyone),
        (msgspec.structs.replace(IN_PRIVATE, administrator=True, manage_guild=True), True, Level.everyone),
        (OWNER_IN_PRIVATE, False, Level.owner),
        (OWNER_AWAY, False, Level.owner),
    ],
)
def test_powers_count_where_they_are_held(caller: Caller, local: bool, level: Level) -> None:
    assert level_at(caller, local) is level


def test_the_admin_role_counts_at_home_only() -> None:
    away = Caller(1, "x", guild_id=AWAY, has_admin_role=True)
    assert level_at(away, local=True) is Level.everyone


def refusal_of(
    level: Level, caller: Caller, *, local: bool = False, where: frozenset[Where] = ANYWHERE
) -> Refusal | None:
    return decide(Access(level, local=local), None, caller, where)


def test_an_admin_of_another_server_is_refused_and_told_why() -> None:
    refusal = refusal_of(Level.admin, AWAY_ADMIN)
    assert refusal is not None
    assert refusal.kind == "not home"
    assert "home server" in str(refusal)


def test_an_admin_of_another_server_has_the_commands_that_concern_that_server() -> None:
    assert refusal_of(Level.admin, AWAY_ADMIN, local=True) is None
    assert refusal_of(Level.admin, AWAY_MOD, local=True) is not None


@pytest.mark.parametrize(
    ("level", "caller", "kind"),
    [
        (Level.mod, MEMBER, "level"),
        (Level.admin, MOD, "level"),
        (Level.owner, ADMIN, "level"),
        (Level.admin, Caller(1, "x", guild_id=AWAY), "level"),
        (Level.owner, AWAY_ADMIN, "level"),
        (Level.mod, IN_PRIVATE, "direct message"),
    ],
)
def test_a_refusal_says_of_what_kind_it_is(level: Level, caller: Caller, kind: str) -> None:
    refusal = refusal_of(level, caller)
    assert refusal is not None
    assert refusal.kind == kind


def test_a_command_for_servers_is_refused_in_private_even_to_owners() -> None:
    refusal = refusal_of(Level.everyone, OWNER_IN_PRIVATE, where=SERVER_ONLY)
    assert refusal is not None
    assert refusal.kind == "server only"


def test_a_command_for_direct_messages_is_refused_in_a_server() -> None:
    refusal = refusal_of(Level.everyone, OWNER, where=frozenset({"dm"}))
    assert refusal is not None
    assert refusal.kind == "direct message"


def test_an_action_is_named_when_it_needs_more_than_the_command() -> None:
    access = Access(Level.everyone, actions={"ack": Level.mod})
    assert decide(access, None, MEMBER, ANYWHERE) is None
    assert decide(access, "list", MEMBER, ANYWHERE) is None
    refusal = decide(access, "ack", MEMBER, ANYWHERE)
    assert refusal is not None
    assert str(refusal).startswith("`ack` needs")
    assert decide(access, "ack", MOD, ANYWHERE) is None


callers = st.builds(
    Caller,
    user_id=st.just(1),
    display_name=st.just("x"),
    is_owner=st.booleans(),
    guild_id=st.sampled_from([None, HOME, AWAY]),
    administrator=st.booleans(),
    manage_guild=st.booleans(),
    has_admin_role=st.booleans(),
).map(lambda caller: msgspec.structs.replace(caller, at_home=caller.guild_id == HOME))


@given(callers, st.sampled_from(Level), st.booleans())
def test_owner_includes_admin_includes_mod_includes_everyone(
    caller: Caller, level: Level, local: bool
) -> None:
    if refusal_of(level, caller, local=local) is None:
        for lower in Level:
            if lower <= level:
                assert refusal_of(lower, caller, local=local) is None


@given(callers)
def test_nobody_but_owners_has_power_over_the_collective_outside_home(caller: Caller) -> None:
    if not caller.is_owner and not caller.at_home:
        assert refusal_of(Level.mod, caller) is not None
        assert not caller.sees_names


def test_names_are_shown_at_home_and_to_owners_in_private() -> None:
    assert MEMBER.sees_names
    assert OWNER_IN_PRIVATE.sees_names
    assert not OWNER_AWAY.sees_names
    assert not IN_PRIVATE.sees_names


def test_help_shows_what_the_caller_may_run() -> None:
    everyone = {entry.name for entry in visible_entries(MEMBER)}
    admins = {entry.name for entry in visible_entries(ADMIN)}
    assert "status" in everyone
    assert "reload" not in everyone
    assert admins - everyone == {e.name for e in catalog.ENTRIES if e.access.level > Level.everyone}
    local = {e.name for e in catalog.ENTRIES if e.access.local}
    assert {entry.name for entry in visible_entries(AWAY_ADMIN)} == everyone | local
    assert visible_entries(OWNER) == catalog.ENTRIES
    assert set(visible_entries(MEMBER)) <= set(catalog.ENTRIES)
