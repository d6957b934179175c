"""Known heads are answered ahead of the parser; whatever is not exactly one of them takes the usual way."""

import asyncio
import random
import socket
from pathlib import Path

import pytest
import uvloop
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from core.logs.secret import Secret
from tests.web.helpers import TIMEOUT_S, Answer, MakeSite, Site, counter, head, histogram
from tests.web.sites import sites
from web import app
from web.access.lockout import ATTEMPTS_PER_MINUTE
from web.edge import fast_path
from web.edge.fast_path import LONGEST_HEAD_BYTES, MAX_HEADS
from web.requests import responses

EXPECTED = {"/ucf": "ucf", "/commands": "commands", "/agents/Claude": "symbol"}
MOVING = {"date", "age", "x-cache"}


def shortcuts(site: Site) -> int:
    return len(site.server._table)


def requests(site: Site, path: str, method: str = "GET", status: str = "200") -> float:
    return counter(site.kernel.metrics, "helix_http_requests_total").value(path, method, status)


async def test_the_fast_path_sends_the_same_as_aiohttp(site: Site) -> None:
    wire = await site.wire()
    for variation in ((), ("Accept-Encoding: gzip",), ("Connection: keep-alive",)):
        usual = await wire.ask("/agents", *variation)
        short = await wire.ask("/agents", *variation)
        assert short.body == usual.body
        assert {k: v for k, v in short.headers.items() if k not in MOVING} == {
            k: v for k, v in usual.headers.items() if k not in MOVING
        }
    assert shortcuts(site) == 3


async def test_a_known_head_is_answered_without_a_handler(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    monkeypatch.setattr(RequestHandler, "data_received", _refuse)
    other_way = await wire.ask("/ucf")
    assert (other_way.status, other_way.headers["x-cache"]) == (200, "hit")


async def test_a_remembered_head_sees_every_change(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = await site.wire()
    before = await wire.ask("/ucf")
    condition = f"If-None-Match: {before.headers['etag']}"
    assert (await wire.ask("/ucf", condition)).status == 304
    monkeypatch.setattr(RequestHandler, "data_received", _refuse)
    await site.change(harmony=0.31)
    after = await wire.ask("/ucf", condition)
    assert (after.status, after.headers["x-cache"]) == (200, "miss")
    assert after.json()["ucf"]["harmony"]["value"] == 0.31
    again = await wire.ask("/ucf")
    assert (again.body, again.headers["x-cache"]) == (after.body, "hit")


async def test_a_remembered_head_obeys_the_cache_flag(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    monkeypatch.setattr(RequestHandler, "data_received", _refuse)
    site.kernel.flags.switch("response_caching", on=False)
    assert site.server._table.answers[head("/ucf")].response(site.server._table) is None
    monkeypatch.undo()
    assert (await wire.ask("/ucf")).headers["x-cache"] == "off"
    site.kernel.flags.switch("response_caching", on=True)
    assert (await wire.ask("/ucf")).headers["x-cache"] == "hit"


async def test_a_known_head_closes_the_connection_while_draining(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    assert "connection" not in (await wire.ask("/ucf")).headers
    site.kernel.drain.close()
    last = await wire.ask("/ucf")
    assert (last.status, last.headers["connection"]) == (200, "close")
    assert await wire.closed()


def _refuse(*_args: object) -> None:
    raise AssertionError("the parser was asked")


async def test_the_fast_path_counts_its_requests(site: Site) -> None:
    wire = await site.wire()
    for _ in range(5):
        await wire.ask("/ucf")
    await wire.ask("/ucf", method="HEAD")
    await wire.ask("/ucf", method="HEAD")
    assert requests(site, "/ucf") == 5
    assert requests(site, "/ucf", "HEAD") == 2
    durations = histogram(site.kernel.metrics, "helix_http_request_duration_seconds")
    assert durations.summary("/ucf").count == 7
    stats = site.kernel.caches.get("http:/ucf").stats()
    assert (stats.hits, stats.misses) == (6, 1)


async def test_a_remembered_head_serves_other_connections(site: Site) -> None:
    await (await site.wire()).ask("/ucf")
    again = await (await site.wire()).ask("/ucf")
    assert again.headers["x-cache"] == "hit"
    assert shortcuts(site) == 1


async def test_pipelined_requests_are_answered_in_their_order(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    await wire.send(head("/commands") + head("/ucf") + head("/nothing") + head("/ucf"))
    answers = [await wire.answer() for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 404, 200]
    assert "commands" in answers[0].json()
    assert "ucf" in answers[1].json()
    assert (await wire.ask("/ucf")).status == 200


async def test_a_known_head_waits_for_the_earlier_request(make_site: MakeSite) -> None:
    gate = asyncio.Event()
    arrived = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        arrived.set()
        await gate.wait()
        return web.Response(text="slow")

    from web.routes.table import ROUTES
    from web.routing import RouteSpec

    site = await make_site((*ROUTES, RouteSpec(path="/slow", handler=slow, summary="")))
    wire = await site.wire()
    await wire.ask("/ucf")
    await wire.send(head("/slow"))
    await asyncio.wait_for(arrived.wait(), TIMEOUT_S)
    await wire.send(head("/ucf"))
    await _parsed(site)
    gate.set()
    assert (await wire.answer()).body == b"slow"
    assert "ucf" in (await wire.answer()).json()


async def test_a_head_in_pieces_is_not_mistaken_for_another(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    # The known head, sent as the value of a header that has begun before.
    await wire.send(b"GET /nothing HTTP/1.1\r\nHost: helix.test\r\nX-Part: ")
    await _parsed(site)
    await wire.send(head("/ucf"))
    assert (await wire.answer()).status in {400, 404}


async def test_a_head_with_the_start_of_another_behind_it_is_not_remembered(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    await wire.send(head("/commands") + b"GET /nothing HTTP/1.1\r\nHost: helix.test\r\nX-Part: ")
    assert "commands" in (await wire.answer()).json()
    assert shortcuts(site) == 1
    await wire.send(head("/ucf"))
    assert (await wire.answer()).status in {400, 404}


async def _parsed(site: Site) -> None:
    """Until the server has read what was sent: another connection's answer comes after it."""
    await site.get("/health/live")


async def test_a_body_that_looks_like_a_known_head_is_a_body(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    inner = head("/ucf")
    await wire.send(head("/commands", f"Content-Length: {len(inner)}"))
    await _parsed(site)
    await wire.send(inner)
    answer = await wire.answer()
    assert "commands" in answer.json()
    assert await wire.closed()


@pytest.mark.parametrize("seed", range(8))
async def test_requests_in_any_pieces_are_answered_in_order(site: Site, seed: int) -> None:
    chance = random.Random(seed)
    statuses = {"/ucf": 200, "/commands": 200, "/nothing": 404, "/agents?x=1": 400, "/agents/Claude": 200}
    for _ in range(10):
        wire = await site.wire()
        paths = chance.choices(list(statuses), k=chance.randint(1, 12))
        data = b"".join(head(path) for path in paths)
        cuts = sorted(chance.sample(range(1, len(data)), k=min(len(data) - 1, chance.randint(0, 6))))
        if chance.random() < 0.5:
            # Cut where the requests end, which is where known heads are answered ahead.
            cuts = [sum(len(head(path)) for path in paths[:n]) for n in range(1, len(paths))]
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            await wire.send(data[start:end])
            await asyncio.sleep(0)
        for path in paths:
            answer = await wire.answer()
            assert answer.status == statuses[path]
            content = answer.json()
            assert EXPECTED.get(path, "detail") in content


async def test_a_client_that_never_completes_a_head_is_disconnected(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_KEEPALIVE_S", 0.05)
    site = await make_site()
    silent, slow, idle = await site.wire(), await site.wire(), await site.wire()
    await slow.send(b"GET /ucf HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    for _ in range(2):
        await idle.ask("/ucf")
    site.clock.advance(0.05)
    assert await silent.closed()
    assert await slow.closed()
    assert await idle.closed()


async def test_a_client_on_the_fast_path_keeps_its_connection(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/commands")
    served = site.only_connection()
    site.clock.advance(10)
    await wire.ask("/commands")
    # The parser's last request was long ago.
    served.closes_idle_at = 0.0
    served._process_keepalive()
    assert (await wire.ask("/commands")).status == 200
    site.clock.advance(app._KEEPALIVE_S + 1)
    served.closes_idle_at = 0.0
    served._process_keepalive()
    assert await wire.closed()


async def test_requests_with_a_body_are_not_remembered(site: Site) -> None:
    await site.get("/ucf")
    before = shortcuts(site)
    wire = await site.wire()
    await wire.send(head("/ucf", "Content-Length: 2"))
    assert (await wire.answer()).status == 200
    await wire.send(b"{}")
    assert await wire.closed()
    assert shortcuts(site) == before


@pytest.mark.parametrize("header", ["Connection: close", "X-Long: " + "x" * LONGEST_HEAD_BYTES])
async def test_some_heads_are_not_remembered(site: Site, header: str) -> None:
    wire = await site.wire()
    assert (await wire.ask("/ucf", header)).status == 200
    assert shortcuts(site) == 0


async def test_old_http_is_answered_and_not_remembered(site: Site) -> None:
    wire = await site.wire()
    await wire.send(b"GET /ucf HTTP/1.0\r\nHost: helix.test\r\n\r\n")
    assert (await wire.answer()).status == 200
    assert await wire.closed()
    assert shortcuts(site) == 0


async def test_errors_are_not_remembered(site: Site) -> None:
    wire = await site.wire()
    for path in ("/nothing", "/agents?x=1", "/agents/Nobody"):
        assert (await wire.ask(path)).status in {400, 404}
    assert shortcuts(site) == 0


async def test_the_memory_of_heads_is_bounded(site: Site) -> None:
    wire = await site.wire()
    for number in range(MAX_HEADS + 10):
        await wire.ask("/ucf", f"X-Number: {number}")
    assert shortcuts(site) == MAX_HEADS
    assert (await wire.ask("/ucf", f"X-Number: {MAX_HEADS + 9}")).headers["x-cache"] == "hit"


async def test_a_remembered_head_includes_the_token(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret("open-sesame-open"))
    wire = await site.wire()
    for _ in range(2):
        assert (await wire.ask("/ucf", "Authorization: Bearer open-sesame-open")).status == 200
    assert (await wire.ask("/ucf")).status == 401
    assert (await wire.ask("/ucf", "Authorization: Bearer open-sesame-opem")).status == 401


async def test_a_locked_out_client_gets_no_remembered_answer(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret("open-sesame-open"))
    reader, guesser = await site.wire(), await site.wire()
    token = "Authorization: Bearer open-sesame-open"
    await reader.ask("/ucf", token)
    for number in range(ATTEMPTS_PER_MINUTE):
        assert (await guesser.ask("/ucf", f"Authorization: Bearer guess-{number}")).status == 401
    assert (await guesser.ask("/ucf", token)).status == 429
    assert shortcuts(site) == 0
    site.clock.advance(60 / ATTEMPTS_PER_MINUTE)
    assert (await reader.ask("/ucf", token)).status == 200
    assert shortcuts(site) == 1


async def test_a_client_that_does_not_read_is_not_served_ahead(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = await site.wire()
    await wire.ask("/agents")
    served = site.only_connection()
    written: list[bytes] = []

    class Full(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            written.append(bytes(data))

        def get_write_buffer_size(self) -> int:
            return len(written)

    transport, served.transport = served.transport, Full()
    passed_on: list[bytes] = []
    monkeypatch.setattr(RequestHandler, "data_received", lambda _self, data: passed_on.append(data))
    served.data_received(head("/agents"))
    served.pause_writing()
    served.data_received(head("/agents"))
    served.resume_writing()
    served.transport = transport
    assert (len(written), passed_on) == (1, [head("/agents")])


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"this is no HTTP\r\n\r\n", 400),
        (b"GET /status HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400),
        (b"GET /status HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET /status HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET /status HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /status HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /status\r\n\r\n", 505),
    ],
)
async def test_bytes_that_are_not_http_get_a_problem_and_the_connection_closes(
    site: Site, data: bytes, status: int
) -> None:
    wire = await site.wire()
    await wire.send(data)
    answer = await wire.answer()
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert await wire.closed()
    assert requests(site, "unmatched", "other", str(status)) == 1


def test_the_fast_path_works_on_uvloop_too(tmp_path: Path) -> None:
    async def story() -> list[Answer]:
        async with sites(tmp_path) as make:
            wire = await (await make()).wire()
            return [await wire.ask("/commands") for _ in range(3)]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = runner.run(story())
    assert [answer.headers["x-cache"] for answer in answers] == ["miss", "hit", "hit"]
    assert len({answer.body for answer in answers}) == 1


async def test_a_client_that_disconnects_does_not_disturb_others(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.server.port)) as client:
        client.sendall(head("/ucf") + b"GET /st")
    assert (await site.get("/ucf")).status == 200


async def test_large_answers_are_not_remembered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = await site.wire()
    size = len((await wire.ask("/commands")).body)
    assert shortcuts(site) == 1
    monkeypatch.setattr(responses, "LARGEST_ANSWER_BYTES", size - 1)
    await wire.ask("/commands", "X-Number: 1")
    assert shortcuts(site) == 1
    monkeypatch.setattr(fast_path, "LARGEST_ANSWER_BYTES", size - 1)
    site.kernel.caches.get("http:/commands").clear()
    assert site.server._table.answers[head("/commands")].response(site.server._table) is None
    assert (await wire.ask("/commands")).status == 200
