"""Raw REST: shapes, refusals and limits that discord.py hides or never reaches."""

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from tests.sandbox.support import Api, deny_bot


@pytest.mark.parametrize("header", [None, "Bot wrong", "Bearer {token}", "Bot", "Bot ü"])
async def test_a_missing_or_wrong_token_is_401(api: Api, header: str | None) -> None:
    token = api.sandbox.token
    headers = {} if header is None else {"Authorization": header.format(token=token)}

    assert await api.call("GET", "/users/@me", headers=headers) == (
        401,
        {"message": "401: Unauthorized", "code": 0},
    )


async def test_the_content_type_is_exactly_what_discord_sends(api: Api) -> None:
    headers = {"Authorization": f"Bot {api.sandbox.token}"}
    async with api.session.get(f"{api.sandbox.api_url}/users/@me", headers=headers) as response:
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/guilds/1/audit-logs"),
        ("PATCH", "/users/@me"),
        ("GET", "/channels/1/invites"),
        ("GET", "/nonsense"),
    ],
)
async def test_an_unknown_route_is_501_and_logged(
    api: Api, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    status, body = await api.call(method, path)

    assert status == 501
    assert body["message"] == f"The sandbox does not have {method} /api/v10{path}."
    assert f"sandbox.rest.missing method={method} path=/api/v10{path}" in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/users/1", 404, 10013),
        ("/users/x", 400, 50035),
        ("/channels/1", 404, 10003),
        ("/guilds/1", 404, 10004),
        ("/guilds/{home}/roles/1", 404, 10011),
        ("/guilds/{home}/members/1", 404, 10013),
        ("/guilds/{home}/members?limit=1001", 400, 50035),
        ("/guilds/{home}/members?limit=0", 400, 50035),
        ("/guilds/{home}/members?limit=x", 400, 50035),
        ("/guilds/{home}/members?after=x", 400, 50035),
        ("/guilds/{home}/members/search", 400, 50035),
        ("/channels/{general}/messages/1", 404, 10008),
        ("/channels/{general}/messages?limit=101", 400, 50035),
        ("/channels/{category}/messages", 400, 50008),
        ("/applications/1/commands", 403, 20012),
        ("/applications/{app}/commands/1", 404, 10063),
        ("/applications/{app}/guilds/1/commands", 403, 50001),
    ],
)
async def test_a_missing_object_has_discords_code(
    api: Api, sandbox: Sandbox, path: str, status: int, code: int
) -> None:
    ids = {
        "home": sandbox.home_guild_id,
        "general": sandbox.channel("general"),
        "category": sandbox.channel("Talk"),
        "app": sandbox.application_id,
    }

    answer, body = await api.call("GET", path.format(**ids))

    assert (answer, body["code"]) == (status, code)


async def test_a_server_that_the_bot_has_left_is_forbidden(api: Api, sandbox: Sandbox) -> None:
    del sandbox.engine.world.guilds[sandbox.other_guild_id].members[sandbox.application_id]

    status, body = await api.call("GET", f"/guilds/{sandbox.other_guild_id}")
    _, mine = await api.call("GET", "/users/@me/guilds")

    assert (status, body["code"]) == (403, 50001)
    assert [guild["id"] for guild in mine] == [str(sandbox.home_guild_id)]


async def test_reading_needs_no_more_than_it_should(api: Api, sandbox: Sandbox) -> None:
    home = sandbox.home_guild_id
    admin_role = next(r.id for r in sandbox.engine.world.guilds[home].roles.values() if r.name == "Admin")

    _, role = await api.call("GET", f"/guilds/{home}/roles/{admin_role}")
    _, found = await api.call("GET", f"/guilds/{home}/members/search?query=Ada&limit=5")
    _, plain = await api.call("GET", f"/guilds/{home}")
    status, gateway = await api.call("GET", "/gateway", headers={})

    assert role["name"] == "Admin"
    assert [member["user"]["username"] for member in found] == ["adam"]
    assert "approximate_member_count" not in plain
    assert (status, gateway) == (200, {"url": sandbox.gateway_url})


async def test_members_are_paged_by_id(api: Api, sandbox: Sandbox) -> None:
    path = f"/guilds/{sandbox.home_guild_id}/members"

    _, first = await api.call("GET", f"{path}?limit=2&after=0")
    _, rest = await api.call("GET", f"{path}?limit=1000&after={first[-1]['user']['id']}")

    ids = [int(member["user"]["id"]) for member in first + rest]
    assert len(ids) == 5
    assert ids == sorted(set(ids))


async def test_the_member_list_needs_the_members_switch(api: Api, sandbox: Sandbox) -> None:
    sandbox.engine.world.application.members_intent = False

    status, _ = await api.call("GET", f"/guilds/{sandbox.home_guild_id}/members")

    assert status == 403


async def test_without_the_content_switch_rest_blanks_what_others_wrote(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    sandbox.engine.world.application.message_content_intent = False
    await sandbox.act.message(user="owner", channel=general, content="secret")
    await api.call("POST", f"/channels/{general}/messages", {"content": "own"})

    _, history = await api.call("GET", f"/channels/{general}/messages")

    assert [message["content"] for message in history] == ["own", ""]


async def test_history_is_empty_without_its_permission(api: Api, sandbox: Sandbox, general: int) -> None:
    await sandbox.act.message(user="owner", channel=general, content="old")
    deny_bot(sandbox, general, deny=Permission.READ_MESSAGE_HISTORY)

    assert await api.call("GET", f"/channels/{general}/messages") == (200, [])
