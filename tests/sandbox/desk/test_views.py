"""The data of the page: one person's view of the state, the messages and the events."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse

from sandbox import Sandbox
from sandbox.desk import views
from sandbox.permissions import Permission
from sandbox.records import Overwrite
from tests.sandbox.support import WAIT_S, Api


async def state(api: Api, user: str) -> Any:
    status, body = await api.control("GET", f"/state?user={user}")
    assert status == 200
    return body


async def feed(api: Api, user: str) -> ClientWebSocketResponse:
    return await api.session.ws_connect(f"{api.sandbox.page_url}sandbox/events?user={user}")


async def next_event(socket: ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=WAIT_S)


async def test_the_state_names_everyone_one_can_be(api: Api, sandbox: Sandbox) -> None:
    body = await state(api, str(sandbox.users["member"]))

    assert body["me"]["username"] == "mika"
    assert {identity["name"] for identity in body["identities"]} == set(sandbox.users)
    assert body["bot"]["user"]["id"] == str(sandbox.application_id)
    assert body["bot"]["connected"] is False
    assert body["bot"]["prefix"] == "!"
    assert body["bot"]["commands_url"] is None
    assert body["application"]["id"] == str(sandbox.application_id)


async def test_a_member_sees_their_own_servers_with_channels_roles_and_members(
    api: Api, sandbox: Sandbox
) -> None:
    member = await state(api, "member")
    stranger = await state(api, "newcomer")

    (home,) = member["guilds"]
    assert home["id"] == str(sandbox.home_guild_id)
    assert {c["name"] for c in home["channels"]} >= {"general", "bot-commands", "alerts", "telemetry"}
    presences = {m["user"]["username"]: m["presence"] for m in home["members"]}
    assert (presences["mika"], presences["Helix"]) == ("online", "offline")
    assert stranger["guilds"] == []


async def test_a_hidden_channel_is_not_in_the_state(api: Api, sandbox: Sandbox, general: int) -> None:
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    channel.overwrites = [Overwrite(sandbox.home_guild_id, 0, 0, int(Permission.VIEW_CHANNEL))]

    member, admin = await state(api, "member"), await state(api, "admin")

    assert "general" not in {c["name"] for c in member["guilds"][0]["channels"]}
    assert "general" in {c["name"] for c in admin["guilds"][0]["channels"]}


async def test_direct_messages_and_commands_are_in_the_state(api: Api, sandbox: Sandbox) -> None:
    sent = await sandbox.act.message(user="member", dm=True, content="hello")
    await api.call(
        "PUT",
        f"/applications/{sandbox.application_id}/guilds/{sandbox.home_guild_id}/commands",
        [{"name": "x", "description": "y"}],
    )

    member, newcomer = await state(api, "member"), await state(api, "newcomer")

    assert [dm["id"] for dm in member["dms"]] == [sent["channel_id"]]
    assert member["dms"][0]["recipients"][0]["id"] == str(sandbox.application_id)
    assert newcomer["dms"] == []
    assert [(c["name"], c["guild_id"]) for c in member["commands"]] == [("x", str(sandbox.home_guild_id))]


async def test_messages_come_newest_last_and_page_backwards(api: Api, sandbox: Sandbox, general: int) -> None:
    sent = [await sandbox.act.message(user="owner", channel=general, content=str(n)) for n in range(5)]

    _, newest = await api.control("GET", f"/channels/{general}/messages?user=member&limit=2")
    _, older = await api.control(
        "GET", f"/channels/{general}/messages?user=member&limit=2&before={sent[3]['id']}"
    )

    assert [m["content"] for m in newest] == ["3", "4"]
    assert [m["content"] for m in older] == ["1", "2"]
    assert newest[0]["member"]["roles"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/state?user=1", 404),
        ("/state", 404),
        ("/channels/{general}/messages?user=visitor-admin", 404),
        ("/channels/1/messages?user=owner", 404),
        ("/channels/{general}/messages?user=owner&limit=0", 400),
        ("/channels/{general}/messages?user=owner&limit=many", 400),
        ("/channels/{general}/messages?user=owner&before=x", 400),
        ("/events?user=nobody", 404),
    ],
)
async def test_a_hidden_object_is_refused_with_a_message(
    api: Api, general: int, path: str, status: int
) -> None:
    answer, body = await api.control("GET", path.format(general=general))

    assert answer == status
    assert body["message"]


async def test_the_feed_carries_a_messages_whole_life(api: Api, sandbox: Sandbox, general: int) -> None:
    socket = await feed(api, "member")

    sent = await sandbox.act.message(user="owner", channel=general, content="one")
    await sandbox.act.edit(user="owner", message=sent["id"], content="two")
    await sandbox.act.reaction(user="mod", message=sent["id"], emoji="👍")
    await sandbox.act.reaction(user="mod", message=sent["id"], emoji="👍", remove=True)
    await sandbox.act.typing(user="mod", channel=general)
    await sandbox.act.delete(user="owner", message=sent["id"])

    events = [await next_event(socket) for _ in range(6)]
    assert [event["t"] for event in events] == [
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "TYPING_START",
        "MESSAGE_DELETE",
    ]
    assert events[1]["d"]["content"] == "two"


async def test_the_feed_carries_only_what_its_user_may_see(api: Api, sandbox: Sandbox, general: int) -> None:
    stranger, member = await feed(api, "visitor-admin"), await feed(api, "member")

    await sandbox.act.message(user="owner", channel=general, content="home")
    await sandbox.act.message(user="owner", dm=True, content="private")
    elsewhere = sandbox.channel("general", sandbox.other_guild_id)
    await sandbox.act.message(user="visitor-admin", channel=elsewhere, content="elsewhere")
    await sandbox.act.message(user="owner", channel=general, content="home again")

    assert (await next_event(stranger))["d"]["content"] == "elsewhere"
    assert [(await next_event(member))["d"]["content"] for _ in range(2)] == ["home", "home again"]


async def test_the_feed_reports_joins_and_leaves_also_to_the_leaving_user(api: Api, sandbox: Sandbox) -> None:
    owner, newcomer = await feed(api, "owner"), await feed(api, "newcomer")

    await sandbox.act.join(user="newcomer", guild=sandbox.home_guild_id)
    await sandbox.act.leave(user="newcomer", guild=sandbox.home_guild_id)

    for socket in (owner, newcomer):
        names = [(await next_event(socket))["t"] for _ in range(3)]
        assert names == ["GUILD_MEMBER_ADD", "MESSAGE_CREATE", "GUILD_MEMBER_REMOVE"]


async def test_the_feed_tells_of_the_bots_connection_and_commands(api: Api, sandbox: Sandbox) -> None:
    socket = await feed(api, "owner")

    raw, _ = await api.identified()
    await api.call("PUT", f"/applications/{sandbox.application_id}/commands", [])
    sandbox.engine.gateway.drop()

    events = [await next_event(socket) for _ in range(3)]
    assert [event["t"] for event in events] == [
        "BOT_CONNECTION",
        "APPLICATION_COMMANDS_UPDATE",
        "BOT_CONNECTION",
    ]
    assert [events[0]["d"], events[2]["d"]] == [{"connected": True}, {"connected": False}]
    await raw.socket.close()


async def test_an_ephemeral_answer_reaches_its_reader_alone(api: Api, sandbox: Sandbox, general: int) -> None:
    await api.call(
        "PUT",
        f"/applications/{sandbox.application_id}/commands",
        [{"name": "x", "description": "y"}],
    )
    raw, _ = await api.identified()
    reader, other = await feed(api, "member"), await feed(api, "owner")
    await sandbox.act.slash(user="member", channel=general, command="x")
    interaction = (await raw.event("INTERACTION_CREATE"))["d"]

    status, _ = await api.call(
        "POST",
        f"/interactions/{interaction['id']}/{interaction['token']}/callback",
        {"type": 4, "data": {"content": "secret", "flags": 64}},
        headers={},
    )
    await sandbox.act.message(user="owner", channel=general, content="public")
    _, seen = await api.control("GET", f"/channels/{general}/messages?user=member")
    _, unseen = await api.control("GET", f"/channels/{general}/messages?user=owner")

    assert status == 204
    created, answered = await next_event(reader), await next_event(reader)
    assert (created["d"]["content"], created["d"]["flags"]) == ("secret", 64)
    assert created["d"]["channel_id"] == str(general)
    assert answered["t"] == "INTERACTION_RESULT"
    assert answered["d"] == {"interaction_id": interaction["id"], "state": "answered"}
    assert (await next_event(other))["d"]["content"] == "public"
    assert [m["content"] for m in seen] == ["secret", "public"]
    assert [m["content"] for m in unseen] == ["public"]


async def test_a_page_that_reads_too_slowly_is_closed_to_reload(
    api: Api, sandbox: Sandbox, general: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MAX_QUEUED", 0)
    socket = await feed(api, "owner")

    await sandbox.act.message(user="owner", channel=general, content="too much")
    message = await socket.receive(timeout=WAIT_S)

    assert message.data == 4008


async def test_a_closed_page_is_forgotten(api: Api, sandbox: Sandbox) -> None:
    before = len(sandbox.engine.bus._listeners)
    socket = await feed(api, "owner")
    during = len(sandbox.engine.bus._listeners)

    await socket.close()
    async with asyncio.timeout(WAIT_S):
        while len(sandbox.engine.bus._listeners) != before:
            await state(api, "owner")

    assert during == before + 1


async def test_stopping_closes_the_pages(api: Api, sandbox: Sandbox) -> None:
    socket = await feed(api, "owner")

    await sandbox.stop()

    assert (await socket.receive(timeout=WAIT_S)).data == 1001
