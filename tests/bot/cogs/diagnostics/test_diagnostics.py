"""The self-test with the real client on the sandbox, and the real HTTP server beside it."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from core.logs.secret import Secret
from state.ports import RouteInfo
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.serving import serve
from tests.bot.support import RunningBot

GREEN, AMBER, RED = 0x2ECC71, 0xF1C40F, 0xE74C3C


@pytest.fixture
async def served(running_bot: RunningBot) -> RunningBot:
    await serve(running_bot)
    return running_bot


async def self_tested(talk: Talk) -> Message:
    """The final state of the self-test's message."""
    return await talk.edited(await talk.ask("admin", "!test-all"), lambda one: bool(one["attachments"]))


def reports(running: RunningBot) -> list[Path]:
    return sorted((running.kernel.settings.data_dir / "reports").iterdir())


async def test_a_passing_self_test_saves_and_attaches_its_report(served: RunningBot, talk: Talk) -> None:
    ucf = served.collective.manager.snapshot
    message = await self_tested(talk)
    text = text_of(message)
    # On a busy machine a check may warn.
    assert "broken" not in text
    assert message["embeds"][0]["color"] == (AMBER if "attention" in text else GREEN)
    assert items(message) == []
    markdown, data = sorted(file["filename"] for file in message["attachments"])[::-1]
    assert [path.name for path in reports(served)] == [data, markdown]
    assert {path.stat().st_mode & 0o777 for path in reports(served)} == {0o600}
    report = json.loads(reports(served)[0].read_bytes())
    assert report["outcome"] == "pass"
    by_name = {result["name"]: result for result in report["results"]}
    for name in ("cog fun", "route /status", "route /agents/{name}", "health store", "worker draws"):
        assert by_name[name]["outcome"] in {"pass", "warn"}, by_name[name]
        assert by_name[name]["took_s"] >= 0
    assert by_name["webhook round trip"]["outcome"] == "pass"
    assert served.collective.manager.snapshot is ucf
    (row,) = await served.collective.journal.entries(kinds={"self-test"})
    assert (row.cause, row.actor_id) == ("command", served.sandbox.users["admin"])


async def test_a_missing_route_fails_the_self_test(served: RunningBot, talk: Talk) -> None:
    gone = RouteInfo(method="GET", path="/ucg", summary="Nothing.")
    served.bot.routes = (*served.bot.routes, gone)
    message = await self_tested(talk)
    assert "something is broken" in text_of(message)
    assert "route /ucg** fail: the status was 404 instead of 200" in text_of(message)
    assert message["embeds"][0]["color"] == RED
    assert "* Failed: **route /ucg**" in next(p for p in reports(served) if p.suffix == ".md").read_text()


async def test_a_failing_health_check_fails_the_self_test(served: RunningBot, talk: Talk) -> None:
    served.kernel.health.report("oven", "fail", "it is cold", action="Light it.")
    text = text_of(await self_tested(talk))
    assert "health oven** fail: it is cold" in text
    assert "something is broken" in text


async def test_a_lost_marker_fails_the_self_test(
    served: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find_nothing(**_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(served.collective.journal, "entries", find_nothing)
    text = text_of(await self_tested(talk))
    assert "state write and read back** fail: the marker was written but is not in the journal" in text


async def test_an_unreadable_file_fails_the_self_test(served: RunningBot, talk: Talk) -> None:
    file = served.kernel.settings.data_dir / "ucf_state.json"
    file.unlink()
    file.mkdir()
    text = text_of(await self_tested(talk))
    assert "projected files** fail" in text
    assert "it is a folder" in text


async def test_a_check_that_raises_fails_and_the_others_still_run(
    served: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(served.bot.guilds[0]), "query_members", _raise_key_error)
    text = text_of(await self_tested(talk))
    assert "gateway round trip** fail: it raised KeyError" in text
    assert "secret detail" not in text
    assert "secret detail" in caplog.text
    assert "**Health**" in text


async def _raise_key_error(_: object, **_more: object) -> None:
    raise KeyError("secret detail")


async def test_the_read_token_is_sent_and_a_route_without_it_must_refuse(
    start_bot: StartBot, request: pytest.FixtureRequest
) -> None:
    running = await start_bot(read_token=Secret("a-token-for-reading"))
    await serve(running)
    talk = Talk(running.sandbox)
    request.addfinalizer(talk.close)
    assert "broken" not in text_of(await self_tested(talk))
    data = json.loads(reports(running)[0].read_bytes())
    texts = {result["name"]: result["text"] for result in data["results"]}
    assert texts["route /status"] == "200, and 401 without the token"
    assert texts["route /health/live"] == "200"
    assert "a-token-for-reading" not in reports(running)[0].read_text()


async def test_only_one_runs_at_a_time_and_it_can_be_stopped(
    served: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def hang(*_: object, **__: object) -> bytes:
        reached.set()
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(served.kernel.worker, "run", hang)
    shown = await talk.ask("admin", "!test-all")
    await reached.wait()
    assert "A self-test is already running" in text_of(await talk.ask("owner", "!test-all"))
    await talk.press("admin", shown, "Stop")
    await talk.until(lambda one: "stopped at" in text_of(one))
    await talk.edited(shown, lambda one: "Ended early" in text_of(one))
    assert served.kernel.drain.in_flight().get("self-test") is None
    assert not (served.kernel.settings.data_dir / "reports").exists()


async def test_a_shutdown_does_not_wait_for_the_self_test(
    served: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def hang(*_: object, **__: object) -> bytes:
        reached.set()
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(served.kernel.worker, "run", hang)
    await talk.ask("admin", "!test-all")
    await reached.wait()
    served.kernel.drain.close()
    await talk.until(lambda one: "Helix is shutting down" in text_of(one))
    assert await served.kernel.drain.wait(5)


async def test_a_report_that_cannot_be_saved_is_still_attached(served: RunningBot, talk: Talk) -> None:
    (served.kernel.settings.data_dir / "reports").write_text("in the way")
    message = await self_tested(talk)
    assert len(message["attachments"]) == 2
    assert "could not be saved" in text_of(message)


async def test_without_an_http_server_every_route_fails(running_bot: RunningBot, talk: Talk) -> None:
    with socket.socket() as taken:
        # Bound but not listening, so that connections are refused.
        taken.bind(("127.0.0.1", 0))
        running_bot.collective.probes.set_own_url(f"http://127.0.0.1:{taken.getsockname()[1]}")
        text = text_of(await self_tested(talk))
    assert "route /status** fail: no answer" in text


async def test_a_member_may_not(talk: Talk) -> None:
    assert "needs an administrator" in text_of(await talk.ask("member", "!test-all"))
