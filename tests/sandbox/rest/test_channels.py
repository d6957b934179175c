"""Channels over raw REST: Discord's refusals and their codes, and who receives which event."""

from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from sandbox.places.channels import MAX_CHANNELS, MAX_IN_CATEGORY
from sandbox.records import CATEGORY, Channel, Overwrite
from tests.sandbox.support import Api, deny_bot


def fill(sandbox: Sandbox, path: str) -> str:
    names = {name: sandbox.channel(name) for name in ("general", "alerts", "Talk", "Watch")}
    home = sandbox.home_guild_id
    other = sandbox.channel("general", sandbox.other_guild_id)
    return path.format(home=f"/guilds/{home}", everyone=home, other=other, **names)


def drop_right(sandbox: Sandbox, right: Permission) -> None:
    for role in sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values():
        role.permissions &= ~int(right)


def put_channels(sandbox: Sandbox, count: int, parent_id: int | None = None) -> None:
    home = sandbox.engine.world.guilds[sandbox.home_guild_id]
    for _ in range(count):
        channel_id = sandbox.engine.next_id()
        home.channels[channel_id] = Channel(
            id=channel_id, type=0, name="x", guild_id=home.id, parent_id=parent_id
        )


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", "{home}/channels", {}, (400, 50035)),
        ("POST", "{home}/channels", {"name": ""}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "!?"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": 5}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x" * 101}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "type": 99}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "type": True}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "type": 2}, (501, 0)),
        ("POST", "{home}/channels", {"name": "x", "topic": "x" * 1025}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "nsfw": "yes"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "position": "up"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "position": -1}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "rate_limit_per_user": 21601}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "parent_id": "x"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "parent_id": "{general}"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "type": 4, "parent_id": "{Talk}"}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "permission_overwrites": 1}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "permission_overwrites": [1]}, (400, 50035)),
        ("POST", "{home}/channels", {"name": "x", "permission_overwrites": [{"id": "x"}]}, (400, 50035)),
        (
            "POST",
            "{home}/channels",
            {"name": "x", "permission_overwrites": [{"id": "1", "type": 2, "allow": "-1"}]},
            (400, 50035),
        ),
        (
            "POST",
            "{home}/channels",
            {"name": "x", "permission_overwrites": [{"id": "1", "type": 0, "allow": "1024"}]},
            (404, 10009),
        ),
        (
            "POST",
            "{home}/channels",
            {"name": "x", "permission_overwrites": [{"id": "{everyone}", "type": 0, "deny": "8"}]},
            (403, 50013),
        ),
        ("POST", "/guilds/1/channels", {"name": "x"}, (404, 10004)),
        ("PATCH", "{home}/channels", {}, (400, 50035)),
        ("PATCH", "{home}/channels", [1], (400, 50035)),
        ("PATCH", "{home}/channels", [{"id": "{general}", "position": -1}], (400, 50035)),
        ("PATCH", "{home}/channels", [{"id": "{general}", "lock_permissions": 1}], (400, 50035)),
        ("PATCH", "{home}/channels", [{"id": "{general}", "parent_id": "1"}], (400, 50035)),
        ("PATCH", "{home}/channels", [{"id": "{other}", "position": 1}], (404, 10003)),
        ("PATCH", "/channels/{general}", {"name": ""}, (400, 50035)),
        ("PATCH", "/channels/{general}", {"type": 5}, (501, 0)),
        ("PATCH", "/channels/1", {"name": "x"}, (404, 10003)),
        ("DELETE", "/channels/1", None, (404, 10003)),
        ("PUT", "/channels/{general}/permissions/x", {"type": 0}, (400, 50035)),
        ("PUT", "/channels/{general}/permissions/1", {"type": 0, "allow": "1024"}, (404, 10009)),
        ("PUT", "/channels/{general}/permissions/{everyone}", {"type": 2}, (400, 50035)),
        (
            "PUT",
            "/channels/{general}/permissions/{everyone}",
            {"type": 0, "allow": str(int(Permission.MANAGE_ROLES))},
            (403, 50013),
        ),
        ("DELETE", "/channels/{general}/permissions/{everyone}", None, (404, 10009)),
    ],
)
async def test_invalid_input_is_refused_and_changes_nothing(
    api: Api, sandbox: Sandbox, *, method: str, path: str, body: Any, refusal: tuple[int, int]
) -> None:
    _, before = await api.call("GET", fill(sandbox, "{home}/channels"))
    if isinstance(body, dict | list):
        body = _filled(sandbox, body)

    status, answer = await api.call(method, fill(sandbox, path), body)

    assert (status, answer["code"]) == refusal, answer
    assert (await api.call("GET", fill(sandbox, "{home}/channels")))[1] == before


def _filled(sandbox: Sandbox, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _filled(sandbox, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(sandbox, inner) for inner in value]
    return fill(sandbox, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("right", "method", "path", "body"),
    [
        (Permission.MANAGE_CHANNELS, "POST", "{home}/channels", {"name": "x"}),
        (Permission.MANAGE_CHANNELS, "PATCH", "{home}/channels", []),
        (Permission.MANAGE_CHANNELS, "PATCH", "/channels/{general}", {"name": "x"}),
        (Permission.MANAGE_CHANNELS, "DELETE", "/channels/{general}", None),
        (Permission.MANAGE_ROLES, "PATCH", "/channels/{alerts}", {"permission_overwrites": []}),
        (Permission.MANAGE_ROLES, "PUT", "/channels/{general}/permissions/{everyone}", {"type": 0}),
        (Permission.MANAGE_ROLES, "DELETE", "/channels/{alerts}/permissions/{everyone}", None),
    ],
)
async def test_each_change_needs_its_permission(
    api: Api, sandbox: Sandbox, *, right: Permission, method: str, path: str, body: Any
) -> None:
    drop_right(sandbox, right)

    status, answer = await api.call(method, fill(sandbox, path), body)

    assert (status, answer["code"]) == (403, 50013)


async def test_a_hidden_channel_or_category_cannot_be_worked_on(api: Api, sandbox: Sandbox) -> None:
    deny_bot(sandbox, sandbox.channel("general"))
    deny_bot(sandbox, sandbox.channel("Talk"))

    edited = await api.call("PATCH", fill(sandbox, "/channels/{general}"), {"name": "x"})
    made = await api.call(
        "POST", fill(sandbox, "{home}/channels"), _filled(sandbox, {"name": "x", "parent_id": "{Talk}"})
    )

    assert (edited[0], edited[1]["code"]) == (403, 50001)
    assert (made[0], made[1]["code"]) == (403, 50001)


async def test_a_direct_message_is_not_a_server_channel(api: Api, sandbox: Sandbox) -> None:
    _, dm = await api.call("POST", "/users/@me/channels", {"recipient_id": str(sandbox.users["member"])})

    answers = [
        await api.call("PATCH", f"/channels/{dm['id']}", {"name": "x"}),
        await api.call("DELETE", f"/channels/{dm['id']}"),
        await api.call("PUT", f"/channels/{dm['id']}/permissions/1", {"type": 0}),
    ]

    assert [(status, body["code"]) for status, body in answers] == [(403, 50003)] * 3


async def test_a_server_and_a_category_hold_only_so_many_channels(api: Api, sandbox: Sandbox) -> None:
    home = sandbox.engine.world.guilds[sandbox.home_guild_id]
    talk = sandbox.channel("Talk")
    body = {"name": "x", "parent_id": str(talk)}
    put_channels(sandbox, MAX_IN_CATEGORY - 2, talk)
    crowded, answer = await api.call("POST", f"/guilds/{home.id}/channels", body)
    moved, _ = await api.call("PATCH", f"/channels/{sandbox.channel('alerts')}", {"parent_id": str(talk)})
    put_channels(sandbox, MAX_CHANNELS - len(home.channels))
    full, last = await api.call("POST", f"/guilds/{home.id}/channels", {"name": "x"})

    assert (crowded, moved) == (400, 400)
    assert answer["errors"]["parent_id"]["_errors"][0]["code"] == "CHANNEL_PARENT_MAX_CHANNELS"
    assert (full, last["code"]) == (400, 30013)


async def test_people_get_events_only_about_channels_they_see(api: Api, sandbox: Sandbox) -> None:
    told: list[tuple[str, str, dict[str, Any]]] = []
    for name in ("member", "admin"):
        user_id = sandbox.users[name]

        def hear(event: Any, name: str = name, user_id: int = user_id) -> None:
            if event.only is not None and user_id in event.only:
                told.append((name, event.name, event.data(user_id)))

        sandbox.engine.bus.subscribe(hear)
    home = sandbox.home_guild_id
    hidden = {"id": str(home), "type": 0, "deny": str(int(Permission.VIEW_CHANNEL))}
    role = next(r.id for r in sandbox.engine.world.guilds[home].roles.values() if r.bot_id is not None)
    own = {"id": str(role), "type": 0, "allow": str(int(Permission.VIEW_CHANNEL))}
    body = {"name": "secret", "permission_overwrites": [hidden, own]}
    _, secret = await api.call("POST", f"/guilds/{home}/channels", body)
    await api.call("DELETE", f"/channels/{secret['id']}")
    assert [(name, event) for name, event, _ in told] == [
        ("admin", "CHANNEL_CREATE"),
        ("admin", "CHANNEL_DELETE"),
    ]
    told.clear()
    general = sandbox.channel("general")
    await api.call("PATCH", f"/channels/{general}", {"name": "hall", "permission_overwrites": [hidden, own]})

    by_name = {name: data for name, _, data in told}
    assert by_name["admin"]["name"] == "hall"
    assert by_name["member"] == {"id": str(general), "type": 0, "guild_id": str(home)}, "gone, and no more"


async def test_an_unchanged_channel_publishes_no_event(api: Api, sandbox: Sandbox, general: int) -> None:
    names: list[str] = []
    sandbox.engine.bus.subscribe(lambda event: names.append(event.name))
    status, _ = await api.call("PATCH", f"/channels/{general}", {"name": "General"})

    assert (status, names) == (200, [])


async def test_deleting_the_system_channel_leaves_the_server_without_one(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    await api.call("DELETE", f"/channels/{general}")
    _, guild = await api.call("GET", f"/guilds/{sandbox.home_guild_id}")

    assert guild["system_channel_id"] is None


async def test_an_existing_overwrite_may_name_a_former_member(api: Api, sandbox: Sandbox) -> None:
    channel = sandbox.engine.world.find_channel(sandbox.channel("alerts"))
    assert channel is not None
    channel.overwrites.append(Overwrite(77, 1, 0, 0))
    category = sandbox.engine.world.find_channel(sandbox.channel("Watch"))
    assert category is not None
    assert category.type == CATEGORY

    path = f"/channels/{channel.id}/permissions/{sandbox.home_guild_id}"
    status, _ = await api.call("PUT", path, {"type": 0, "deny": str(int(Permission.ADD_REACTIONS))})

    assert status == 204
