"""What is refused, and how refusals read."""

import logging
from typing import Any

import pytest
from aiohttp import web

from core.logs.secret import Secret
from tests.web.helpers import Answer, MakeSite, Site, counter, head
from web.keys import KERNEL
from web.routes.table import ROUTES
from web.routing import Handler, RouteSpec

TOKEN = "a-token-to-read-with"


def assert_problem(answer: Answer, status: int) -> dict[str, Any]:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    return problem


@pytest.mark.parametrize("path", ["/nothing", "/status/", "/agents/Claude/more", "/%00", "/..%2f"])
async def test_an_unknown_path_gets_a_problem(site: Site, path: str) -> None:
    assert_problem(await site.get(path), 404)


async def test_a_path_that_is_nearly_right_gets_a_suggestion(site: Site) -> None:
    assert assert_problem(await site.get("/statu"), 404)["suggestion"] == "/status"


async def test_unmatched_paths_are_one_label(site: Site) -> None:
    for path in ("/a", "/b"):
        await site.get(path)
    requests = counter(site.kernel.metrics, "helix_http_requests_total")
    assert requests.value("unmatched", "GET", "404") == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
async def test_an_unsupported_method_gets_allow(site: Site, method: str) -> None:
    answer = await site.get("/status", method=method)
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_preflight_lists_what_is_allowed(site: Site) -> None:
    answer = await site.get("/status", method="OPTIONS", Origin="https://example.org")
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert (await site.get("/nothing", method="OPTIONS")).status == 404


async def test_pages_of_other_origins_may_read_and_no_more(site: Site) -> None:
    elsewhere = {"Origin": "https://example.org"}
    assert (await site.get("/ucf", **elsewhere)).headers["access-control-allow-origin"] == "*"
    assert (await site.get("/nothing", **elsewhere)).headers["access-control-allow-origin"] == "*"
    for method, path in (("POST", "/webhooks/ucf.update"), ("POST", "/ucf"), ("DELETE", "/hooks/1")):
        answer = await site.get(path, method=method, **elsewhere)
        assert answer.status >= 400
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "may"), [("/webhooks", True), ("/webhooks/ucf.update", False), ("/hooks", False)]
)
async def test_a_preflight_for_a_writing_route_allows_nothing(site: Site, path: str, may: bool) -> None:
    wanted = {"Origin": "https://example.org", "Access_Control_Request_Method": "POST"}
    answer = await site.get(path, method="OPTIONS", **wanted)
    assert answer.status == 204
    assert "POST" in answer.headers["allow"]
    assert "POST" not in answer.headers.get("access-control-allow-methods", "")
    assert ("access-control-allow-origin" in answer.headers) is may
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_query_is_limited(site: Site) -> None:
    assert_problem(await site.get(f"/agents?layer={'x' * 3000}"), 414)
    assert_problem(await site.get(f"/agents?layer={'x' * 1000}"), 400)


async def test_header_fields_are_limited(site: Site) -> None:
    wire = await site.wire()
    assert (await wire.ask("/ucf", *(f"X-{n}: y" for n in range(99)))).status == 200
    assert_problem(await wire.ask("/ucf", *(f"X-{n}: y" for n in range(100))), 431)


READ = [spec for spec in ROUTES if spec.method == "GET" and spec.auth != "webhook"]


@pytest.mark.parametrize("path", [spec.example for spec in READ if spec.query_names])
async def test_unknown_parameters_are_refused_by_name(site: Site, path: str) -> None:
    problem = assert_problem(await site.get(f"{path}?colour=red&b=2"), 400)
    assert problem["parameters"] == ["b", "colour"]
    assert "'colour'" in problem["detail"]


@pytest.mark.parametrize("spec", [spec for spec in READ if not spec.query_names], ids=lambda spec: spec.path)
async def test_a_route_without_parameters_ignores_the_query(site: Site, spec: RouteSpec) -> None:
    for query in ("fbclid=1", "cachebuster=2&cachebuster=3", "b"):
        answer = await site.get(f"{spec.example}?{query}")
        assert answer.status in spec.expected
    if spec.ttl_s is not None:
        assert answer.headers["x-cache"] == "hit"


async def test_a_webhook_ignores_the_query(site: Site) -> None:
    assert_problem(await site.get("/webhooks/ucf.update?utm_source=x", method="POST"), 415)


async def test_an_ignored_query_displaces_no_remembered_head(site: Site) -> None:
    wire = await site.wire()
    await wire.ask("/ucf")
    for number in range(3):
        await wire.ask(f"/ucf?cachebuster={number}")
    assert len(site.server._table) == 1


async def test_a_parameter_given_twice_is_refused(site: Site) -> None:
    problem = assert_problem(await site.get("/agents?layer=Operational&layer=Integration"), 400)
    assert problem["parameters"] == ["layer"]


async def test_a_body_over_the_limit_is_refused_before_it_is_read(make_site: MakeSite) -> None:
    site = await make_site(max_body=10)
    wire = await site.wire()
    await wire.send(b"GET /ucf HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n")
    answer = await wire.answer()
    assert assert_problem(answer, 413)["max_body_bytes"] == 10


async def test_a_body_is_refused_when_it_exceeds_the_limit(make_site: MakeSite) -> None:
    site = await make_site(max_body=10)
    wire = await site.wire()
    await wire.send(
        b"POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n6\r\n678901\r\n0\r\n\r\n"
    )
    assert assert_problem(await wire.answer(), 413)["max_body_bytes"] == 10


async def test_only_pages_send_a_permissions_policy(site: Site) -> None:
    page, data = await site.get("/"), await site.get("/ucf")
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in page.headers["permissions-policy"]
    assert "permissions-policy" not in data.headers


@pytest.mark.parametrize("framing", ["Content-Length: 5", "Transfer-Encoding: chunked"])
async def test_a_get_with_a_body_is_answered_and_the_connection_closes(site: Site, framing: str) -> None:
    wire = await site.wire()
    body = b"5\r\nhello\r\n0\r\n\r\n" if "chunked" in framing else b"hello"
    await wire.send(f"GET /ucf HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode() + body)
    answer = await wire.answer()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert await wire.closed()


@pytest.mark.parametrize("target", ["//", "*", "//evil.example/status", "http://evil.example//"])
async def test_odd_request_targets_get_404(site: Site, target: str) -> None:
    wire = await site.wire()
    answer = await wire.ask(target, method="OPTIONS")
    assert_problem(answer, 404)


async def test_a_target_with_another_host_is_this_host(site: Site) -> None:
    wire = await site.wire()
    answer = await wire.ask("http://evil.example/commands")
    assert (answer.status, b"evil" in answer.body) == (200, False)


async def test_a_compressed_body_is_refused(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    wire = await site.wire()
    await wire.send(
        b"GET /ucf HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"
    )
    answer = await wire.answer()
    assert_problem(answer, 415)
    assert answer.headers["accept-encoding"] == "identity"
    assert await wire.closed()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(("path", "status"), [("/ucf", 200), ("/nothing", 417)])
async def test_an_unknown_expectation_is_refused(site: Site, path: str, status: int) -> None:
    wire = await site.wire()
    answer = await wire.ask(path, "Expect: tea")
    assert answer.status == status
    if status == 417:
        assert_problem(answer, 417)


async def test_no_100_continue_for_a_body_that_is_not_read(site: Site) -> None:
    wire = await site.wire()
    await wire.send(b"GET /ucf HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    assert (await wire.answer()).status == 200


async def _fail(_request: web.Request) -> web.Response:
    raise RuntimeError("password=hunter2")


async def _time_out(_request: web.Request) -> web.Response:
    raise TimeoutError("inside")


@pytest.mark.parametrize("handler", [_fail, _time_out])
async def test_an_unexpected_error_shows_only_its_id(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, handler: Handler
) -> None:
    site = await make_site((RouteSpec(path="/broken", handler=handler, summary=""),))
    with caplog.at_level(logging.ERROR):
        answer = await site.get("/broken")
    problem = assert_problem(answer, 500)
    assert b"hunter2" not in answer.body
    assert problem["instance"] == f"urn:helix:incident:{problem['incident']}"
    (record,) = [record for record in caplog.records if "http.incident" in record.getMessage()]
    assert problem["incident"] in record.getMessage()
    assert record.exc_info is not None
    check = site.check("http")
    assert (check.status, problem["incident"] in check.reason) == ("warn", True)
    site.clock.advance(61)
    assert site.check("http").status == "pass"


async def _nothing(_request: web.Request) -> web.Response:
    return None  # type: ignore[return-value]  # the mistake that is tested


async def test_a_handler_without_an_answer_is_an_incident_too(make_site: MakeSite) -> None:
    site = await make_site((RouteSpec(path="/broken", handler=_nothing, summary=""),))
    problem = assert_problem(await site.get("/broken"), 500)
    site.kernel.health.refresh()
    check = site.kernel.health.get("http")
    assert check is not None
    assert problem["incident"] in check.reason


async def _too_large(_request: web.Request) -> web.Response:
    raise web.HTTPRequestEntityTooLarge(max_size=1, actual_size=2)


async def test_errors_of_aiohttp_in_a_handler_are_problems_too(make_site: MakeSite) -> None:
    site = await make_site((RouteSpec(path="/large", handler=_too_large, summary=""),))
    assert_problem(await site.get("/large"), 413)


async def _redirect(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/status")


async def test_a_redirect_is_no_problem(make_site: MakeSite) -> None:
    site = await make_site((RouteSpec(path="/moved", handler=_redirect, summary=""),))
    answer = await site.get("/moved")
    assert (answer.status, answer.headers["location"]) == (302, "/status")


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half an ")
    raise RuntimeError("answer")


async def test_a_failure_within_an_answer_closes_the_connection(make_site: MakeSite) -> None:
    site = await make_site((RouteSpec(path="/half", handler=_half, summary=""),))
    wire = await site.wire()
    await wire.send(head("/half"))
    rest = await wire.rest()
    assert rest.count(b"HTTP/1.1") == 1
    assert not rest.endswith(b"0\r\n\r\n")


async def test_the_connection_survives_an_unexpected_error(make_site: MakeSite) -> None:
    site = await make_site((*ROUTES, RouteSpec(path="/broken", handler=_fail, summary="")))
    wire = await site.wire()
    assert (await wire.ask("/broken")).status == 500
    assert (await wire.ask("/health/live")).status == 200


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, ""),
        ("Bearer wrong", "invalid_token"),
        ("Bearer", "invalid_token"),
        (f"Basic {TOKEN}", "invalid_token"),
        (f"Bearer {TOKEN}x", "invalid_token"),
        ("Bearer \u00fc\u00f1", "invalid_token"),
    ],
)
async def test_without_the_token_no_route_can_be_read(
    make_site: MakeSite, header: str | None, error: str
) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    wire = await site.wire()
    for path in ("/status", "/health", "/agents", "/agents/Claude", "/ucf", "/metrics", "/commands"):
        answer = await wire.ask(path, *([] if header is None else [f"Authorization: {header}"]))
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert error in answer.headers["www-authenticate"]
        assert TOKEN.encode() not in answer.body


async def test_with_the_token_every_route_can_be_read(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    for scheme in ("Bearer", "bearer"):
        assert (await site.get("/ucf", Authorization=f"{scheme} {TOKEN}")).status == 200


async def test_probes_of_platforms_need_no_token(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    assert (await site.get("/health/live")).status == 200
    assert (await site.get("/health/ready")).status in {200, 503}


@pytest.mark.parametrize("hosts", [(), ("evil.example",)], ids=["refused", "answered"])
async def test_the_host_header_appears_nowhere(make_site: MakeSite, hosts: tuple[str, ...]) -> None:
    site = await make_site(sandbox_hosts=hosts)
    for path in ("/", "/status", "/nothing", "/commands", "/health"):
        answer = await site.get(path, Host="evil.example")
        assert b"evil.example" not in answer.body
        assert "evil.example" not in str(answer.headers)


async def test_a_request_counts_as_in_flight_while_it_is_handled(make_site: MakeSite) -> None:
    seen: dict[str, int] = {}

    async def look(request: web.Request) -> web.Response:
        seen.update(request.app[KERNEL].drain.in_flight())
        raise RuntimeError

    site = await make_site((RouteSpec(path="/look", handler=look, summary=""),))
    await site.get("/look")
    assert seen == {"http": 1}
    assert site.kernel.drain.in_flight() == {}


async def test_a_refused_token_counts_for_the_check_access(make_site: MakeSite) -> None:
    site = await make_site(read_token=Secret(TOKEN))
    assert (await site.get("/status", Authorization="Bearer wrong")).status == 401
    site.kernel.health.refresh()
    check = site.kernel.health.get("access")
    assert check is not None
    assert check.counters["token"] == 1
