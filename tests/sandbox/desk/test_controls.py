"""/sandbox/act and /sandbox/control from another process: the same verbs over HTTP, and who is refused."""

import base64
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from sandbox import Sandbox, start_sandbox
from tests.sandbox.support import Api


async def test_a_message_comes_back_as_discords_object(api: Api, general: int) -> None:
    user = str(api.sandbox.users["member"])
    encoded = base64.b64encode(b"bytes").decode()

    status, message = await api.act(
        "message",
        user=user,
        channel=str(general),
        content="hello",
        files=[{"filename": "a.txt", "content_type": "text/html", "base64": encoded}],
    )
    _, reply = await api.act(
        "message", user=user, channel=str(general), content="again", reply_to=message["id"]
    )

    assert status == 200
    assert message["author"]["id"] == user
    assert message["attachments"][0]["content_type"] == "text/plain; charset=utf-8"
    assert reply["referenced_message"]["id"] == message["id"]
    async with api.session.get(message["attachments"][0]["url"]) as response:
        assert await response.read() == b"bytes"


async def test_a_message_is_edited_reacted_to_and_deleted(api: Api, sandbox: Sandbox, general: int) -> None:
    _, sent = await api.act("message", user="member", channel=general, content="one")

    _, edited = await api.act("edit", user="member", message=sent["id"], content="two")
    reacted, _ = await api.act("reaction", user="mod", message=sent["id"], emoji="👍")
    withdrawn, _ = await api.act("reaction", user="mod", message=sent["id"], emoji="👍", remove=True)
    typing, _ = await api.act("typing", user="mod", channel=general)
    deleted, nothing = await api.act("delete", user="mod", message=sent["id"])

    assert edited["content"] == "two"
    assert edited["edited_timestamp"] is not None
    assert (reacted, withdrawn, typing, deleted, nothing) == (200, 200, 200, 200, {})
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    assert channel.messages == {}


async def test_joining_and_leaving_changes_the_member_list(api: Api, sandbox: Sandbox) -> None:
    home = sandbox.engine.world.guilds[sandbox.home_guild_id]
    guild = str(sandbox.home_guild_id)

    joined, _ = await api.act("join", user="newcomer", guild=guild)
    twice, _ = await api.act("join", user="newcomer", guild=guild)
    left, _ = await api.act("leave", user="newcomer", guild=guild)
    gone, _ = await api.act("leave", user="newcomer", guild=guild)
    owner, _ = await api.act("leave", user="owner", guild=guild)
    nowhere, _ = await api.act("join", user="newcomer", guild="1")

    assert (joined, twice, left, gone, owner, nowhere) == (200, 400, 200, 404, 403, 404)
    assert sandbox.users["newcomer"] not in home.members


async def test_without_a_shared_server_a_user_cannot_write_to_the_bot(sandbox: Sandbox, api: Api) -> None:
    _, state = await api.control("GET", "/state?user=member")
    direct = state["dms"][0]["id"]
    before, _ = await api.act("message", user="member", channel=direct, content="x")
    await api.act("leave", user="member", guild=str(sandbox.home_guild_id))

    after, refusal = await api.act("message", user="member", channel=direct, content="x")

    assert (before, after) == (200, 403)
    assert "join one first" in refusal["message"]


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("message", {"user": "nobody", "channel": "{general}", "content": "x"}, 404),
        ("message", {"user": "{bot}", "channel": "{general}", "content": "x"}, 403),
        ("message", {"user": "member", "channel": "1", "content": "x"}, 404),
        ("message", {"user": "member", "channel": "{other}", "content": "x"}, 404),
        ("message", {"user": "member", "channel": "{category}", "content": "x"}, 404),
        ("message", {"user": "member", "channel": "{alerts}", "content": "x"}, 403),
        ("message", {"user": "member", "content": "x"}, 400),
        ("message", {"user": "newcomer", "dm": True, "content": "x"}, 403),
        ("message", {"user": "member", "channel": "{general}", "content": " "}, 400),
        ("message", {"user": "member", "channel": "{general}", "content": "x" * 2001}, 400),
        ("message", {"user": "member", "channel": "{general}", "content": 5}, 400),
        ("message", {"user": "member", "channel": "{general}", "reply_to": "1", "content": "x"}, 400),
        ("message", {"user": "member", "channel": "{general}", "files": ["x"]}, 400),
        (
            "message",
            {"user": "member", "channel": "{general}", "files": [{"filename": "x", "base64": "%"}]},
            400,
        ),
        ("message", {"channel": "{general}", "content": "x"}, 400),
        ("edit", {"user": "member", "message": "{message}", "content": "x"}, 403),
        ("edit", {"user": "owner", "message": "{message}", "content": " "}, 400),
        ("edit", {"user": "owner", "message": "{message}", "content": "x" * 2001}, 400),
        ("edit", {"user": "visitor-admin", "message": "{message}", "content": "x"}, 404),
        ("delete", {"user": "member", "message": "{message}"}, 403),
        ("delete", {"user": "member", "message": "1"}, 404),
        ("reaction", {"user": "member", "message": "{message}", "emoji": "x"}, 400),
        ("slash", {"user": "member", "channel": "{general}", "command": "nope"}, 404),
        ("slash", {"user": "member", "channel": "{general}", "command": ""}, 404),
        ("slash", {"user": "member", "channel": "{general}", "command": "x", "options": []}, 400),
        (
            "autocomplete",
            {"user": "member", "channel": "{general}", "command": "x", "focused": "y"},
            404,
        ),
        ("click", {"user": "member", "message": "{message}", "custom_id": "x"}, 404),
        ("select", {"user": "member", "message": "{message}", "custom_id": "x", "values": []}, 404),
        ("select", {"user": "member", "message": "{message}", "custom_id": "x"}, 400),
    ],
)
async def test_an_impossible_action_is_refused_with_a_message(
    api: Api, sandbox: Sandbox, verb: str, body: dict[str, Any], status: int
) -> None:
    message = await sandbox.act.message(user="owner", channel=sandbox.channel("general"), content="here")
    ids = {
        "bot": str(sandbox.application_id),
        "general": str(sandbox.channel("general")),
        "alerts": str(sandbox.channel("alerts")),
        "category": str(sandbox.channel("Talk")),
        "other": str(sandbox.channel("general", sandbox.other_guild_id)),
        "message": message["id"],
    }
    filled = {key: value.format(**ids) if isinstance(value, str) else value for key, value in body.items()}

    answer, said = await api.act(verb, **filled)

    assert answer == status
    assert said["message"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_400(api: Api, raw: bytes) -> None:
    url = f"{api.sandbox.page_url}sandbox/act/message"

    async with api.session.post(url, data=raw, headers={"X-Helix-Sandbox": "1"}) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "explode"},
        {"action": "drop", "close_code": 5000},
        {"action": "drop", "close_code": "1000"},
        {"action": "invalid_session", "resumable": "yes"},
    ],
)
async def test_a_wrong_gateway_control_is_400(api: Api, body: object) -> None:
    assert (await api.control("POST", "/control/gateway", body))[0] == 400


async def test_dropping_counts_the_connections(api: Api) -> None:
    connected = [await api.identified(), await api.identified()]

    answer = await api.control("POST", "/control/gateway", {"action": "drop"})

    assert answer == (200, {"connections": len(connected)})


async def test_a_fault_with_a_number_beyond_floats_is_refused(api: Api) -> None:
    fault = {"route": "*", "status": 500, "delay_s": 10**400}

    assert (await api.control("POST", "/control/fault", fault))[0] == 400


async def test_without_the_custom_header_nothing_is_done(api: Api, general: int) -> None:
    body = {"user": "owner", "channel": general, "content": "forged"}

    status, said = await api.control("POST", "/act/message", body, headers={})
    removed, _ = await api.control("DELETE", "/control/fault", headers={})

    assert (status, removed) == (403, 403)
    assert "X-Helix-Sandbox" in said["message"]


async def test_a_preflight_is_not_answered(api: Api) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    url = f"{api.sandbox.page_url}sandbox/act/message"

    async with api.session.options(url, headers=headers) as response:
        assert response.status in (403, 405)
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "10.0.0.1", "127.0.0.1.nip.io", "[::1].evil.example", ""]
)
@pytest.mark.parametrize("path", ["", "sandbox/state?user=owner", "api/v10/gateway", "gateway"])
async def test_a_foreign_host_name_is_misdirected(api: Api, host: str, path: str) -> None:
    async with api.session.get(api.sandbox.page_url + path, headers={"Host": host}) as response:
        assert response.status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:5", "[::1]:80"])
async def test_every_loopback_name_is_served(api: Api, host: str) -> None:
    url = f"{api.sandbox.page_url}sandbox/state?user=owner"

    async with api.session.get(url, headers={"Host": host}) as response:
        assert response.status == 200


async def test_a_host_that_was_named_is_served_like_one_of_this_machine() -> None:
    sandbox = await start_sandbox(hosts=("Box.example",))
    try:
        async with ClientSession() as session:
            url = f"{sandbox.page_url}sandbox/state?user=owner"
            for origin in ("http://box.example:8090", "https://box.example:8090"):
                headers = {"Host": "box.example:8090", "Origin": origin}
                async with session.get(url, headers=headers) as response:
                    assert response.status == 200
    finally:
        await sandbox.stop()


async def test_a_foreign_page_cannot_open_the_event_socket(api: Api) -> None:
    url = f"{api.sandbox.page_url}sandbox/events?user=owner"

    with pytest.raises(WSServerHandshakeError) as refused:
        await api.session.ws_connect(url, headers={"Origin": "http://evil.example"})

    assert refused.value.status == 403


async def test_its_own_page_can(api: Api) -> None:
    url = f"{api.sandbox.page_url}sandbox/events?user=owner"
    origin = api.sandbox.page_url.rstrip("/")

    async with api.session.ws_connect(url, headers={"Origin": origin}) as socket:
        assert not socket.closed
