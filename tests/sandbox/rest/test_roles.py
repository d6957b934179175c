"""Roles and members over raw REST: Discord's refusals and their codes."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.places.roles import MAX_ROLES
from sandbox.records import Role
from tests.sandbox.support import Api


def role_id(sandbox: Sandbox, name: str) -> int:
    roles = sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values()
    return next(role.id for role in roles if role.name == name)


def fill(sandbox: Sandbox, path: str) -> str:
    names = {name: role_id(sandbox, name) for name in ("Member", "Mod", "Helix", "Admin")}
    users = {name: sandbox.users[name] for name in ("owner", "member", "newcomer")}
    return path.format(home=f"/guilds/{sandbox.home_guild_id}", **names, **users)


def drop_right(sandbox: Sandbox, right: Permission) -> None:
    helix = sandbox.engine.world.guilds[sandbox.home_guild_id].roles[role_id(sandbox, "Helix")]
    helix.permissions &= ~int(right)


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", "{home}/roles", {"name": "x" * 101}, (400, 50035)),
        ("POST", "{home}/roles", {"name": 5}, (400, 50035)),
        ("POST", "{home}/roles", {"color": 1 << 24}, (400, 50035)),
        ("POST", "{home}/roles", {"colors": {"primary_color": "red"}}, (400, 50035)),
        ("POST", "{home}/roles", {"permissions": "-1"}, (400, 50035)),
        ("POST", "{home}/roles", {"hoist": "yes"}, (400, 50035)),
        ("POST", "{home}/roles", {"permissions": str(int(Permission.ADMINISTRATOR))}, (403, 50013)),
        ("POST", "{home}/roles", {"unicode_emoji": "🌀"}, (501, 0)),
        ("POST", "{home}/roles", {"colors": {"primary_color": 1, "secondary_color": 2}}, (501, 0)),
        ("POST", "{home}/roles", [], (400, 50035)),
        ("PATCH", "{home}/roles/1", {"name": "x"}, (404, 10011)),
        ("PATCH", "{home}/roles/{Admin}", {"name": "x"}, (403, 50013)),
        ("PATCH", "{home}/roles/{Helix}", {"name": "x"}, (403, 50013)),
        ("PATCH", "{home}/roles/{Member}", {"permissions": "8"}, (403, 50013)),
        ("DELETE", "{home}/roles/1", None, (404, 10011)),
        ("DELETE", "{home}/roles/{Admin}", None, (403, 50013)),
        ("PATCH", "{home}/roles", {}, (400, 50035)),
        ("PATCH", "{home}/roles", [{"id": "x"}], (400, 50035)),
        ("PATCH", "{home}/roles", [{"id": "{Member}", "position": "high"}], (400, 50035)),
        ("PATCH", "{home}/roles", [{"id": "1", "position": 1}], (404, 10011)),
        ("PATCH", "{home}/roles", [{"id": "{Member}", "position": 3}], (403, 50013)),
        ("PATCH", "{home}/roles", [{"id": "{Admin}", "position": 1}], (403, 50013)),
        ("PATCH", "{home}/roles", [{"id": "{Member}", "position": 0}], (400, 50035)),
        ("PUT", "{home}/members/{member}/roles/{Admin}", None, (403, 50013)),
        ("PUT", "{home}/members/{member}/roles/{Helix}", None, (400, 50028)),
        ("PUT", "{home}/members/{member}/roles/1", None, (404, 10011)),
        ("PUT", "{home}/members/{newcomer}/roles/{Member}", None, (404, 10007)),
        ("DELETE", "{home}/members/1/roles/{Member}", None, (404, 10013)),
        ("PATCH", "{home}/members/{owner}", {"nick": "x"}, (403, 50013)),
        ("PATCH", "{home}/members/{member}", {"nick": "x" * 33}, (400, 50035)),
        ("PATCH", "{home}/members/{member}", {"roles": ["1"]}, (400, 50035)),
        ("PATCH", "{home}/members/{member}", {"roles": ["x"]}, (400, 50035)),
        ("PATCH", "{home}/members/{member}", {"roles": ["{Member}", "{Admin}"]}, (403, 50013)),
        ("PATCH", "{home}/members/{member}", {"mute": True}, (501, 0)),
        ("PATCH", "{home}/members/@me", {"nick": "x" * 33}, (400, 50035)),
    ],
)
async def test_invalid_input_is_refused_with_discords_code(
    api: Api, method: str, path: str, body: Any, refusal: tuple[int, int]
) -> None:
    if isinstance(body, list):
        body = [{k: fill(api.sandbox, v) if k == "id" else v for k, v in entry.items()} for entry in body]
    elif isinstance(body, dict) and isinstance(body.get("roles"), list):
        body = {"roles": [fill(api.sandbox, entry) for entry in body["roles"]]}

    answer, data = await api.call(method, fill(api.sandbox, path), body)

    assert (answer, data["code"]) == refusal


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "{home}/roles"),
        ("PATCH", "{home}/roles/{Member}"),
        ("DELETE", "{home}/roles/{Member}"),
        ("PUT", "{home}/members/{member}/roles/{Mod}"),
        ("DELETE", "{home}/members/{member}/roles/{Member}"),
    ],
)
async def test_without_manage_roles_nothing_changes(api: Api, method: str, path: str) -> None:
    drop_right(api.sandbox, Permission.MANAGE_ROLES)
    before = await api.call("GET", fill(api.sandbox, "{home}/roles"))

    status, body = await api.call(method, fill(api.sandbox, path), {"name": "x"})

    assert (status, body["code"]) == (403, 50013)
    assert await api.call("GET", fill(api.sandbox, "{home}/roles")) == before


async def test_without_manage_nicknames_only_the_own_nick_changes(api: Api) -> None:
    drop_right(api.sandbox, Permission.MANAGE_NICKNAMES)

    status, _ = await api.call("PATCH", fill(api.sandbox, "{home}/members/{member}"), {"nick": "x"})
    own, body = await api.call("PATCH", fill(api.sandbox, "{home}/members/@me"), {"nick": "x"})

    assert (status, own, body["nick"]) == (403, 200, "x")


async def test_a_role_without_a_name_or_permissions_gets_those_of_everyone(api: Api) -> None:
    _, body = await api.call("POST", fill(api.sandbox, "{home}/roles"), {})
    everyone = api.sandbox.engine.world.guilds[api.sandbox.home_guild_id].roles[api.sandbox.home_guild_id]

    assert (body["name"], body["permissions"]) == ("new role", str(everyone.permissions))
    assert (body["color"], body["hoist"], body["managed"]) == (0, False, False)


async def test_a_server_has_250_roles_at_most(api: Api) -> None:
    guild = api.sandbox.engine.world.guilds[api.sandbox.home_guild_id]
    for number in range(MAX_ROLES - len(guild.roles)):
        guild.roles[number + 1] = Role(number + 1, f"r{number}", 0, 1)

    status, body = await api.call("POST", fill(api.sandbox, "{home}/roles"), {"name": "one more"})

    assert (status, body["code"]) == (400, 30005)


async def test_everyone_keeps_its_name_and_cannot_be_deleted(api: Api) -> None:
    home = api.sandbox.home_guild_id
    status, body = await api.call("PATCH", f"/guilds/{home}/roles/{home}", {"name": "x", "hoist": True})
    refused, error = await api.call("DELETE", f"/guilds/{home}/roles/{home}")

    assert (status, body["name"], body["hoist"]) == (200, "@everyone", False)
    assert (refused, error["code"]) == (400, 50028)


async def test_a_managed_role_below_can_be_renamed_but_not_deleted_or_given(api: Api) -> None:
    guild = api.sandbox.engine.world.guilds[api.sandbox.home_guild_id]
    guild.roles[role_id(api.sandbox, "Member")].bot_id = 1

    renamed, _ = await api.call("PATCH", fill(api.sandbox, "{home}/roles/{Member}"), {"color": 5})
    deleted, error = await api.call("DELETE", fill(api.sandbox, "{home}/roles/{Member}"))

    assert (renamed, deleted, error["code"]) == (200, 400, 50028)


async def test_an_edit_without_changes_publishes_no_event(api: Api) -> None:
    raw, _ = await api.identified()
    member = fill(api.sandbox, "{home}/members/{member}")
    assert (await api.call("PATCH", fill(api.sandbox, "{home}/roles/{Member}"), {"name": "Member"}))[0] == 200
    assert (await api.call("PUT", fill(api.sandbox, "{home}/members/{member}/roles/{Member}")))[0] == 204
    assert (await api.call("PATCH", member, {"roles": [str(role_id(api.sandbox, "Member"))]}))[0] == 200
    await api.call("PATCH", member, {"nick": "changed"})

    event = await raw.next()
    assert (event["t"], event["d"]["nick"]) == ("GUILD_MEMBER_UPDATE", "changed")


async def test_without_the_guilds_intent_no_role_event_arrives(api: Api) -> None:
    raw, _ = await api.identified(intents=1 << 9 | 1)
    deaf = await api.gateway()
    await deaf.send(2, {"token": api.sandbox.token, "intents": 1 << 9, "properties": {}})
    await deaf.event("READY")
    await api.call("POST", fill(api.sandbox, "{home}/roles"), {"name": "quiet"})
    await api.act("message", user="member", channel=str(api.sandbox.channel("general")), content="after")

    assert (await raw.event("GUILD_ROLE_CREATE"))["d"]["role"]["name"] == "quiet"
    while (event := await deaf.next())["t"] != "MESSAGE_CREATE":
        assert event["t"] == "GUILD_CREATE"
