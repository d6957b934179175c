"""What the self-test's checks find, how they are run, and how the report is kept; without Discord."""

from __future__ import annotations

import asyncio
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec import structs

from bot.cogs.diagnostics import _parts, _report, _routes, _screens
from bot.cogs.diagnostics._model import Bench, Finding, NamedCheck, Outcome, Report, Result
from bot.cogs.diagnostics._run import SelfTestRunning, alone, run_checks
from core.errors import HelixError
from core.logs.secret import Secret
from core.runtime.drain import Drain
from core.runtime.kernel import Kernel
from state.change import SYSTEM, Change
from state.collective import Collective
from state.models import UCF
from state.ports import RouteInfo
from tests.web.sites import sites

BEGUN = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


def bench_on(kernel: Kernel, collective: Collective | None = None, **more: Any) -> Bench:
    """A bench whose bot has only what the checks use."""
    bot = SimpleNamespace(kernel=kernel, collective=collective, **more)
    return Bench(cast("Any", bot), SYSTEM)


def result(name: str, outcome: Outcome = "pass", text: str = "") -> Result:
    return Result(group="Parts", name=name, outcome=outcome, took_s=0.01, text=text)


def report(*results: Result, begun_at: datetime = BEGUN) -> Report:
    counts: dict[Outcome, int] = {}
    for one in results:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    return Report(
        outcome="fail" if "fail" in counts else "pass",
        begun_at=begun_at,
        took_s=1.5,
        version="1",
        counts=counts,
        results=results,
    )


async def check_well(_: Bench) -> Finding:
    return Finding(text="fine")


async def check_hanging(_: Bench) -> Finding:
    await asyncio.Event().wait()
    return Finding()


async def check_telling(_: Bench) -> Finding:
    raise HelixError("The oven is cold.")


async def check_timing_out_itself(_: Bench) -> Finding:
    raise TimeoutError


async def test_a_check_that_hangs_times_out_and_the_next_one_runs(kernel: Kernel) -> None:
    checks = (
        NamedCheck("Parts", "hangs", check_hanging, 0.01),
        NamedCheck("Parts", "tells", check_telling),
        NamedCheck("Parts", "raises", check_timing_out_itself),
        NamedCheck("Parts", "well", check_well),
    )
    heard: list[tuple[int, str]] = []
    made = await run_checks(bench_on(kernel), checks, lambda done, one: heard.append((done, one.name)))
    assert [(one.outcome, one.text.partition(" (")[0]) for one in made.results] == [
        ("fail", "not done after 0.01 s"),
        ("fail", "The oven is cold."),
        ("fail", "it raised TimeoutError"),
        ("pass", "fine"),
    ]
    assert heard == [(1, "hangs"), (2, "tells"), (3, "raises"), (4, "well")]
    assert made.outcome == "fail"
    assert made.counts == {"fail": 3, "pass": 1}


async def test_cancelling_the_caller_is_not_reported_as_a_restart(kernel: Kernel) -> None:
    checks = (NamedCheck("Parts", "hangs", check_hanging),)
    task = asyncio.create_task(run_checks(bench_on(kernel), checks, lambda *_: None))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_one_at_a_time() -> None:
    drain = Drain()
    with alone(drain):
        with pytest.raises(SelfTestRunning), alone(drain):
            pass
        assert drain.in_flight() == {"self-test": 1}
    with alone(drain):
        pass


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (("pass", "pass"), "everything works"),
        (("pass", "skipped"), "what was tested works"),
        (("warn", "skipped"), "it works, but 1 check needs attention"),
        (("warn", "warn"), "it works, but 2 checks need attention"),
        (("warn", "fail"), "something is broken"),
    ],
)
def test_the_verdict_reflects_warnings_and_skipped_checks(outcomes: tuple[Outcome, ...], said: str) -> None:
    made = report(*(result(str(number), outcome) for number, outcome in enumerate(outcomes)))
    assert (_screens.report(made, trouble=None).title or "").endswith(said)
    markdown = _report.render(made)[f"{made.name}.md"].decode()
    assert markdown.startswith(f"# Self-test: {said}\n")


async def test_open_alerts_warn_even_when_acknowledged(kernel: Kernel, collective: Collective) -> None:
    bench = bench_on(kernel, collective)
    assert await _parts.check_alerts(bench) == Finding(text="none")
    low = structs.replace(collective.manager.snapshot.ucf, harmony=0.1, prana=0.1)
    await collective.manager.change(lambda _: Change(ucf=low, source="tune"))
    for alert in collective.alerts.open():
        await collective.alerts.ack(alert.id, SYSTEM)
    found = await _parts.check_alerts(bench)
    assert found.outcome == "warn"
    assert "harmony is critically low (critical)" in found.text
    assert "prana is critically low (critical)" in found.text


async def test_warnings_and_skipped_checks_do_not_fail_the_self_test(kernel: Kernel) -> None:
    async def check_warned(_: Bench) -> Finding:
        return Finding("warn", "slow")

    async def check_skipped(_: Bench) -> Finding:
        return Finding("skipped", "not built yet")

    checks = (NamedCheck("Parts", "a", check_warned), NamedCheck("Parts", "b", check_skipped))
    made = await run_checks(bench_on(kernel), checks, lambda *_: None)
    assert made.outcome == "pass"
    embed = _screens.report(made, trouble=None)
    assert embed.title is not None
    assert embed.title.endswith("it works, but 1 check needs attention")
    assert embed.description is not None
    assert "0 of 2 checks passed, 1 warned, 1 skipped" in embed.description


def test_the_report_says_first_what_failed_and_holds_every_check() -> None:
    files = _report.render(
        report(result("a"), result("b", "fail", "one | [two](https://evil.example)\nthree"))
    )
    assert list(files) == ["self-test-20260102T030405.000006Z.md", "self-test-20260102T030405.000006Z.json"]
    markdown, data = (content.decode() for content in files.values())
    assert "# Self-test: something is broken" in markdown
    assert "* Failed: **b**" in markdown
    assert "| 🔴 | b | fail | 10 ms | one \\| \\[two](https\\://evil.example) three |" in markdown
    assert "| 🟢 | a | pass | 10 ms |  |" in markdown
    assert json.loads(data)["counts"] == {"pass": 1, "fail": 1}


async def test_only_the_newest_twenty_reports_are_kept_and_other_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    for day in range(22):
        files = _report.render(report(result("a"), begun_at=BEGUN + timedelta(days=day)))
        assert await _report.try_to_keep(tmp_path, files) is None
        if day == 0:
            (folder / "mine.md").write_text("a person's")
            (folder / "self-test-notes.txt").write_text("a person's")
            (folder / "self-test-0.json.part").write_text("left by a kill")
    names = {path.name for path in folder.iterdir()}
    assert {"mine.md", "self-test-notes.txt"} <= names
    assert len(names) == 2 + 2 * _report.KEPT
    assert not any("20260103" in name or "20260102" in name or name.endswith(".part") for name in names)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("self-test-2*")}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_report_that_cannot_be_saved_says_why(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    assert await _report.try_to_keep(tmp_path, {"a": b""}) == "File exists"


@pytest.mark.parametrize(
    ("route", "why"),
    [
        (RouteInfo(method="GET", path="/things/{id}", summary="."), "no example"),
        (RouteInfo(method="GET", path="/hooks", summary=".", auth="webhook"), "WEBHOOK_TOKEN"),
    ],
)
async def test_routes_without_an_example_or_a_token_are_skipped(
    kernel: Kernel, collective: Collective, route: RouteInfo, why: str
) -> None:
    finding = await _routes.check_route(route, bench_on(kernel, collective))
    assert finding.outcome == "skipped"
    assert why in finding.text


async def test_a_route_that_needs_a_token_and_answers_without_is_a_failure(
    kernel: Kernel, collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(*_: object) -> int:
        return 200

    monkeypatch.setattr(_routes, "_status", answer)
    settings = structs.replace(kernel.settings, webhook_token=Secret("for-webhooks"))
    bench = Bench(
        cast("Any", SimpleNamespace(kernel=SimpleNamespace(settings=settings), collective=collective)), SYSTEM
    )
    route = RouteInfo(method="GET", path="/hooks", summary=".", auth="webhook")
    finding = await _routes.check_route(route, bench)
    assert finding == Finding("fail", "without the token the status was 200 instead of 401")


@pytest.mark.parametrize("path", ["/events", "/ws", "/status"])
async def test_a_stream_is_checked_by_its_first_bytes(tmp_path: Path, path: str) -> None:
    async with sites(tmp_path) as make:
        site = await make(read_token=Secret("for-reading"))
        site.collective.probes.set_own_url(site.server.base_url)
        (route,) = (info for info in site.server.route_infos() if info.path == path)
        finding = await _routes.check_route(route, bench_on(site.kernel, site.collective))
    status = 101 if path == "/ws" else 200
    assert finding == Finding(text=f"{status}, and 401 without the token")


async def test_a_route_that_refuses_the_websocket_handshake_fails(tmp_path: Path) -> None:
    async with sites(tmp_path) as make:
        site = await make()
        site.collective.probes.set_own_url(site.server.base_url)
        route = RouteInfo(method="GET", path="/status", summary=".", stream="ws")
        finding = await _routes.check_route(route, bench_on(site.kernel, site.collective))
    assert finding == Finding("fail", "the status was 200 instead of 101")


def loader_with(state: str, error: object = None) -> SimpleNamespace:
    one = SimpleNamespace(name="fun", state=state, error=error)
    return SimpleNamespace(status=lambda: (one,))


async def test_a_cog_that_was_unloaded_is_skipped_and_one_that_failed_says_why(kernel: Kernel) -> None:
    off = await _parts.check_cog("fun", bench_on(kernel, loader=loader_with("disabled")))
    assert off == Finding("skipped", "an admin unloaded it")
    error = SimpleNamespace(type="SyntaxError", message="line 3")
    broken = await _parts.check_cog("fun", bench_on(kernel, loader=loader_with("failed", error)))
    assert broken == Finding("fail", "SyntaxError: line 3")


async def test_a_health_check_shows_its_current_result_or_that_it_is_gone(
    kernel: Kernel, collective: Collective
) -> None:
    kernel.health.report("oven", "warn", "lukewarm")
    assert await _parts.check_health("oven", bench_on(kernel, collective)) == Finding("warn", "lukewarm")
    kernel.health.remove("oven")
    assert (await _parts.check_health("oven", bench_on(kernel, collective))).outcome == "skipped"


async def test_the_state_is_written_and_read_back_and_the_field_is_left_alone(
    kernel: Kernel, collective: Collective
) -> None:
    before = collective.manager.snapshot
    assert await _parts.check_state_write(bench_on(kernel, collective)) == Finding(text="version 1")
    assert collective.manager.snapshot is before
    (row,) = await collective.journal.entries(kinds={"self-test"})
    assert row.subject == "marker"


async def test_a_store_with_a_different_field_fails_the_check(
    kernel: Kernel, collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def other(_: datetime) -> UCF:
        return structs.replace(collective.manager.snapshot.ucf, harmony=1.9)

    monkeypatch.setattr(collective.journal, "ucf_at", other)
    finding = await _parts.check_state_write(bench_on(kernel, collective))
    assert finding == Finding("fail", "the UCF in the store differs from the one in memory")


async def test_a_missing_or_invalid_projected_file_is_named(
    kernel: Kernel, collective: Collective, tmp_path: Path
) -> None:
    bench = bench_on(kernel, collective)
    assert (await _parts.check_projected_files(bench)).outcome == "pass"
    (tmp_path / "ucf_state.json").write_text("{")
    assert "ucf_state.json is not valid" in (await _parts.check_projected_files(bench)).text
    (tmp_path / "ucf_state.json").unlink()
    assert await _parts.check_projected_files(bench) == Finding("fail", "ucf_state.json is missing")


async def test_a_worker_result_that_is_no_png_fails(
    kernel: Kernel, collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scribble(*_: object) -> bytes:
        return b"scribble"

    monkeypatch.setattr(kernel.worker, "run", scribble)
    finding = await _parts.check_worker(bench_on(kernel, collective))
    assert finding == Finding("fail", "the worker returned something other than a PNG")


def bot_on(kernel: Kernel, *guilds: object, ready: bool = True) -> Bench:
    gateway = SimpleNamespace(ready=asyncio.Event(), problem="the line is cut")
    if ready:
        gateway.ready.set()
    return bench_on(kernel, gateway=gateway, user=SimpleNamespace(id=7), guilds=guilds)


async def test_the_gateway_is_asked_for_the_bot_itself(kernel: Kernel) -> None:
    def guild_of(*ids: int) -> SimpleNamespace:
        async def query(*, user_ids: list[int], cache: bool) -> list[SimpleNamespace]:
            assert (user_ids, cache) == ([7], False)
            return [SimpleNamespace(id=one) for one in ids]

        return SimpleNamespace(unavailable=False, query_members=query)

    assert await _parts.check_gateway(bot_on(kernel, guild_of(7))) == Finding()
    assert (await _parts.check_gateway(bot_on(kernel, guild_of()))).outcome == "fail"
    assert (await _parts.check_gateway(bot_on(kernel))).outcome == "skipped"
    assert "the line is cut" in (await _parts.check_gateway(bot_on(kernel, ready=False))).text
