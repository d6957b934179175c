"""The sandbox is open, so no page of another site may reach it under a name of its own (DNS rebinding)."""

import pytest

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site, Wire
from tests.web.requests.test_middleware import assert_problem
from web.routes.table import ROUTES
from web.routing import RouteSpec

pytestmark = pytest.mark.unmeasured


@pytest.fixture
async def open_site(make_site: MakeSite) -> Site:
    return await make_site(sandbox_hosts=())


async def _ask(wire: Wire, host: str, path: str = "/ucf", method: str = "GET") -> int:
    await wire.send(f"{method} {path} HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n".encode())
    return (await wire.answer(head_only=method == "HEAD")).status


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8080", "127.0.0.1.nip.io", "localhost.evil.example", "0.0.0.0",
        "10.0.0.1:8080", "[2001:db8::1]", "[::1].evil.example", "[::1", "::1", "localhost:x",
        "localhost@evil.example", "",
    ],
)  # fmt: skip
async def test_a_host_that_is_not_this_machine_is_refused(open_site: Site, host: str) -> None:
    assert await _ask(await open_site.wire(), f"Host: {host}\r\n") == 421


async def test_a_request_without_a_host_is_refused(open_site: Site) -> None:
    wire = await open_site.wire()
    await wire.send(b"GET /ucf HTTP/1.0\r\n\r\n")
    problem = assert_problem(await wire.answer(), 421)
    assert "SANDBOX_HOSTS" in problem["detail"]


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.2:1", "[::1]", "[::1]:8080"]
)
async def test_names_of_this_machine_are_answered(open_site: Site, host: str) -> None:
    assert await _ask(await open_site.wire(), f"Host: {host}\r\n") == 200


@pytest.mark.parametrize("spec", ROUTES, ids=lambda spec: f"{spec.method} {spec.path}")
async def test_every_route_refuses_a_foreign_host(open_site: Site, spec: RouteSpec) -> None:
    assert await _ask(await open_site.wire(), "Host: evil.example\r\n", spec.example, spec.method) == 421


async def test_unknown_paths_and_methods_refuse_a_foreign_host_too(open_site: Site) -> None:
    for path, method in (("/nothing", "GET"), ("/ucf", "OPTIONS"), ("/ucf", "DELETE")):
        assert await _ask(await open_site.wire(), "Host: evil.example\r\n", path, method) == 421


async def test_no_remembered_head_answers_a_foreign_host(open_site: Site) -> None:
    wire = await open_site.wire()
    for _ in range(2):
        assert (await wire.ask("/ucf")).status == 421
    assert len(open_site.server._table) == 0


async def test_a_named_host_is_answered(make_site: MakeSite) -> None:
    site = await make_site(sandbox_hosts=("box-8080.Example.dev", "192.0.2.7"))
    for host in ("box-8080.example.dev", "BOX-8080.example.dev:443", "192.0.2.7:8080"):
        assert await _ask(await site.wire(), f"Host: {host}\r\n") == 200
    assert await _ask(await site.wire(), "Host: example.dev\r\n") == 421


async def test_outside_the_sandbox_every_host_is_answered(make_site: MakeSite) -> None:
    site = await make_site(discord_token=Secret("x" * 60), sandbox_hosts=())
    assert await _ask(await site.wire(), "Host: helix.example\r\n") == 200
