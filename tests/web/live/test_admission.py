"""Who may listen: how many, with which token or session, from which page, by which handshake."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site, counter
from tests.web.live.listening import WsListener, gone, over_sse, over_ws
from web.access.sessions import LASTS_S
from web.live import streams

TOKEN = "a-token-to-read-with"


async def test_streams_are_bounded_in_all(make_site: MakeSite) -> None:
    site = await make_site(max_streams=2)
    async with over_sse(site), over_ws(site):
        answer = await site.get("/events")
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert answer.json()["type"] == "urn:helix:problem:too-many-streams"
    await gone(site)
    async with over_sse(site) as listener:
        assert (await listener.next()).event == "snapshot"


async def test_streams_are_bounded_for_each_address(make_site: MakeSite) -> None:
    site = await make_site(max_streams_per_client=1, trusted_proxies=())
    async with over_sse(site, "/events", "X-Forwarded-For: 192.0.2.1"):
        # Nobody vouches for the header: it is the same client.
        answer = await site.get("/events", X_Forwarded_For="192.0.2.2")
        assert (answer.status, answer.headers["retry-after"]) == (429, "30")


async def test_clients_behind_a_trusted_proxy_count_separately(make_site: MakeSite) -> None:
    from ipaddress import ip_network

    site = await make_site(max_streams_per_client=1, trusted_proxies=(ip_network("127.0.0.1/32"),))
    async with (
        over_sse(site, "/events", "X-Forwarded-For: 192.0.2.1"),
        over_sse(site, "/events", "X-Forwarded-For: 192.0.2.2") as other,
    ):
        assert other.status == 200
        assert (await site.get("/events", X_Forwarded_For="192.0.2.1")).status == 429


async def test_the_limit_of_open_files_limits_the_clients(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "raise_file_limit", lambda _: 1001)
    site.streams.make_room(1000)
    async with over_sse(site):
        assert (await site.get("/events")).status == 503


async def test_streams_take_no_place_of_other_requests(make_site: MakeSite) -> None:
    site = await make_site(max_connections=2)
    async with AsyncExitStack() as stack:
        for _ in range(6):
            listener = await stack.enter_async_context(over_sse(site))
            await listener.next()
        assert (await site.get("/status")).status == 200
        assert site.streams.clients == 6


@pytest.mark.parametrize("path", ["/events", "/ws"])
async def test_a_stream_needs_the_token_if_one_is_set(make_site: MakeSite, path: str) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    assert (await site.get(path)).status == 401
    assert (await site.get(path, Authorization="Bearer wrong")).status == 401
    if path == "/events":
        async with over_sse(site, path, f"Authorization: Bearer {TOKEN}") as listener:
            assert (await listener.next()).event == "snapshot"
    else:
        async with over_ws(site, path, headers={"Authorization": f"Bearer {TOKEN}"}) as ws:
            assert (await ws.next()).event == "snapshot"


async def open_by_session(site: Site) -> tuple[aiohttp.ClientSession, str]:
    """A browser that has shown the token; and its cookie as a header."""
    session = await site.session(cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with session.post("/session", json={"token": TOKEN}) as answer:
        assert answer.status == 200
        return session, f"Cookie: {answer.headers['Set-Cookie'].partition(';')[0]}"


async def test_a_session_that_ends_ends_its_streams(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    session, cookie = await open_by_session(site)
    async with (
        over_sse(site, "/events", cookie) as sse,
        session.ws_connect("/ws") as connection,
        over_sse(site, "/events", f"Authorization: Bearer {TOKEN}") as other,
    ):
        ws = WsListener(connection)
        for listener in (sse, ws, other):
            assert (await listener.next()).event == "snapshot"
        async with session.delete("/session") as answer:
            assert answer.status == 204
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await sse.next()
        assert await ws.end() == aiohttp.WSCloseCode.POLICY_VIOLATION
        # Whoever showed the token itself goes on.
        await site.change(harmony=0.9)
        assert (await other.next()).event == "state"
    dropped = counter(site.kernel.metrics, "helix_stream_dropped_total")
    assert (dropped.value("sse", "session"), dropped.value("ws", "session")) == (1, 1)


async def test_a_session_that_expires_ends_its_stream_at_the_next_heartbeat(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    _, cookie = await open_by_session(site)
    async with site.beating(), over_sse(site, "/events?topics=state", cookie) as sse:
        await sse.next()
        await site.clock.until_sleeping()
        site.clock.advance(LASTS_S)
        await gone(site)


async def test_a_page_of_another_origin_may_read_events_and_open_no_websocket(site: Site) -> None:
    async with over_sse(site, "/events", "Origin: https://evil.example") as listener:
        assert listener.status == 200
    for origin, status in (("https://evil.example", 403), ("null", 403)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with over_ws(site, headers={"Origin": origin}):
                pass
        assert refused.value.status == status
    own = f"http://127.0.0.1:{site.server.port}"
    async with over_ws(site, headers={"Origin": own}) as ws:
        assert (await ws.next()).event == "snapshot"


ASKED = ("Upgrade: websocket", "Connection: Upgrade")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((), 426),
        (("Upgrade: websocket", "Sec-WebSocket-Version: 13"), 426),
        (("Upgrade: h2c", "Connection: Upgrade"), 426),
        ((*ASKED, "Sec-WebSocket-Version: 8"), 426),
        ((*ASKED, "Sec-WebSocket-Version: 13"), 400),
        ((*ASKED, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="), 400),
        ((*ASKED, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: *"), 400),
    ],
)
async def test_invalid_handshakes_are_refused(site: Site, headers: tuple[str, ...], status: int) -> None:
    wire = await site.wire()
    answer = await wire.ask("/ws", *headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 426:
        assert answer.headers["upgrade"] == "websocket"


async def test_a_websocket_is_opened_only_by_get(site: Site) -> None:
    wire = await site.wire()
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    answer = await wire.ask("/ws", *ASKED, "Sec-WebSocket-Version: 13", key, method="HEAD")
    assert (answer.status, site.streams.clients) == (426, 0)
