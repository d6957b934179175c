"""The objectives over a day, also across restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.metrics import Gauge
from core.runtime.kernel import Kernel, build_kernel
from core.settings import Settings
from core.store import Store
from core.store.errors import StoreError
from core.store.schema import CORE_MIGRATIONS
from core.store.tx import Tx
from state.schema import STATE_MIGRATIONS
from state.slo import Slo, slo_table
from state.slo.objectives import TARGETS, Objective, ObjectiveName
from tests.manual_clock import ManualClock
from tests.stores import Stores

HOUR_S = 3600.0


@dataclass
class Run:
    """One run of Helix, as far as the promises see it."""

    kernel: Kernel
    database: Store
    slo: Slo
    clock: ManualClock

    def ready(self) -> None:
        for name in ("store", "state", "gateway"):
            self.kernel.health.report(name, "pass", required=True)

    def lose_gateway(self) -> None:
        self.kernel.health.report("gateway", "fail", "gone", required=True)

    async def pass_minutes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(60.0)
            await self.slo.keep()

    def answer(self, times: int, status: str = "200", seconds: float = 0.01) -> None:
        requests = self.kernel.metrics.counter(
            "helix_http_requests_total", "Requests.", ("route", "method", "status")
        )
        durations = self.kernel.metrics.histogram("helix_http_request_duration_seconds", "T.", ("route",))
        for _ in range(times):
            requests.inc("/status", "GET", status)
            durations.observe(seconds, "/status")

    def promise(self, name: ObjectiveName) -> Objective:
        (found,) = (promise for promise in self.slo.current().promises if promise.name == name)
        return found

    async def stop(self) -> None:
        await self.slo.close()
        await self.kill()

    async def kill(self) -> None:
        await self.database.close()

    async def rows(self) -> list[tuple[int, int]]:
        def work(connection: Tx) -> list[tuple[int, int]]:
            return connection.execute("SELECT at_us, span_us FROM slo_minutes ORDER BY id").fetchall()

        return await self.database.read(work)


Start = Callable[..., Awaitable[Run]]


@pytest.fixture
async def start(tmp_path: Path, clock: ManualClock, stores: Stores) -> AsyncIterator[Start]:
    """Starts Helix on the same folder and the same clock."""
    async with AsyncExitStack() as stack:

        async def begin(*, in_sandbox: bool = False) -> Run:
            kernel = build_kernel(Settings(data_dir=tmp_path, in_sandbox=in_sandbox), clock)
            database = await stores.open((*CORE_MIGRATIONS, *STATE_MIGRATIONS))
            stack.push_async_callback(database.close)
            slo = Slo(kernel, database)
            await slo.load()
            return Run(kernel, database, slo, clock)

        yield begin


async def test_without_samples_no_objective_can_be_judged(start: Start) -> None:
    report = (await start()).slo.current()
    assert report.met is None
    assert report.since == report.until
    assert [(one.name, one.value, one.met, one.samples) for one in report.promises] == [
        (target.name, None, None, 0) for target in TARGETS
    ]


async def test_with_too_few_samples_there_is_no_value(start: Start) -> None:
    run = await start()
    run.answer(99, "500")
    assert (run.promise("error_rate").value, run.promise("error_rate").samples) == (None, 99)
    run.answer(1, "500")
    assert (run.promise("error_rate").value, run.promise("error_rate").met) == (1.0, False)


async def test_the_present_minute_counts(start: Start) -> None:
    run = await start()
    run.answer(1_000)
    run.answer(1, "500")
    promise = run.promise("error_rate")
    assert promise.value == pytest.approx(1 / 1001)
    assert promise.met is True
    run.ready()
    await run.pass_minutes(1)
    assert run.promise("error_rate") == promise


async def test_one_missed_objective_fails_the_report_and_is_named(start: Start) -> None:
    run = await start()
    run.answer(100, seconds=0.08)
    report = run.slo.current()
    assert report.met is False
    assert report.missed == ("mean_response",)
    assert (run.promise("response_p95").met, run.promise("error_rate").met) == (True, True)


async def test_a_slow_first_start_is_no_downtime(start: Start) -> None:
    run = await start()
    run.clock.advance(HOUR_S)
    await run.slo.keep()
    assert await run.rows() == []
    run.ready()
    await run.pass_minutes(20)
    assert (run.promise("uptime").value, run.promise("uptime").samples) == (1.0, 20)


async def test_time_without_the_gateway_is_downtime_to_the_second(start: Start) -> None:
    run = await start()
    run.ready()
    await run.pass_minutes(50)
    run.clock.advance(30.0)
    run.lose_gateway()
    run.clock.advance(600.0)
    run.ready()
    run.clock.advance(30.0)
    uptime = run.promise("uptime")
    assert uptime.value == pytest.approx(51 / 61)
    assert uptime.met is False


async def test_a_warning_is_no_downtime(start: Start) -> None:
    run = await start()
    run.ready()
    run.kernel.health.report("gateway", "warn", "slow", required=True)
    await run.pass_minutes(20)
    assert run.promise("uptime").value == 1.0


async def test_a_restart_keeps_what_was_counted(start: Start) -> None:
    run = await start()
    run.ready()
    run.answer(500)
    await run.pass_minutes(30)
    run.answer(500, "500")
    await run.stop()
    again = await start()
    assert (again.promise("error_rate").value, again.promise("error_rate").samples) == (0.5, 1_000)
    again.answer(1_000)
    assert again.promise("error_rate").value == 0.25
    assert again.promise("response_p95").samples == 2_000


async def test_the_time_between_two_runs_is_downtime(start: Start) -> None:
    run = await start()
    run.ready()
    await run.pass_minutes(60)
    await run.stop()
    run.clock.advance(30 * 60.0)
    again = await start()
    again.clock.advance(30 * 60.0)
    assert again.promise("uptime").value == pytest.approx(60 / 120)
    again.ready()
    await again.pass_minutes(60)
    assert again.promise("uptime").value == pytest.approx(120 / 180)


async def test_a_sandbox_that_was_closed_was_not_down(start: Start) -> None:
    run = await start(in_sandbox=True)
    run.ready()
    await run.pass_minutes(60)
    await run.stop()
    run.clock.advance(HOUR_S)
    again = await start(in_sandbox=True)
    again.ready()
    await again.pass_minutes(60)
    assert (again.promise("uptime").value, again.promise("uptime").samples) == (1.0, 120)


async def test_a_kill_loses_only_counts_that_were_not_stored(start: Start) -> None:
    run = await start()
    run.ready()
    await run.pass_minutes(10)
    run.clock.advance(45.0)
    await run.kill()
    again = await start()
    again.ready()
    await again.pass_minutes(10)
    assert again.promise("uptime").value == pytest.approx(1200 / 1245)


async def test_only_the_part_of_a_long_absence_that_lies_in_the_window_counts(start: Start) -> None:
    run = await start()
    run.ready()
    await run.pass_minutes(10)
    await run.stop()
    run.clock.advance(100 * HOUR_S)
    again = await start()
    assert again.promise("uptime").value == 0.0
    assert again.promise("uptime").samples == 24 * 60
    again.ready()
    await again.pass_minutes(12 * 60)
    assert again.promise("uptime").value == pytest.approx(0.5)
    await again.pass_minutes(12 * 60)
    assert again.promise("uptime").value == 1.0


async def test_counts_older_than_a_day_are_deleted_in_memory_and_on_disk(start: Start) -> None:
    run = await start()
    run.ready()
    run.answer(500, "500")
    await run.pass_minutes(1)
    run.answer(500)
    await run.pass_minutes(24 * 60 - 1)
    assert run.promise("error_rate").value == 0.5
    await run.pass_minutes(1)
    assert (run.promise("error_rate").value, run.promise("error_rate").samples) == (0.0, 500)
    assert len(await run.rows()) <= 24 * 60 + 1
    assert run.slo.current().since == run.clock.now() - (run.slo.current().until - run.slo.current().since)


async def test_the_window_is_a_day_at_most_and_begins_with_the_first_ready_moment(start: Start) -> None:
    run = await start()
    run.clock.advance(100.0)
    run.ready()
    began = run.clock.now()
    await run.pass_minutes(5)
    assert run.slo.current().since == began
    await run.pass_minutes(25 * 60)
    report = run.slo.current()
    assert (report.until - report.since).total_seconds() == 24 * HOUR_S


async def test_the_table_is_bounded_however_often_helix_starts(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slo_table, "MOST", 5)
    run = await start()
    run.ready()
    await run.pass_minutes(20)
    assert len(await run.rows()) == 5


async def test_a_store_error_loses_no_counts(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await start()
    run.ready()
    run.answer(200)

    async def refuse(*_: object, **__: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(run.database, "write", refuse)
        await run.pass_minutes(10)
    assert await run.rows() == []
    await run.pass_minutes(1)
    assert [span for _, span in await run.rows()] == [11 * 60 * 10**6]
    assert (run.promise("uptime").value, run.promise("uptime").samples) == (1.0, 11)
    assert run.promise("error_rate").samples == 200


async def test_minutes_of_the_future_are_left_out_after_the_clock_was_set_back(
    start: Start,
) -> None:
    run = await start()
    run.ready()
    run.answer(200, "500")
    await run.pass_minutes(10)
    shift = "UPDATE slo_minutes SET at_us = at_us + 86400000000"
    await run.database.write(lambda tx: tx.execute(shift).rowcount)
    await run.kill()
    again = await start()
    assert again.promise("error_rate").samples == 0
    again.ready()
    await again.pass_minutes(1)
    assert len(await again.rows()) == 1


async def test_no_minute_stays_in_the_window_after_the_clock_is_corrected(start: Start) -> None:
    run = await start()
    run.ready()
    run.answer(200, "500")
    await run.pass_minutes(10)
    run.clock.set(-365 * 24 * HOUR_S)
    report = run.slo.current()
    assert report.since <= report.until
    await run.pass_minutes(20)
    assert (run.promise("error_rate").samples, run.promise("uptime").samples) == (0, 20)
    assert len(await run.rows()) == 20
    run.answer(100)
    await run.pass_minutes(24 * 60)
    assert run.promise("error_rate").samples == 100
    await run.pass_minutes(1)
    assert run.promise("error_rate").samples == 0


async def test_prometheus_sees_targets_values_and_verdicts(start: Start) -> None:
    run = await start()
    run.answer(100)
    metrics = run.kernel.metrics
    value, met, target = (metrics.get(f"helix_slo_{what}") for what in ("value", "met", "target"))
    assert isinstance(value, Gauge)
    assert isinstance(met, Gauge)
    assert isinstance(target, Gauge)
    assert value.value("error_rate") == 0.0
    assert met.value("error_rate") == 1.0
    assert value.value("uptime") is None
    assert target.value("uptime") == 0.999
