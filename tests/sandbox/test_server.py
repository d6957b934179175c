"""Starting, stopping, and the routes of the page's address."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from sandbox import Sandbox, SandboxError, server, start_sandbox
from sandbox.desk.page import PAGE, PageFile, read_page
from tests.sandbox.support import Api


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "", "::"])
async def test_anything_but_loopback_is_refused(host: str) -> None:
    with pytest.raises(SandboxError, match="loopback"):
        await start_sandbox(host=host)


async def test_a_taken_port_is_an_oserror_and_leaves_nothing_behind(sandbox: Sandbox) -> None:
    port = int(sandbox.page_url.rsplit(":", 1)[1].strip("/"))

    with pytest.raises(OSError, match="address already in use"):
        await start_sandbox(port=port)


async def test_each_start_draws_new_ids_and_a_new_token(sandbox: Sandbox) -> None:
    other = await start_sandbox()
    try:
        assert other.token != sandbox.token
        assert other.application_id != sandbox.application_id
        assert other.home_guild_id != sandbox.home_guild_id
        assert not set(other.users.values()) & set(sandbox.users.values())
    finally:
        await other.stop()


async def test_the_addresses_are_whole(sandbox: Sandbox) -> None:
    assert sandbox.api_url == f"{sandbox.page_url}api/v10"
    assert sandbox.cdn_url == f"{sandbox.page_url}cdn"
    assert sandbox.gateway_url == f"{sandbox.page_url}gateway".replace("http:", "ws:")


async def test_ipv6_loopback_works() -> None:
    try:
        running = await start_sandbox(host="::1")
    except OSError:
        pytest.skip("no IPv6 on this machine")
    async with ClientSession() as session, session.get(f"{running.api_url}/gateway") as response:
        assert (await response.json())["url"] == running.gateway_url
    await running.stop()


async def test_a_body_that_is_larger_than_all_files_together_is_413(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "MAX_STORE_BYTES", 100)
    running = await start_sandbox()
    headers = {"Authorization": f"Bot {running.token}", "X-Helix-Sandbox": "1"}
    answers = []

    async with ClientSession(headers=headers) as session:
        for url in (
            f"{running.api_url}/channels/{running.channel('general')}/messages",
            f"{running.page_url}sandbox/act/message",
        ):
            async with session.post(url, json={"content": "x" * 200}) as response:
                answers.append(response.status)
    await running.stop()

    assert answers == [413, 413]


async def test_stopping_twice_is_harmless(sandbox: Sandbox) -> None:
    await sandbox.stop()
    await sandbox.stop()


async def test_stopping_waits_for_no_open_interaction(api: Api, sandbox: Sandbox, general: int) -> None:
    await api.call(
        "PUT",
        f"/applications/{sandbox.application_id}/commands",
        [
            {
                "name": "x",
                "description": "y",
                "options": [{"name": "o", "description": "d", "type": 3, "autocomplete": True}],
            }
        ],
    )
    completing = asyncio.create_task(
        api.act("autocomplete", user="owner", channel=general, command="x", focused="o"),
        name="test.completing",
    )
    while not sandbox.engine.interactions._by_token:
        await api.control("GET", "/state?user=owner")

    await sandbox.stop()

    status, _ = await completing
    assert status == 504


def test_importing_it_brings_in_nothing_heavy() -> None:
    script = (
        "import sys, aiohttp.web; before = set(sys.modules); import sandbox; "
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    root = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )

    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert "discord" not in loaded
    assert not loaded & {"bot", "core", "state", "web", "main", "msgspec", "process"}


@pytest.fixture
async def with_page(sandbox: Sandbox) -> Sandbox:
    files = sandbox._runner.app[PAGE]
    files.clear()
    files["index.html"] = PageFile("text/html; charset=utf-8", b"<!doctype html>")
    files["js/app.js"] = PageFile("text/javascript; charset=utf-8", b"1")
    return sandbox


async def test_the_page_is_served_with_a_strict_policy(api: Api, with_page: Sandbox) -> None:
    async with api.session.get(with_page.page_url) as response:
        policy = response.headers["Content-Security-Policy"]
        assert await response.text() == "<!doctype html>"

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert f"connect-src 'self' {with_page.gateway_url.removesuffix('/gateway')};" in policy
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_moves_to_the_address_that_attachments_have(api: Api, with_page: Sandbox) -> None:
    port = with_page.page_url.rsplit(":", 1)[1].strip("/")
    headers = {"Host": f"localhost:{port}"}

    async with api.session.get(with_page.page_url, headers=headers, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == with_page.page_url


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("static/js/app.js", 200),
        ("static/../server.py", 404),
        ("static/%2e%2e/server.py", 404),
        ("static/js/", 404),
        ("nothing", 404),
    ],
)
async def test_only_listed_files_are_served(api: Api, with_page: Sandbox, path: str, status: int) -> None:
    async with api.session.get(with_page.page_url + path) as response:
        assert response.status == status


def test_only_files_of_known_kinds_are_listed(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_text("1")
    (tmp_path / "index.html").write_text("x")
    (tmp_path / "notes.py").write_text("secret")

    assert sorted(read_page(tmp_path)) == ["index.html", "js/app.js"]


class CommandList:
    """A fake of the bot's ``/commands``, with behaviour set by the test."""

    def __init__(self) -> None:
        self.body: bytes = b'{"commands": []}'
        self.status = 200
        self.headers: dict[str, str] = {}
        self.url = ""


@pytest.fixture
async def command_list() -> AsyncIterator[CommandList]:
    made = CommandList()

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=made.body, status=made.status, headers=made.headers)

    app = web.Application()
    app.router.add_get("/commands", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/commands"
    yield made
    await runner.cleanup()


async def test_the_command_list_is_passed_through(
    api: Api, sandbox: Sandbox, command_list: CommandList
) -> None:
    unset, _ = await api.control("GET", "/commands")
    sandbox.set_commands_url(command_list.url)
    status, body = await api.control("GET", "/commands")
    _, shown = await api.control("GET", "/state?user=owner")

    assert unset == 404
    assert (status, body) == (200, {"commands": []})
    assert shown["bot"]["commands_url"] == command_list.url


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (500, b"{}", {}),
        (302, b"{}", {"Location": "http://example.com/"}),
        (200, b"{", {}),
        (200, b'"' + b"x" * (1 << 20) + b'"', {}),
    ],
)
async def test_a_command_list_that_fails_is_a_bad_gateway(
    *,
    api: Api,
    sandbox: Sandbox,
    command_list: CommandList,
    status: int,
    body: bytes,
    headers: dict[str, str],
) -> None:
    command_list.status, command_list.body, command_list.headers = status, body, headers
    sandbox.set_commands_url(command_list.url)

    answer, said = await api.control("GET", "/commands")

    assert answer == 502
    assert said["message"]


@pytest.mark.parametrize("url", ["http://example.com/commands", "nonsense", "http://127.0.0.1:1/commands"])
async def test_a_command_list_elsewhere_or_nowhere_is_a_bad_gateway(
    api: Api, sandbox: Sandbox, url: str
) -> None:
    sandbox.set_commands_url(url)

    assert (await api.control("GET", "/commands"))[0] == 502
