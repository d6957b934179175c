"""The gateway, frame by frame: payloads and fields that discord.py never sends or reads."""

from typing import Any

import pytest
from aiohttp import ClientResponseError, WSServerHandshakeError

from sandbox import Sandbox
from sandbox.gateway.server import DAY_S
from tests.sandbox.support import Api, Clock, RawGateway

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
async def test_an_unknown_compression_or_encoding_is_refused(api: Api, query: dict[str, str]) -> None:
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
