"""A budget for each client: what costs a token, what does not, and who counts as one client."""

import asyncio
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.manual_clock import ManualClock
from tests.web.helpers import TIMEOUT_S, MakeSite, Site, counter, head
from tests.web.requests.test_middleware import assert_problem
from web.edge.protocol import Connection
from web.edge.rate_limit import RateLimit, client_key

PROXY = {"trusted_proxies": (ip_network("127.0.0.0/8"),)}


def test_the_requests_of_a_minute_may_come_in_one_burst() -> None:
    limit = RateLimit("reading", 3, ManualClock())
    assert [limit.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert limit.take("b")


def test_a_bucket_fills_evenly_and_never_beyond_its_size() -> None:
    clock = ManualClock()
    limit = RateLimit("reading", 3, clock)
    for _ in range(3):
        limit.take("a")
    assert limit.wait_s("a") == pytest.approx(20)
    clock.advance(19.9)
    assert not limit.take("a")
    clock.advance(0.1)
    assert limit.take("a")
    assert not limit.take("a")
    clock.advance(10_000)
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]


def test_without_a_limit_nothing_is_counted() -> None:
    limit = RateLimit("reading", 0, ManualClock())
    assert all(limit.take("a") for _ in range(1000))
    assert (limit.wait_s("a"), len(limit)) == (0.0, 0)


def test_the_table_is_bounded_and_evicts_the_least_recently_seen_client() -> None:
    limit = RateLimit("reading", 1, ManualClock(), max_clients=2)
    for client in ("a", "b"):
        limit.take(client)
    assert not limit.take("a")
    limit.take("c")
    assert len(limit) == 2
    assert not limit.take("a")
    assert limit.take("b")


@given(
    per_minute=st.integers(1, 50),
    pauses_s=st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=200),
)
def test_no_period_allows_more_than_the_bucket_and_its_refill(per_minute: int, pauses_s: list[float]) -> None:
    clock = ManualClock()
    limit = RateLimit("reading", per_minute, clock)
    taken_at: list[float] = []
    for pause_s in pauses_s:
        clock.advance(pause_s)
        if limit.take("a"):
            taken_at.append(clock.monotonic())
        else:
            assert limit.wait_s("a") > 0
    for first, start_s in enumerate(taken_at):
        for last in range(first, len(taken_at)):
            flowed_in = (taken_at[last] - start_s) * per_minute / 60
            assert last - first + 1 <= per_minute + flowed_in + 1e-6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("unknown", "unknown", True),
    ],
)
def test_who_counts_as_one_client(one: str, other: str, same: bool) -> None:
    assert (client_key(one) == client_key(other)) is same


async def _ask(site: Site, path: str, client: str = "198.51.100.1", **options: str) -> int:
    return (await site.get(path, X_Forwarded_For=client, **options)).status


async def test_a_client_over_budget_gets_retry_after(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=2, **PROXY)
    assert [await _ask(site, "/nothing") for _ in range(2)] == [404, 404]
    refused = await site.get("/metrics", X_Forwarded_For="198.51.100.1")
    problem = assert_problem(refused, 429)
    assert problem["type"] == "urn:helix:problem:rate-limit"
    assert refused.headers["retry-after"] == "30"
    assert refused.headers["ratelimit-policy"] == '"reading";q=2;w=60'
    assert refused.headers["ratelimit"] == '"reading";r=0;t=30'
    assert await _ask(site, "/metrics", "198.51.100.2") == 200
    assert counter(site.kernel.metrics, "helix_refusals_total").value("rate") == 1
    site.clock.advance(30)
    assert await _ask(site, "/metrics") == 200


async def test_cached_answers_are_free(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=2, **PROXY)
    for number in range(20):
        # Each time another head, so that no answer comes from the hot table.
        answer = await site.get("/ucf", X_Forwarded_For="198.51.100.1", X_Number=str(number))
        assert answer.status == 200
    assert await _ask(site, "/nothing") == 404
    assert await _ask(site, "/nothing") == 429
    assert await _ask(site, "/ucf") == 200


async def test_a_client_over_budget_gets_only_cached_answers(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1, **PROXY)
    await _ask(site, "/agents", "203.0.113.5")
    assert await _ask(site, "/nothing") == 404
    assert await _ask(site, "/agents") == 200
    misses = site.kernel.caches.get("http:/agents").stats().misses
    assert await _ask(site, "/agents?layer=Operational") == 429
    assert await _ask(site, "/agents/Nobody") == 429
    assert await _ask(site, "/agents?colour=red") == 429
    await site.change(harmony=0.31)
    assert await _ask(site, "/agents", X_Number="2") == 429
    assert site.kernel.caches.get("http:/agents").stats().misses == misses
    assert counter(site.kernel.metrics, "helix_refusals_total").value("rate") == 4


async def test_heads_that_the_hot_table_answers_are_free(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1, **PROXY)
    wire = await site.wire()
    for _ in range(10):
        assert (await wire.ask("/ucf", "X-Forwarded-For: 198.51.100.1")).status == 200
    await site.change(harmony=0.31)
    assert (await wire.ask("/ucf", "X-Forwarded-For: 198.51.100.1")).headers["x-cache"] == "miss"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_probes_of_platforms_are_not_rate_limited(make_site: MakeSite, path: str) -> None:
    site = await make_site(rate_limit_per_minute=1)
    site.connect_gateway()
    assert [(await site.get(path)).status for _ in range(5)] == [200] * 5


async def test_webhooks_have_a_separate_budget(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1, webhook_rate_limit_per_minute=2, **PROXY)
    assert await _ask(site, "/nothing") == 404
    assert await _ask(site, "/nothing") == 429
    statuses = [await _ask(site, "/webhooks/ucf.update", method="POST") for _ in range(3)]
    assert statuses == [415, 415, 429]


async def test_by_default_a_burst_of_events_is_accepted(make_site: MakeSite) -> None:
    site = await make_site()
    wire = await site.wire()
    post = b"POST /webhooks/ucf.update HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    for _ in range(20):
        await wire.send(post * 50)
        assert {(await wire.answer()).status for _ in range(50)} == {415}


async def test_concurrent_requests_get_no_more_than_sequential_ones(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=5, **PROXY)
    statuses = await asyncio.gather(*(_ask(site, f"/agents/{name}") for name in "abcdefghij"))
    assert sorted(statuses) == [404] * 5 + [429] * 5


async def test_a_proxy_on_a_dual_stack_socket_is_known_by_its_ipv4_address(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1, host="::", **PROXY)
    statuses = [await _ask(site, "/nothing", f"198.51.100.{number}") for number in (1, 2, 1)]
    assert statuses == [404, 404, 429]


async def test_a_client_without_a_trusted_proxy_counts_by_its_own_address(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1)
    assert await _ask(site, "/nothing", "198.51.100.1") == 404
    assert await _ask(site, "/nothing", "198.51.100.2") == 429


@pytest.mark.parametrize(
    "form", ["198.51.100.{}:4711", "[2001:db8:0:{}::7]", "[2001:db8:0:{}::7]:4711", "198.51.100.{},"]
)
async def test_each_client_of_a_proxy_has_a_budget_in_any_address_format(
    make_site: MakeSite, form: str
) -> None:
    site = await make_site(rate_limit_per_minute=1, **PROXY)
    for number in range(3):
        # On the second line stands a proxy of our own.
        lines = (f"X-Forwarded-For: {form.format(number)}", "X-Forwarded-For: 127.0.0.1:80")
        answers = [await (await site.wire()).ask("/nothing", *lines) for _ in range(2)]
        assert [answer.status for answer in answers] == [404, 429]


async def test_an_unreadable_forwarded_address_is_logged_once(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = await make_site(**PROXY)
    for name in ("unknown", "_hidden", "x" * 200):
        await _ask(site, "/nothing", name)
    assert caplog.text.count("http.forwarded_for_unreadable peer=127.0.0.1 entry='unknown'") == 1
    assert caplog.text.count("forwarded_for_unreadable") == 1


async def test_an_untrusted_proxy_is_reported(make_site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    site = await make_site()
    for _ in range(4):
        await _ask(site, "/nothing")
    site.kernel.health.refresh()
    check = site.kernel.health.get("access")
    assert check is not None
    assert (check.status, "TRUSTED_PROXIES" in check.action) == ("warn", True)
    assert caplog.text.count("http.proxy_untrusted peer=127.0.0.1 set=TRUSTED_PROXIES") == 1


async def test_a_trusted_proxy_is_not_reported(make_site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    site = await make_site(rate_limit_per_minute=1, **PROXY)
    assert [await _ask(site, "/nothing") for _ in range(2)] == [404, 429]
    assert "proxy_untrusted" not in caplog.text
    site.kernel.health.refresh()
    check = site.kernel.health.get("access")
    assert check is not None
    assert check.status == "pass"


async def test_with_the_cache_off_every_request_is_charged(make_site: MakeSite) -> None:
    site = await make_site(rate_limit_per_minute=1, enable_response_caching=False, **PROXY)
    wire = await site.wire()
    await wire.send(head("/ucf", "X-Forwarded-For: 198.51.100.1"))
    assert (await wire.answer()).headers["x-cache"] == "off"
    assert await _ask(site, "/agents") == 429
    await _idle(site)
    assert (await wire.ask("/ucf", "X-Forwarded-For: 198.51.100.1")).status == 429


async def _idle(site: Site) -> None:
    """Until every connection waits for its next request."""
    assert site.runner.server is not None
    async with asyncio.timeout(TIMEOUT_S):
        while any(
            isinstance(one, Connection) and one.waiting_since() is None
            for one in site.runner.server.connections
        ):
            await asyncio.sleep(0)
