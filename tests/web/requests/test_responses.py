"""Cached routes over a real socket: the shortcut and the long way must say the same."""

import asyncio
import gzip

import msgspec
import pytest
from aiohttp import web

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site
from web.answers.bodies import Body
from web.requests.responses import RESPONSES
from web.routing import RouteSpec

CACHED = ("/status", "/health", "/agents", "/agents/Claude", "/ucf", "/commands")


@pytest.mark.parametrize("path", CACHED)
async def test_a_second_request_is_a_hit_with_the_same_bytes(site: Site, path: str) -> None:
    first, second = await site.get(path), await site.get(path)
    assert (first.status, second.status) == (200, 200)
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("miss", "hit")
    assert first.body == second.body
    assert first.headers["etag"] == second.headers["etag"]


@pytest.mark.parametrize("path", CACHED)
async def test_a_cached_answer_has_cache_headers(site: Site, path: str) -> None:
    headers = (await site.get(path)).headers
    # What no tag can drop holds for its TTL.
    assert headers["cache-control"] == ("max-age=60" if path == "/commands" else "no-cache")
    assert headers["vary"] == "Accept-Encoding"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["age"] == "0"
    assert not headers["etag"].startswith("W/")


async def test_a_change_of_state_shows_in_the_next_answer(site: Site) -> None:
    before = await site.get("/status")
    await site.change(harmony=0.31)
    after = await site.get("/status")
    assert after.headers["x-cache"] == "miss"
    assert after.json()["ucf"]["harmony"] == 0.31
    assert after.json()["state"]["version"] > before.json()["state"]["version"]
    assert (await site.get("/ucf")).json()["ucf"]["harmony"]["value"] == 0.31


async def test_a_change_of_health_shows_in_the_next_answer(site: Site) -> None:
    assert (await site.get("/health")).json()["status"] != "fail"
    site.break_store()
    failed = await site.get("/health")
    assert (failed.status, failed.json()["status"]) == (503, "fail")


async def test_the_age_grows_until_the_entry_ends(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    site.clock.advance(4.2)
    aged = await wire.ask("/ucf")
    site.clock.advance(1)
    renewed = await wire.ask("/ucf")
    assert (aged.headers["age"], aged.headers["x-cache"]) == ("4", "hit")
    assert (renewed.headers["age"], renewed.headers["x-cache"]) == ("0", "miss")
    assert renewed.body == aged.body


async def test_a_client_that_has_the_answer_gets_304_without_a_body(site: Site) -> None:
    etag = (await site.get("/ucf")).headers["etag"]
    for condition in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await site.get("/ucf", If_None_Match=condition)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
        assert "content-type" not in answer.headers


async def test_a_304_ends_when_the_state_changes(site: Site) -> None:
    wire = await site.wire()
    etag = (await wire.ask("/ucf")).headers["etag"]
    condition = f"If-None-Match: {etag}"
    assert [(await wire.ask("/ucf", condition)).status for _ in range(3)] == [304, 304, 304]
    await site.change(zoom=1.5)
    changed = await wire.ask("/ucf", condition)
    assert (changed.status, changed.json()["ucf"]["zoom"]["value"]) == (200, 1.5)


async def test_a_condition_for_another_encoding_does_not_count(site: Site) -> None:
    plain = await site.get("/agents")
    packed = await site.get("/agents", Accept_Encoding="gzip", If_None_Match=plain.headers["etag"])
    assert packed.status == 200
    assert packed.headers["etag"] != plain.headers["etag"]


async def test_a_condition_on_another_version_fails_the_request(site: Site) -> None:
    etag = (await site.get("/ucf")).headers["etag"]
    for condition in (etag, f'"other", {etag}', "*"):
        assert (await site.get("/ucf", If_Match=condition)).status == 200
    for condition in ('"other"', f"W/{etag}", ""):
        answer = await site.get("/ucf", If_Match=condition)
        assert (answer.status, answer.headers["content-type"]) == (412, "application/problem+json")
    wire = await site.wire()
    assert (await wire.ask("/ucf", f"If-Match: {etag}")).status == 200
    await site.change(zoom=1.5)
    assert (await wire.ask("/ucf", f"If-Match: {etag}")).status == 412


async def test_with_a_read_token_answers_are_private(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret("a-token-to-read-with"))
    for path, control in (("/ucf", "private, no-cache"), ("/commands", "private, max-age=60")):
        answer = await site.get(path, Authorization="Bearer a-token-to-read-with")
        assert answer.headers["cache-control"] == control


async def test_a_failing_health_is_never_a_304(site: Site) -> None:
    site.break_store()
    assert (await site.get("/health", If_None_Match="*")).status == 503


async def test_gzip_holds_the_same_bytes(site: Site) -> None:
    plain = await site.get("/agents")
    packed = await site.get("/agents", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)


@pytest.mark.parametrize("path", [*CACHED, "/", "/metrics", "/health/live", "/health/ready"])
async def test_head_has_the_headers_of_get_and_no_body(site: Site, path: str) -> None:
    wire = await site.wire()
    await site.get(path)
    for _ in range(3):
        full, head = await wire.ask(path), await wire.ask(path, method="HEAD")
        assert head.status == full.status == 200
        if path not in {"/metrics", "/"}:
            assert head.headers == {**full.headers, "date": head.headers["date"]}


async def test_with_the_flag_off_nothing_is_cached(make_site: MakeSite) -> None:
    site = await make_site(enable_response_caching=False)
    for _ in range(2):
        assert (await site.get("/ucf")).headers["x-cache"] == "off"


async def test_switching_the_flag_off_at_run_time_counts_at_once(site: Site) -> None:
    wire = await site.wire()
    assert [(await wire.ask("/ucf")).headers["x-cache"] for _ in range(3)] == ["miss", "hit", "hit"]
    site.kernel.flags.switch("response_caching", False)
    assert (await wire.ask("/ucf")).headers["x-cache"] == "off"
    site.kernel.flags.switch("response_caching", True)
    assert (await wire.ask("/ucf")).headers["x-cache"] in {"hit", "miss"}


async def test_fifty_concurrent_requests_make_one_computation(site: Site) -> None:
    answers = await asyncio.gather(*(site.get("/agents") for _ in range(50)))
    assert {answer.body for answer in answers} == {answers[0].body}
    assert site.kernel.caches.get("http:/agents").stats().misses == 1


class Source:
    """A route whose computation can be told to fail."""

    def __init__(self, *, serve_stale: bool) -> None:
        self.failing = False
        self.built = 0
        self.spec = RouteSpec(
            path="/source",
            handler=self.get,
            summary="",
            ttl_s=10,
            tags=frozenset({"source"}),
            serve_stale=serve_stale,
        )

    async def get(self, request: web.Request) -> web.Response:
        return request.app[RESPONSES].serve(request, "/source", self.build)

    def build(self) -> Body:
        self.built += 1
        if self.failing:
            raise RuntimeError("secret of the inside")
        return Body(msgspec.json.encode({"built": self.built}))


@pytest.mark.parametrize("wired", [True, False])
async def test_a_failed_refresh_serves_the_stale_answer(make_site: MakeSite, wired: bool) -> None:
    source = Source(serve_stale=True)
    site = await make_site((source.spec,))
    wire = await site.wire()
    ask = wire.ask if wired else site.get
    first = await ask("/source")
    source.failing = True
    site.clock.advance(25)
    stale = await ask("/source")
    assert (stale.status, stale.headers["x-cache"], stale.headers["age"]) == (200, "stale", "25")
    assert stale.body == first.body


async def test_an_invalidated_answer_is_never_served_as_stale(make_site: MakeSite) -> None:
    source = Source(serve_stale=True)
    site = await make_site((source.spec,))
    wire = await site.wire()
    await wire.ask("/source")
    source.failing = True
    site.kernel.caches.drop_tags("source")
    failed = await wire.ask("/source")
    assert failed.status == 500
    assert b"secret" not in failed.body


async def test_a_failing_known_head_gets_an_incident_and_recovers(make_site: MakeSite) -> None:
    source = Source(serve_stale=False)
    site = await make_site((source.spec,))
    wire = await site.wire()
    await wire.ask("/source")
    await wire.ask("/source")
    source.failing = True
    site.clock.advance(11)
    assert (await wire.ask("/source")).status == 500
    source.failing = False
    assert (await wire.ask("/source")).status == 200
