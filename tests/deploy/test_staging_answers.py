"""What the staging check says of what is not Helix: a finding each, and never a traceback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from deploy import _staging_live, staging_check

HTML, JSON = "text/html", "application/json"
# What a server answers to everything: a type and a body.
ANSWERS: dict[str, tuple[str, bytes]] = {
    "a page": (HTML, b"<h1>Welcome to nginx!</h1>"),
    "nothing": (HTML, b""),
    "nothing as JSON": (JSON, b""),
    "half a JSON": (JSON, b'{"status": '),
    "deep JSON": (JSON, b"[" * 100_000),
    "bytes": (JSON, b"\xff\xfe\x00"),
    **{
        text.decode(): (JSON, text)
        for text in (
            b"null", b"true", b"5", b'"x"', b"[]", b"[null]", b"{}",
            b'{"status": null, "checks": null, "gateway": null, "links": null, "promises": null}',
            b'{"status": [], "checks": [], "gateway": [], "links": [], "promises": {}}',
            b'{"status": "pass", "checks": {"a": null}, "promises": [null]}',
            b'{"status": "pass", "checks": {"a": [null]}, "promises": [{}], "detail": []}',
            b'{"status": "fail", "checks": {"a": [{}]}, "gateway": {"status": "pass"}, "links": {}}',
            b'{"status": "fail", "checks": {"a": [{"status": "fail"}]}, "promises": [{"name": []}]}',
        )
    },
}  # fmt: skip


@contextmanager
def serving(handle: Callable[[web.Request], Awaitable[web.Response]]) -> Iterator[str]:
    """The address of a server in a thread of its own, since the check runs a loop of its own."""
    loop, started, address = asyncio.new_event_loop(), threading.Event(), ""

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    def run() -> None:
        nonlocal address
        runner = loop.run_until_complete(start())
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.mark.parametrize("status", [200, 401, 503])
@pytest.mark.parametrize("kind", ANSWERS)
def test_what_is_not_helix_is_a_finding(
    kind: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_staging_live, "_WITHIN_S", 0.05)
    media_type, body = ANSWERS[kind]

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type=media_type)

    with serving(answer) as url:
        assert staging_check.main([url]) == 1
    told = capsys.readouterr()
    *findings, _ = told.out.splitlines()
    assert {finding.split()[0] for finding in findings} <= {"right", "wrong", "note"}
    assert any(finding.startswith("wrong") for finding in findings)
    assert told.err == ""
    for python in ("' object", "NoneType", "indices", "unpack", "Error'"):
        assert python not in told.out


def test_what_is_no_http_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        request.transport.close()
        return web.Response()

    with serving(hang_up) as url:
        assert staging_check.main([url]) == 1
    assert "wrong " in capsys.readouterr().out


def test_what_a_server_sends_is_shown_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    async def answer(_: web.Request) -> web.Response:
        body = b'{"status": "pass\\u001b[2J\\ud800", "checks": {}, "links": {"dashboard": "\\u202e"}}'
        return web.Response(body=body, content_type=JSON)

    with serving(answer) as url:
        staging_check.main([url])
    shown = capsys.readouterr().out
    assert "pass?[2J?" in shown
    assert not set("\x1b\u202e\ud800") & set(shown)


def test_a_path_in_the_address_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    asked: set[str] = set()

    async def answer(request: web.Request) -> web.Response:
        asked.add(request.path)
        return web.Response(status=404)

    with serving(answer) as url:
        staging_check.main([f"{url}/below/helix/"])
    assert "/below/helix/status" in asked
    assert {path for path in asked if not path.startswith("/below/helix/")} == set()
    assert capsys.readouterr().err == ""
