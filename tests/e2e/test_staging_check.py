"""What the staging check says of a Helix as deployed, and of one behind a proxy that spoils it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from bench._process import free_port
from deploy import _staging_live, staging_check
from deploy._staging_site import Site
from tests.e2e.conftest import Settings
from tests.e2e.helix_process import helix, sandbox_env

TOKENS = {"READ_TOKEN": "a-token-for-readers", "WEBHOOK_TOKEN": "a-token-for-senders"}
Proxy = Callable[[str], Awaitable[URL]]
OVER = web.AppKey("OVER", asyncio.Event)


async def _verdicts(url: str | URL) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {"right": [], "wrong": [], "note": []}
    for finding in await staging_check.find(URL(url)):
        told[finding.verdict].append(finding.what)
    return told


async def test_a_helix_with_tokens_is_right(on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in TOKENS.items():
        monkeypatch.setenv(name, token)
    async with helix(env=on_sandbox(**TOKENS, GITHUB_WEBHOOK_SECRET="a-secret-of-github")) as process:
        await process.ready()
        told = await _verdicts(await process.http())
        assert told["wrong"] == []
        for right in (
            "/health/ready: store, state and gateway are ready",
            "Discord is connected",
            "/status: the ETag is strong, and an unchanged response is a 304",
            "/status: compressed for clients that accept it",
            "reading without the token, or with a wrong one, is refused",
            "reading with the token works",
            "POST /webhooks/github: refused without a secret",
            "a sender with the token is accepted",
            "/events: streams",
            "/ws: streams",
        ):
            assert right in told["right"]
        for token in TOKENS.values():
            assert token not in str(told)
        # None of what was sent was kept.
        headers = {"Authorization": f"Bearer {TOKENS['READ_TOKEN']}"}
        url = f"{await process.http()}/metrics?format=json"
        async with ClientSession(headers=headers) as session, session.get(url) as response:
            # The family comes with the first event that is kept.
            assert "helix_webhook_events_total" not in (await response.json())["metrics"]


async def test_a_helix_below_a_path_is_right(on_sandbox: Settings) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/below/helix"
    async with helix(env=on_sandbox(PORT=str(port), PUBLIC_URL=url)) as process:
        await process.ready()
        told = await _verdicts(url)
    assert told["wrong"] == []
    assert f"links lead to {url}" in told["right"]


async def test_what_is_off_is_told_and_is_not_wrong(on_sandbox: Settings) -> None:
    async with helix(env=on_sandbox(ENABLE_RESPONSE_CACHING="false")) as process:
        await process.ready()
        told = await _verdicts(await process.http())
        assert told["wrong"] == []
        assert "reading is public (READ_TOKEN is not set)" in told["note"]
        assert "ENABLE_RESPONSE_CACHING is off: every response is computed for its request" in told["note"]
        off = [what for what in told["note"] if "WEBHOOK_TOKEN" in what]
        assert any(what.startswith("POST /hooks: off.") for what in off)


async def test_a_reader_without_the_token_is_told_to_set_it(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with helix(env=on_sandbox(**TOKENS)) as process:
        http = await process.http()
        told = await _verdicts(http)
        assert told["wrong"] == ["reading needs a token: set READ_TOKEN here to check the rest."]
        monkeypatch.setenv("READ_TOKEN", "another-token-than-that")
        (wrong,) = (await _verdicts(http))["wrong"]
        assert wrong == "reading with the token: 401. The deployment has another READ_TOKEN."


async def test_webhooks_that_are_open_to_everybody_are_wrong(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        await process.ready()
        told = await _verdicts(await process.http())
        assert len([what for what in told["wrong"] if "to unauthenticated requests" in what]) == 5


@pytest.fixture
async def spoiling_proxy() -> AsyncIterator[Proxy]:
    """A proxy that knows better: own error pages, weak validators, no policy, no upgrade, held streams."""
    servers: list[TestServer] = []
    session = ClientSession()

    async def start(upstream: str) -> URL:
        async def forward(request: web.Request) -> web.Response:
            if request.path == "/events":
                return web.Response(status=504, text="no end came")
            passed = {
                name: value
                for name, value in request.headers.items()
                if name in ("Authorization", "Content-Type")
            }
            async with session.request(
                request.method, upstream + str(request.rel_url), headers=passed, data=await request.read()
            ) as response:
                body, status = await response.read(), response.status
                tag = response.headers.get("ETag", "")
                if status >= 400 and request.method == "GET":
                    return web.Response(status=status, text="<h1>Oops</h1>", content_type="text/html")
                return web.Response(
                    status=status, body=body, headers={"ETag": f"W/{tag}"}, content_type=response.content_type
                )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", forward)
        servers.append(server := TestServer(app))
        await server.start_server()
        return server.make_url("/")

    yield start
    for server in servers:
        await server.close()
    await session.close()


async def test_a_proxy_that_spoils_answers_is_seen(on_sandbox: Settings, spoiling_proxy: Proxy) -> None:
    async with helix(env=on_sandbox()) as process:
        await process.ready()
        wrong = (await _verdicts(await spoiling_proxy(await process.http())))["wrong"]
        for expected in (
            "/status: ETag 'W/",
            "/status: not compressed",
            "GET /no-such-page: 404 text/html, not 404 as problem+json",
            "/: Content-Security-Policy is ''",
            "links lead to http://127.0.0.1:",
            "/events: 504",
            "/ws: ",
        ):
            assert [what for what in wrong if what.startswith(expected)], expected


async def test_a_stream_that_is_held_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_staging_live, "_WITHIN_S", 0.05)

    async def hold(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": nothing yet\n\n")
        await request.app[OVER].wait()
        return response

    app = web.Application()
    app[OVER] = asyncio.Event()
    app.router.add_get("/events", hold)
    server = TestServer(app)
    await server.start_server()
    try:
        async with ClientSession() as session:
            site = Site(session, server.make_url("/"), None, None)
            (finding,) = await _staging_live.check_events(site)
            assert finding.verdict == "wrong"
            assert finding.what.startswith("/events: nothing arrived: a proxy buffers the stream")
    finally:
        app[OVER].set()
        await server.close()


def test_where_nobody_listens_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert staging_check.main([f"http://127.0.0.1:{free_port()}"]) == 1
    output = capsys.readouterr().out
    assert output.count("wrong ") == 1
    assert "Cannot connect to host" in output


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], [""], ["https://one.example", "https://two.example"], ["ftp://one.example"],
        ["https://one.example/?a=b"], ["https://one.example/?"], ["https://one.example/#top"],
        ["https://ann:secret@one.example"], ["https://one.example:port"], ["https://"], ["https://[x"],
    ],
)  # fmt: skip
def test_it_says_how_it_is_called(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert staging_check.main(arguments) == 2
    assert "https://helix.example" in capsys.readouterr().err
