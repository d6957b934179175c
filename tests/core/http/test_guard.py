"""What is sent to and what is not: by text, by look-up, and again at the moment of connecting."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from core.http import guard
from core.http.guard import (
    ForbiddenTarget,
    build_session,
    check_target,
    check_url,
    is_loopback_address,
    is_public,
)
from core.http.look_ups import LookUps

LOOK_UPS = LookUps("test")
INSIDE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1",
    "64:ff9b:1::a00:1", "fec0::1", "::127.0.0.1", "::ffff:0:10.0.0.1", "192.0.0.192", "::ffff:192.0.0.192",
    "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110", "2002:a83f:8110::1",
]  # fmt: skip
OUTSIDE = ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_only_we_can_reach_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_is(address: str) -> None:
    assert is_public(address)


@given(st.text())
def test_what_is_no_address_is_neither(text: str) -> None:
    if not text.strip("0123456789abcdefABCDEF:.%"):
        return
    assert not is_public(text) or "%" in text
    assert not is_loopback_address("x" + text)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "http://example.com/", "ftp://example.com/", "https://", "https:///x", "//example.com/",
        "https://user@example.com/", "https://user:pass@example.com/", "https://example.com:port/",
        "https://exa mple.com/", "https://example.com\\@10.0.0.1/", "https://\u00e4.example/", "https://x/\n",
        "https://[::1]/", "https://127.0.0.1/", "https://10.0.0.1/x", "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/", "https://169.254.169.254/latest/meta-data", "https://[", "javascript:x",
        "https://example.com/" + "x" * 2050,
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_subscribed(url: str) -> None:
    with pytest.raises(ForbiddenTarget, match="target_url"):
        check_url(url, loopback=False)


@pytest.mark.parametrize(
    "url", ["https://hooks.zapier.com/hooks/catch/1/2/", "https://8.8.8.8/x", "https://example.com:8443/?a=b"]
)
def test_an_address_that_may(url: str) -> None:
    assert check_url(url, loopback=False).scheme == "https"


@given(st.text(max_size=100))
def test_any_text_is_taken_or_refused(text: str) -> None:
    try:
        parts = check_url(text, loopback=False)
    except ForbiddenTarget:
        return
    assert parts.scheme == "https"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://localhost/x", "https://[::1]/", "http://[::1]:9/"]
)
def test_in_the_sandbox_this_machine_may_be_meant(url: str) -> None:
    check_url(url, loopback=True)


def test_in_the_sandbox_no_other_machine_inside_is() -> None:
    with pytest.raises(ForbiddenTarget):
        check_url("http://10.0.0.1/", loopback=True)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


async def test_a_name_that_leads_inside_is_not_subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(ForbiddenTarget, match="public"):
        await check_target("https://inside.example/", loopback=False, look_ups=LOOK_UPS)


async def test_a_name_that_leads_outside_is(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "8.8.8.8")
    await check_target("https://outside.example/", loopback=False, look_ups=LOOK_UPS)


async def test_a_name_that_is_not_found_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    with pytest.raises(ForbiddenTarget, match="cannot be found"):
        await check_target("https://nowhere.example/", loopback=False, look_ups=LOOK_UPS)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1"])
async def test_at_the_moment_of_connecting_a_name_that_now_leads_inside_is_refused(host: str) -> None:
    reached = asyncio.Event()

    async def serve(_: web.Request) -> web.Response:
        reached.set()
        return web.Response()

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with build_session(loopback=False, user_agent="test", look_ups=LOOK_UPS) as session:
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"http://{host}:{port}/")
    assert not reached.is_set()
    async with (
        build_session(loopback=True, user_agent="test", look_ups=LOOK_UPS) as session,
        session.get(f"http://localhost:{port}/") as response,
    ):
        assert response.status == 200
    await runner.cleanup()


def test_the_error_is_one_that_sockets_raise_too() -> None:
    # aiohttp lets only OSError through a resolver as a failed connection.
    assert issubclass(guard.ForbiddenTarget, OSError)
