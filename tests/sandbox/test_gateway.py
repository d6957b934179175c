"""The gateway, frame by frame: what discord.py never sends, and what it never looks at."""

from typing import Any

import pytest
from aiohttp import ClientResponseError, WSServerHandshakeError

from sandbox import Sandbox
from sandbox.gateway import connection, sessions
from sandbox.gateway.server import DAY_S
from tests.sandbox.support import Api, Clock, RawGateway, deny_bot

ALL_INTENTS = 53608447
GUILDS = 1
MESSAGES = 1 << 9
CONTENT = 1 << 15


async def test_hello_names_the_heartbeat_interval_in_milliseconds(api: Api) -> None:
    socket = await api.session.ws_connect(api.sandbox.gateway_url, params={"v": "10"})

    hello = await RawGateway(socket).next()

    assert hello["d"]["heartbeat_interval"] == 41_250


async def test_ready_comes_first_and_names_the_servers_that_follow(api: Api, sandbox: Sandbox) -> None:
    raw = await api.gateway()
    await raw.send(2, {"token": sandbox.token, "intents": ALL_INTENTS})

    ready = await raw.next()
    first, second = await raw.next(), await raw.next()

    assert (ready["t"], ready["s"]) == ("READY", 1)
    assert ready["d"]["resume_gateway_url"] == sandbox.gateway_url
    assert {guild["id"] for guild in ready["d"]["guilds"]} == {first["d"]["id"], second["d"]["id"]}
    assert [first["s"], second["s"]] == [2, 3]


async def test_a_heartbeat_is_acknowledged(api: Api) -> None:
    raw = await api.gateway()

    await raw.send(1, None)

    assert (await raw.next())["op"] == 11


async def test_one_zlib_stream_spans_all_payloads(api: Api, general: int) -> None:
    raw, _ = await api.identified(compress="zlib-stream")

    await api.sandbox.act.message(user="owner", channel=general, content="käse 🧀")

    assert (await raw.event("MESSAGE_CREATE"))["d"]["content"] == "käse 🧀"


@pytest.mark.parametrize("query", [{"compress": "brotli"}, {"encoding": "etf"}])
async def test_a_compression_or_encoding_it_does_not_have_is_refused(api: Api, query: dict[str, str]) -> None:
    with pytest.raises((WSServerHandshakeError, ClientResponseError)) as refused:
        await api.session.ws_connect(api.sandbox.gateway_url, params=query)

    assert refused.value.status == 501


async def test_another_api_version_closes_4012(api: Api) -> None:
    socket = await api.session.ws_connect(api.sandbox.gateway_url, params={"v": "6"})

    assert await RawGateway(socket).close_code() == 4012


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"token": None, "intents": 1}, 4004),
        (2, "nonsense", 4002),
        (6, {"token": "wrong", "session_id": "x", "seq": 1}, 4004),
        (3, {"status": "online"}, 4003),
        (8, {"guild_id": "1"}, 4003),
    ],
)
async def test_what_an_unknown_client_may_not_send_closes(api: Api, op: int, data: object, code: int) -> None:
    raw = await api.gateway()

    await raw.send(op, data)

    assert await raw.close_code() == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"intents": -1}, 4013),
        ({"intents": "all"}, 4013),
        ({"intents": 1 << 40}, 4013),
        ({"intents": 1, "shard": [2, 2]}, 4010),
        ({"intents": 1, "shard": "0/1"}, 4010),
    ],
)
async def test_a_bad_identify_closes(api: Api, fields: dict[str, Any], code: int) -> None:
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token} | fields)

    assert await raw.close_code() == code


@pytest.mark.parametrize(
    ("switch", "intent"), [("presences", 1 << 8), ("members", 1 << 1), ("message_content", 1 << 15)]
)
async def test_a_privileged_intent_that_is_switched_off_closes_4014(
    api: Api, switch: str, intent: int
) -> None:
    status, _ = await api.control("POST", "/control/intents", {switch: False})
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": intent})

    assert status == 200
    assert await raw.close_code() == 4014


async def test_identifying_twice_closes_4005(api: Api) -> None:
    raw, _ = await api.identified()

    await raw.send(2, {"token": api.sandbox.token, "intents": 1})

    assert await raw.close_code() == 4005


async def test_an_unknown_opcode_closes_4001(api: Api) -> None:
    raw, _ = await api.identified()

    await raw.send(99, None)

    assert await raw.close_code() == 4001


@pytest.mark.parametrize("frame", ["{", "[]", '{"op": "one"}', "[" * 3000, "x" * 5000])
async def test_a_frame_that_is_no_payload_closes_4002(api: Api, frame: str) -> None:
    raw = await api.gateway()

    await raw.socket.send_str(frame)

    assert await raw.close_code() == 4002


async def test_too_many_payloads_close_4008(api: Api) -> None:
    raw = await api.gateway()

    for _ in range(121):
        await raw.send(1, None)

    assert await raw.close_code() == 4008


async def test_a_client_without_heartbeat_is_closed_as_a_zombie(api: Api) -> None:
    api.sandbox.engine.gateway.heartbeat_s = 0.01

    raw = await api.gateway()

    assert await raw.close_code() == 4009


async def test_a_presence_update_is_accepted(api: Api) -> None:
    raw, _ = await api.identified()

    await raw.send(3, {"status": "idle", "activities": [], "since": None, "afk": False})
    await raw.send(1, None)

    assert (await raw.op(11))["op"] == 11


async def test_session_starts_are_counted_and_the_count_renews_daily(api: Api, clock: Clock) -> None:
    await api.identified()

    _, used = await api.call("GET", "/gateway/bot")
    clock.now_s += DAY_S
    _, renewed = await api.call("GET", "/gateway/bot")

    assert used["session_start_limit"]["remaining"] == 999
    assert used["session_start_limit"]["max_concurrency"] == 1
    assert renewed["session_start_limit"]["remaining"] == 1000


async def test_no_session_start_is_left_after_the_last(api: Api) -> None:
    api.sandbox.engine.gateway.identifies_left = 0
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": 1})

    assert await raw.close_code() == 4004


async def test_a_resume_replays_what_was_missed_in_order_and_once(api: Api, general: int) -> None:
    raw, session_id = await api.identified()
    api.sandbox.engine.gateway.drop()
    for number in range(3):
        await api.sandbox.act.message(user="owner", channel=general, content=str(number))

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})
    replayed = [await again.event("MESSAGE_CREATE") for _ in range(3)]
    resumed = await again.next()

    assert [event["d"]["content"] for event in replayed] == ["0", "1", "2"]
    assert resumed["t"] == "RESUMED"
    sequences = [event["s"] for event in (*replayed, resumed)]
    assert sequences == sorted(set(sequences))
    await raw.socket.close()


async def test_a_resume_with_nothing_missed_just_resumes(api: Api, general: int) -> None:
    _, session_id = await api.identified(intents=GUILDS | MESSAGES | CONTENT)
    api.sandbox.engine.gateway.drop()

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.next())["t"] == "RESUMED"
    await api.sandbox.act.message(user="owner", channel=general, content="after")
    assert (await again.next())["d"]["content"] == "after"


async def test_a_resume_past_the_buffer_is_refused(api: Api, general: int) -> None:
    api.sandbox.engine.sessions.replay_events = 2
    _, session_id = await api.identified()
    api.sandbox.engine.gateway.drop()
    for number in range(3):
        await api.sandbox.act.message(user="owner", channel=general, content=str(number))

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert await again.op(9) == {"t": None, "s": None, "op": 9, "d": False}


async def test_a_resume_after_five_minutes_is_refused(api: Api, clock: Clock) -> None:
    raw, session_id = await api.identified()
    await raw.socket.close(code=4000)
    while api.sandbox.engine.sessions.connected():
        await api.control("GET", "/state?user=owner")
    clock.now_s += sessions.RESUMABLE_S + 1

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.op(9))["d"] is False


async def test_a_session_closed_with_1000_cannot_be_resumed(api: Api) -> None:
    raw, session_id = await api.identified()
    await raw.socket.close(code=1000)
    while api.sandbox.engine.sessions.connected():
        await api.control("GET", "/state?user=owner")

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.op(9))["d"] is False


async def test_a_sequence_from_the_future_closes_4007(api: Api) -> None:
    _, session_id = await api.identified()

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 999})

    assert await again.close_code() == 4007


async def test_resuming_a_session_that_is_still_connected_replaces_its_connection(
    api: Api, general: int
) -> None:
    _, session_id = await api.identified()
    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})
    await again.event("RESUMED")

    await api.sandbox.act.message(user="owner", channel=general, content="to the new one")

    assert (await again.event("MESSAGE_CREATE"))["d"]["content"] == "to the new one"
    assert len(api.sandbox.engine.sessions.connected()) == 1


async def test_two_sessions_at_once_each_get_every_event(api: Api, general: int) -> None:
    one, _ = await api.identified()
    two, _ = await api.identified()

    await api.sandbox.act.message(user="owner", channel=general, content="both")

    assert (await one.event("MESSAGE_CREATE"))["d"]["content"] == "both"
    assert (await two.event("MESSAGE_CREATE"))["d"]["content"] == "both"


async def test_away_sessions_are_bounded(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    first, first_id = await api.identified()
    for _ in range(3):
        api.sandbox.engine.gateway.drop()
        await api.identified()

    assert api.sandbox.engine.sessions.find(first_id) is None
    await first.socket.close()


async def test_a_client_that_never_reads_is_cut_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, _ = await api.identified()
    monkeypatch.setattr(connection, "MAX_QUEUED", 3)
    session = api.sandbox.engine.sessions.connected()[0]

    for number in range(5):
        session.dispatch("MESSAGE_CREATE", {"number": number})

    with pytest.raises(AssertionError):
        await raw.event("NEVER")


async def test_without_the_message_content_intent_text_is_blank_but_for_mentions_and_dms(
    api: Api, general: int
) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES | 1 << 12)
    bot_id = api.sandbox.application_id
    act = api.sandbox.act

    await act.message(user="owner", channel=general, content="secret")
    await act.message(user="owner", channel=general, content=f"<@{bot_id}> open")
    await act.message(user="owner", dm=True, content="direct")
    await api.call("POST", f"/channels/{general}/messages", {"content": "own"})

    texts = [(await raw.event("MESSAGE_CREATE"))["d"]["content"] for _ in range(4)]
    assert texts == ["", f"<@{bot_id}> open", "direct", "own"]


async def test_a_blanked_message_blanks_the_one_it_answers(api: Api, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES)
    first = await api.sandbox.act.message(user="owner", channel=general, content="first secret")

    await api.sandbox.act.message(
        user="owner", channel=general, content="second secret", reply_to=first["id"]
    )

    await raw.event("MESSAGE_CREATE")
    answer = await raw.event("MESSAGE_CREATE")
    assert answer["d"]["referenced_message"]["content"] == ""


async def test_events_whose_intent_is_missing_do_not_come(api: Api, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | 1 << 10)

    sent = await api.sandbox.act.message(user="owner", channel=general, content="unheard")
    await api.sandbox.act.reaction(user="owner", message=sent["id"], emoji="👍")

    assert (await raw.next())["t"] == "MESSAGE_REACTION_ADD"


async def test_without_the_guilds_intent_no_server_is_sent(api: Api) -> None:
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": 0})

    assert (await raw.event("READY"))["d"]["guilds"] == []


async def test_a_hidden_channel_is_not_heard(api: Api, sandbox: Sandbox, general: int) -> None:
    raw, _ = await api.identified(intents=GUILDS | MESSAGES | CONTENT)
    deny_bot(sandbox, sandbox.channel("bot-commands"))

    await sandbox.act.message(user="admin", channel=sandbox.channel("bot-commands"), content="hidden")
    await sandbox.act.message(user="admin", channel=general, content="seen")

    assert (await raw.event("MESSAGE_CREATE"))["d"]["content"] == "seen"


async def test_each_shard_hears_of_its_own_servers_only(api: Api) -> None:
    seen: list[str] = []
    for number in range(2):
        raw = await api.gateway()
        await raw.send(2, {"token": api.sandbox.token, "intents": GUILDS, "shard": [number, 2]})
        ready = await raw.event("READY")
        assert ready["d"]["shard"] == [number, 2]
        assert all((int(guild["id"]) >> 22) % 2 == number for guild in ready["d"]["guilds"])
        seen += [guild["id"] for guild in ready["d"]["guilds"]]

    assert sorted(seen) == sorted([str(api.sandbox.home_guild_id), str(api.sandbox.other_guild_id)])


async def test_members_are_sent_in_chunks_with_nonce_and_presences(api: Api) -> None:
    raw, _ = await api.identified()
    request = {"guild_id": str(api.sandbox.home_guild_id), "query": "", "limit": 0}

    await raw.send(8, request | {"presences": True, "nonce": "abc"})

    chunk = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]
    assert len(chunk["members"]) == 5
    assert len(chunk["presences"]) == 5
    assert (chunk["nonce"], chunk["chunk_index"], chunk["chunk_count"]) == ("abc", 0, 1)


async def test_members_can_be_asked_for_by_name_and_by_id(api: Api) -> None:
    raw, _ = await api.identified()
    users, guild = api.sandbox.users, str(api.sandbox.home_guild_id)

    await raw.send(8, {"guild_id": guild, "query": "MON", "limit": 5})
    by_name = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]
    await raw.send(8, {"guild_id": guild, "user_ids": [str(users["mod"]), str(users["newcomer"])]})
    by_id = (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]

    assert [member["user"]["username"] for member in by_name["members"]] == ["mona"]
    assert [member["user"]["id"] for member in by_id["members"]] == [str(users["mod"])]
    assert by_id["not_found"] == [str(users["newcomer"])]


async def test_the_whole_member_list_needs_the_members_intent(api: Api) -> None:
    raw, _ = await api.identified(intents=GUILDS)
    guild = str(api.sandbox.home_guild_id)

    await raw.send(8, {"guild_id": guild, "query": "", "limit": 0})
    await raw.send(8, {"guild_id": "1", "query": "a", "limit": 1})
    await raw.send(8, {"guild_id": guild, "query": "nobody", "limit": 1})

    assert (await raw.event("GUILD_MEMBERS_CHUNK"))["d"]["members"] == []


async def test_without_the_presences_intent_a_server_comes_with_just_the_bot(api: Api) -> None:
    raw = await api.gateway()

    await raw.send(2, {"token": api.sandbox.token, "intents": GUILDS | 1 << 1})

    guild = (await raw.event("GUILD_CREATE"))["d"]
    assert [member["user"]["id"] for member in guild["members"]] == [str(api.sandbox.application_id)]
    assert guild["member_count"] == 5


@pytest.mark.parametrize(
    ("control", "op", "data"),
    [
        ({"action": "reconnect"}, 7, None),
        ({"action": "invalid_session"}, 9, False),
        ({"action": "invalid_session", "resumable": True}, 9, True),
    ],
)
async def test_the_controls_send_what_they_say(
    api: Api, control: dict[str, Any], op: int, data: object
) -> None:
    raw, _ = await api.identified()

    status, answer = await api.control("POST", "/control/gateway", control)

    assert (status, answer) == (200, {"connections": 1})
    assert (await raw.op(op))["d"] is data


async def test_the_controls_can_close_with_a_code(api: Api) -> None:
    raw, _ = await api.identified()

    await api.control("POST", "/control/gateway", {"action": "drop", "close_code": 4000})

    assert await raw.close_code() == 4000


async def test_a_session_that_the_server_closed_with_a_code_stays_resumable(api: Api) -> None:
    _, session_id = await api.identified()
    await api.control("POST", "/control/gateway", {"action": "drop", "close_code": 4000})

    again = await api.gateway()
    await again.send(6, {"token": api.sandbox.token, "session_id": session_id, "seq": 3})

    assert (await again.next())["t"] == "RESUMED"


async def test_stopping_closes_every_connection_as_going_away(api: Api) -> None:
    raw, _ = await api.identified()

    await api.sandbox.stop()

    assert await raw.close_code() == 1001
