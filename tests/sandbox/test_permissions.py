"""Permission arithmetic, in Discord's order."""

import pytest

from sandbox.permissions import ALL_PERMISSIONS, Permission, base_permissions, channel_permissions
from sandbox.records import Channel, Guild, Member, Overwrite, Role

VIEW, SEND, ATTACH = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.ATTACH_FILES
GUILD, RED, BLUE, ADMIN, OWNER, ANN = range(1, 7)


@pytest.fixture
def guild() -> Guild:
    made = Guild(id=GUILD, name="g", owner_id=OWNER)
    for role in (
        Role(GUILD, "@everyone", int(VIEW), 0),
        Role(RED, "red", int(SEND), 1),
        Role(BLUE, "blue", int(ATTACH), 2),
        Role(ADMIN, "admin", int(Permission.ADMINISTRATOR), 3),
    ):
        made.roles[role.id] = role
    made.members[OWNER] = Member(OWNER, [], "")
    made.members[ANN] = Member(ANN, [RED, BLUE], "")
    return made


def in_channel(guild: Guild, *overwrites: Overwrite) -> int:
    return channel_permissions(guild, Channel(id=9, type=0, overwrites=list(overwrites)), ANN)


def test_roles_add_up_with_everyones(guild: Guild) -> None:
    assert base_permissions(guild, ANN) == VIEW | SEND | ATTACH


def test_a_role_that_is_gone_adds_nothing(guild: Guild) -> None:
    guild.members[ANN].roles.append(77)

    assert base_permissions(guild, ANN) == VIEW | SEND | ATTACH


def test_the_owner_and_administrators_have_all_permissions(guild: Guild) -> None:
    guild.members[ANN].roles = [ADMIN]

    assert base_permissions(guild, OWNER) == ALL_PERMISSIONS
    assert in_channel(guild, Overwrite(ANN, 1, 0, int(VIEW))) == ALL_PERMISSIONS


def test_a_user_outside_the_server_has_no_permissions(guild: Guild) -> None:
    assert base_permissions(guild, 99) == 0
    assert channel_permissions(guild, Channel(id=9, type=0), 99) == 0


def test_a_roles_grant_beats_everyones_denial(guild: Guild) -> None:
    allowed = in_channel(guild, Overwrite(GUILD, 0, 0, int(SEND | ATTACH)), Overwrite(RED, 0, int(SEND), 0))

    assert allowed == VIEW | SEND


def test_a_grant_of_one_role_beats_the_denial_of_another(guild: Guild) -> None:
    allowed = in_channel(guild, Overwrite(BLUE, 0, 0, int(SEND)), Overwrite(RED, 0, int(SEND), 0))

    assert allowed & SEND


def test_the_overwrite_of_the_member_wins(guild: Guild) -> None:
    allowed = in_channel(guild, Overwrite(RED, 0, int(SEND), 0), Overwrite(ANN, 1, 0, int(SEND)))

    assert not allowed & SEND


def test_a_channel_that_cannot_be_seen_permits_nothing(guild: Guild) -> None:
    assert in_channel(guild, Overwrite(GUILD, 0, 0, int(VIEW))) == 0


def test_without_sending_nothing_can_be_attached(guild: Guild) -> None:
    assert in_channel(guild, Overwrite(ANN, 1, 0, int(SEND))) == VIEW
