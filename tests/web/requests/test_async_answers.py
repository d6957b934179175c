"""Cached answers that take waiting to make: computed once for all, and never given past a change."""

import asyncio
import gzip

import msgspec
import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tests.web.helpers import TIMEOUT_S, MakeSite, Site
from web.answers.bodies import Body
from web.requests.responses import RESPONSES
from web.routing import RouteSpec


class Source:
    """A route whose body waits at a gate; each time it is made it tells the version that it read."""

    def __init__(self, padding: str = "") -> None:
        self.version = 1
        self.calls = 0
        self.failing = False
        self.padding = padding
        self.arrived = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.spec = RouteSpec(
            path="/slow",
            handler=self.get,
            summary="",
            ttl_s=60,
            tags=frozenset({"source"}),
            serve_stale=True,
        )

    async def get(self, request: web.Request) -> web.Response:
        return await request.app[RESPONSES].serve_async(request, "/slow", self.fetch)

    async def fetch(self) -> Body:
        self.calls += 1
        version = self.version
        self.arrived.release()
        await self.gate.wait()
        if self.failing:
            raise OSError("the disk is gone")
        return Body(msgspec.json.encode({"version": version, "padding": self.padding}))

    async def reached(self) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await self.arrived.acquire()

    def change(self, site: Site) -> None:
        self.version += 1
        site.kernel.caches.drop_tags("source")


async def test_concurrent_requests_share_one_computation(make_site: MakeSite) -> None:
    source = Source()
    site = await make_site((source.spec,))
    asking = [asyncio.create_task(site.get("/slow")) for _ in range(20)]
    await source.reached()
    source.gate.set()
    answers = await asyncio.gather(*asking)
    assert source.calls == 1
    assert {answer.body for answer in answers} == {answers[0].body}
    assert {answer.headers["x-cache"] for answer in answers} <= {"miss", "hit"}


async def test_a_change_during_a_computation_invalidates_its_result(make_site: MakeSite) -> None:
    source = Source()
    site = await make_site((source.spec,))
    asking = asyncio.create_task(site.get("/slow"))
    await source.reached()
    source.change(site)
    source.gate.set()
    answer = await asking
    assert (answer.json()["version"], answer.headers["x-cache"], source.calls) == (2, "miss", 2)
    assert (await site.get("/slow")).headers["x-cache"] == "hit"


async def test_an_answer_that_changes_too_fast_is_sent_as_stale(
    make_site: MakeSite,
) -> None:
    source = Source()
    site = await make_site((source.spec,))
    asking = asyncio.create_task(site.get("/slow"))
    for _ in range(3):
        await source.reached()
        source.change(site)
        source.gate.set()
        await asyncio.sleep(0)
        source.gate.clear()
    answer = await asking
    assert (answer.status, answer.headers["x-cache"], source.calls) == (200, "stale", 3)
    source.gate.set()
    assert (await site.get("/slow")).headers["x-cache"] == "miss"


async def test_a_known_head_is_answered_at_once_only_from_memory(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source()
    source.gate.set()
    site = await make_site((source.spec,))
    wire = await site.wire()
    assert (await wire.ask("/slow")).headers["x-cache"] == "miss"
    with monkeypatch.context() as patched:
        patched.setattr(RequestHandler, "data_received", _refuse)
        assert (await wire.ask("/slow")).headers["x-cache"] == "hit"
    source.change(site)
    assert (await wire.ask("/slow")).json()["version"] == 2
    assert (await wire.ask("/slow")).headers["x-cache"] == "hit"
    stats = site.kernel.caches.get("http:/slow").stats()
    assert (stats.hits, stats.misses) == (2, 2)


def _refuse(*_args: object) -> None:
    raise AssertionError("the parser was asked")


async def test_the_stale_answer_is_served_if_the_store_fails(make_site: MakeSite) -> None:
    source = Source()
    source.gate.set()
    site = await make_site((source.spec,))
    first = await site.get("/slow")
    source.failing = True
    site.clock.advance(61)
    stale = await site.get("/slow")
    assert (stale.status, stale.headers["x-cache"], stale.headers["age"]) == (200, "stale", "61")
    assert stale.body == first.body
    source.change(site)
    assert (await site.get("/slow")).status == 500


async def test_with_the_flag_off_each_answer_is_computed(make_site: MakeSite) -> None:
    source = Source()
    source.gate.set()
    site = await make_site((source.spec,), enable_response_caching=False)
    for _ in range(2):
        assert (await site.get("/slow")).headers["x-cache"] == "off"
    assert source.calls == 2


async def test_a_large_body_is_compressed_ahead(make_site: MakeSite) -> None:
    source = Source("long " * 10_000)
    source.gate.set()
    site = await make_site((source.spec,))
    plain = await site.get("/slow")
    packed = await site.get("/slow", Accept_Encoding="gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] != plain.headers["etag"]
