"""Sessions of the dashboard: a cookie that counts as READ_TOKEN until it ends."""

import json
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest

from core.logs.secret import Secret
from tests.manual_clock import ManualClock
from tests.web.helpers import Answer, MakeSite, Site, Wire, counter, head
from tests.web.requests.test_middleware import assert_problem
from web.access.sessions import LASTS_S, Sessions

TOKEN = "a-token-to-read-with"


@pytest.fixture
async def closed_site(make_site: MakeSite) -> Site:
    return await make_site(read_token=Secret(TOKEN))


async def send(
    wire: Wire,
    body: object,
    *headers: str,
    content_type: str = "application/json",
    method: str = "POST",
) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = (
        f"{method} /session HTTP/1.1",
        "Host: x",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(data)}",
        *headers,
        "",
        "",
    )
    await wire.send("\r\n".join(lines).encode() + data)
    return await wire.answer()


async def begin(site: Site, *headers: str) -> tuple[str, str]:
    """The cookie as a request shows it, and the header that set it."""
    answer = await send(await site.wire(), {"token": TOKEN}, *headers)
    assert answer.status == 200
    header = answer.headers["set-cookie"]
    return f"Cookie: {header.partition(';')[0]}", header


async def test_a_session_grants_the_access_of_the_token(closed_site: Site) -> None:
    cookie, header = await begin(closed_site)
    wire = await closed_site.wire()
    for path in ("/status", "/agents", "/metrics", "/health", "/commands"):
        assert (await wire.ask(path)).status == 401
        assert (await wire.ask(path, cookie)).status == 200
    assert TOKEN not in header
    assert {"HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={LASTS_S}"} <= set(header.split("; "))
    assert "Secure" not in header


async def test_a_session_opens_the_streams_too(closed_site: Site) -> None:
    cookie, _ = await begin(closed_site)
    wire = await closed_site.wire()
    assert (await wire.ask("/events")).status == 401
    await wire.send(head("/events", cookie))
    assert (await wire.answer(head_only=True)).headers["content-type"] == "text/event-stream"
    websocket = (
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    other = await closed_site.wire()
    assert (await other.ask("/ws", *websocket)).status == 401
    third = await closed_site.wire()
    await third.send(head("/ws", cookie, *websocket))
    assert (await third.answer(head_only=True)).status == 101


async def test_the_answer_contains_only_the_expiry(closed_site: Site) -> None:
    answer = await send(await closed_site.wire(), {"token": TOKEN})
    assert answer.json().keys() == {"ends_at"}
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


async def test_a_session_ends_by_itself_also_on_a_connection_that_is_open(closed_site: Site) -> None:
    cookie, _ = await begin(closed_site)
    wire = await closed_site.wire()
    assert [(await wire.ask("/ucf", cookie)).status for _ in range(3)] == [200, 200, 200]
    closed_site.clock.advance(LASTS_S - 1)
    assert (await wire.ask("/ucf", cookie)).status == 200
    closed_site.clock.advance(1)
    assert (await wire.ask("/ucf", cookie)).status == 401


async def test_an_ended_session_is_invalid_for_every_copy_of_its_cookie(closed_site: Site) -> None:
    cookie, _ = await begin(closed_site)
    other, _ = await begin(closed_site)
    wire = await closed_site.wire()
    assert (await wire.ask("/ucf", cookie)).status == 200
    ended = await wire.ask("/session", cookie, method="DELETE")
    assert ended.status == 204
    assert "Max-Age=0" in ended.headers["set-cookie"]
    assert (await wire.ask("/ucf", cookie)).status == 401
    assert (await wire.ask("/ucf", other)).status == 200
    assert (await wire.ask("/session", method="DELETE")).status == 204


async def test_sessions_over_http_and_https_end_together(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN), trusted_proxies=(ip_network("127.0.0.1/32"),))
    plain, _ = await begin(site)
    secure, _ = await begin(site, "X-Forwarded-Proto: https")
    assert secure.startswith("Cookie: __Host-")
    session = await site.session(cookie_jar=aiohttp.DummyCookieJar())
    both = {"Cookie": f"{plain.partition(' ')[2]}; {secure.partition(' ')[2]}"}
    async with session.delete("/session", headers=both) as ended:
        gone = ended.headers.getall("Set-Cookie")
    assert [header.partition("=")[0] for header in gone] == ["helix_session", "__Host-helix_session"]
    assert all("Max-Age=0" in header for header in gone)
    assert ["Secure" in header for header in gone] == [False, True]
    wire = await site.wire()
    for cookie in (plain, secure):
        assert (await wire.ask("/ucf", cookie)).status == 401


async def test_a_session_outlives_a_restart_and_ends_with_the_token(make_site: MakeSite) -> None:
    cookie, _ = await begin(await make_site(read_token=Secret(TOKEN)))
    again = await make_site(read_token=Secret(TOKEN))
    assert (await (await again.wire()).ask("/ucf", cookie)).status == 200
    other = await make_site(read_token=Secret(TOKEN + "x"))
    assert (await (await other.wire()).ask("/ucf", cookie)).status == 401


async def test_a_session_that_was_ended_stays_ended_after_a_restart(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    (ended, _), (other, _) = await begin(site), await begin(site)
    assert (await (await site.wire()).ask("/session", ended, method="DELETE")).status == 204
    again = await (await make_site(read_token=Secret(TOKEN))).wire()
    assert (await again.ask("/ucf", ended)).status == 401
    assert (await again.ask("/ucf", other)).status == 200


@pytest.mark.parametrize(
    "headers", [{"public_url": "https://helix.example"}, {"trusted_proxies": (ip_network("127.0.0.1/32"),)}]
)
async def test_behind_https_the_cookie_is_only_for_https(
    make_site: MakeSite, headers: dict[str, Any]
) -> None:
    site = await make_site(read_token=Secret(TOKEN), **headers)
    cookie, header = await begin(site, "X-Forwarded-Proto: https")
    assert header.startswith("__Host-")
    assert "Secure" in header.split("; ")
    assert "Domain" not in header
    assert (await (await site.wire()).ask("/ucf", cookie)).status == 200


async def test_the_nearest_proxy_decides_whether_a_request_is_secure(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN), trusted_proxies=(ip_network("127.0.0.1/32"),))
    _, header = await begin(site, "X-Forwarded-Proto: http", "X-Forwarded-Proto: https")
    assert "Secure" in header.split("; ")


async def test_an_untrusted_peer_does_not_decide_whether_a_request_is_secure(closed_site: Site) -> None:
    _, header = await begin(closed_site, "X-Forwarded-Proto: https")
    assert "Secure" not in header


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"token": "wrong"}, 401),
        ({"token": TOKEN + "x"}, 401),
        ({"token": "ü"}, 401),
        ({"token": ""}, 401),
        ({"token": 1}, 422),
        ({}, 422),
        ({"token": TOKEN, "more": 1}, 422),
        ([], 422),
        (b"{", 400),
        (b"\xff", 400),
    ],
)
async def test_invalid_bodies_begin_no_session(closed_site: Site, body: object, status: int) -> None:
    answer = await send(await closed_site.wire(), body)
    assert_problem(answer, status)
    assert "set-cookie" not in answer.headers


async def test_a_form_of_another_site_begins_no_session(closed_site: Site) -> None:
    wire = await closed_site.wire()
    assert_problem(await send(wire, {"token": TOKEN}, content_type="text/plain"), 415)
    assert_problem(await send(await closed_site.wire(), {"token": TOKEN}, "Sec-Fetch-Site: cross-site"), 403)
    assert_problem(await closed_site.get("/session", method="DELETE", Sec_Fetch_Site="same-site"), 403)


async def test_without_a_read_token_there_are_no_sessions(site: Site) -> None:
    assert_problem(await send(await site.wire(), {"token": TOKEN}), 409)
    assert (await site.get("/session", method="DELETE")).status == 204


async def test_after_ten_wrong_tokens_even_the_right_one_must_wait(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN), trusted_proxies=(ip_network("127.0.0.1/32"),))
    wire = await site.wire()
    cookie, _ = await begin(site)
    here, there = "X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 203.0.113.2"
    right, wrong = f"Authorization: Bearer {TOKEN}", "Authorization: Bearer guess"
    for _ in range(5):
        assert (await send(wire, {"token": "guess"}, here)).status == 401
        assert (await wire.ask("/ucf", wrong, here)).status == 401
    refused = await send(wire, {"token": TOKEN}, here)
    assert assert_problem(refused, 429)["type"] == "urn:helix:problem:too-many-attempts"
    assert refused.headers["retry-after"] == "6"
    assert (await wire.ask("/ucf", right, here)).status == 429
    assert (await wire.ask("/ucf", right, there)).status == 200
    assert (await wire.ask("/ucf", cookie, here)).status == 200
    assert (await wire.ask("/ucf", here)).status == 401
    assert counter(site.kernel.metrics, "helix_refusals_total").value("token") == 13
    site.clock.advance(6)
    assert (await wire.ask("/ucf", right, here)).status == 200


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a.b.c", "a.99999999999.", "x" * 300, "\u00fc.1.2", "a.99999999999.é"]
)
def test_a_value_with_another_signature_is_not_a_session(value: str) -> None:
    sessions = Sessions(Secret(TOKEN), ManualClock())
    assert not sessions.holds(value)
    sessions.end(value)


def test_no_part_of_a_session_can_be_replaced() -> None:
    sessions = Sessions(Secret(TOKEN), ManualClock())
    (one, _), (other, _) = sessions.begin(), sessions.begin()
    assert one != other
    name, ends, signature = one.split(".")
    assert not sessions.holds(f"{other.split('.')[0]}.{ends}.{signature}")
    assert not sessions.holds(f"{name}.{int(ends) + 1}.{signature}")
    assert not sessions.holds(f"{name}.{ends}.{signature}=")
    assert sessions.holds(one)


def test_the_record_of_ended_sessions_is_bounded_and_expires() -> None:
    clock = ManualClock()
    sessions = Sessions(Secret(TOKEN), clock)
    for _ in range(1100):
        value, _ = sessions.begin()
        sessions.end(value)
        assert not sessions.holds(value)
    assert len(sessions.ended.ids) <= 1024
    clock.advance(LASTS_S + 1)
    value, _ = sessions.begin()
    sessions.end(value)
    assert len(sessions.ended.ids) == 1


def test_a_session_stays_ended_after_its_id_is_dropped() -> None:
    clock = ManualClock()
    sessions = Sessions(Secret(TOKEN), clock)
    first, _ = sessions.begin()
    sessions.end(first)
    clock.advance(1)
    for _ in range(1100):
        sessions.end(sessions.begin()[0])
    assert not sessions.holds(first)
    clock.advance(1)
    assert sessions.holds(sessions.begin()[0])
