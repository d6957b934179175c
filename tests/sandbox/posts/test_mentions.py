"""Pings over real REST, by allowed_mentions and permissions."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from tests.sandbox.support import Api, deny_bot


async def send(api: Api, channel: int, content: str, **body: Any) -> Any:
    status, message = await api.call("POST", f"/channels/{channel}/messages", {"content": content, **body})
    assert status == 200
    return message


def role_id(sandbox: Sandbox, name: str) -> int:
    roles = sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values()
    return next(role.id for role in roles if role.name == name)


async def test_without_allowed_mentions_all_mentions_ping(api: Api, sandbox: Sandbox, general: int) -> None:
    mod, role = sandbox.users["mod"], role_id(sandbox, "Admin")

    message = await send(api, general, f"<@{mod}> <@!{mod}> <@&{role}> <@1> <@&2> @here")

    assert [user["id"] for user in message["mentions"]] == [str(mod)]
    assert message["mention_roles"] == [str(role)]
    assert message["mention_everyone"] is True


@pytest.mark.parametrize(
    ("allowed", "users", "roles", "everyone"),
    [
        ({"parse": []}, 0, 0, False),
        ({}, 0, 0, False),
        ({"parse": ["users"]}, 2, 0, False),
        ({"parse": ["roles"]}, 0, 1, False),
        ({"parse": ["everyone"]}, 0, 0, True),
        ({"users": ["{mod}"]}, 1, 0, False),
        ({"roles": ["{role}"]}, 0, 1, False),
        ({"users": ["1"]}, 0, 0, False),
    ],
)
async def test_allowed_mentions_decides(
    *,
    api: Api,
    sandbox: Sandbox,
    general: int,
    allowed: dict[str, Any],
    users: int,
    roles: int,
    everyone: bool,
) -> None:
    ids = {"mod": sandbox.users["mod"], "role": role_id(sandbox, "Member")}
    filled = {key: [str(item).format(**ids) for item in items] for key, items in allowed.items()}
    owner = sandbox.users["owner"]

    message = await send(
        api,
        general,
        f"<@{ids['mod']}> <@{owner}> <@&{ids['role']}> @everyone",
        allowed_mentions=filled,
    )

    found = (len(message["mentions"]), len(message["mention_roles"]), message["mention_everyone"])
    assert found == (users, roles, everyone)


async def test_everyone_and_closed_roles_need_the_permission(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    deny_bot(sandbox, general, deny=Permission.MENTION_EVERYONE)
    admin, member = role_id(sandbox, "Admin"), role_id(sandbox, "Member")

    message = await send(api, general, f"@everyone <@&{admin}> <@&{member}>")

    assert message["mention_everyone"] is False
    assert message["mention_roles"] == [str(member)]


@pytest.mark.parametrize(
    ("allowed", "pinged"),
    [(None, True), ({"parse": []}, False), ({"parse": [], "replied_user": True}, True)],
)
async def test_the_answered_user_is_pinged_unless_it_is_not_allowed(
    api: Api, sandbox: Sandbox, general: int, allowed: Any, pinged: bool
) -> None:
    sent = await sandbox.act.message(user="member", channel=general, content="?")
    extra = {"allowed_mentions": allowed} if allowed is not None else {}

    message = await send(api, general, "!", message_reference={"message_id": sent["id"]}, **extra)

    assert bool(message["mentions"]) is pinged


async def test_an_edit_resolves_mentions_again(api: Api, sandbox: Sandbox, general: int) -> None:
    mod = sandbox.users["mod"]
    message = await send(api, general, "nobody")

    _, edited = await api.call(
        "PATCH", f"/channels/{general}/messages/{message['id']}", {"content": f"<@{mod}>"}
    )

    assert [user["id"] for user in edited["mentions"]] == [str(mod)]


async def test_embeds_never_ping(api: Api, sandbox: Sandbox, general: int) -> None:
    message = await send(api, general, "", embeds=[{"description": f"<@{sandbox.users['mod']}> @everyone"}])

    assert (message["mentions"], message["mention_everyone"]) == ([], False)


async def test_in_direct_messages_there_are_no_roles_and_no_everyone(api: Api, sandbox: Sandbox) -> None:
    opened = await sandbox.act.message(user="member", dm=True, content="x")
    member = sandbox.users["member"]

    message = await send(api, int(opened["channel_id"]), f"@everyone <@{member}> <@&1>")

    assert [user["id"] for user in message["mentions"]] == [str(member)]
    assert (message["mention_roles"], message["mention_everyone"]) == ([], False)
