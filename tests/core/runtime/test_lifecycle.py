import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from core.errors import StartError
from core.health import HealthRegistry
from core.runtime.lifecycle import Lifecycle, Service
from tests.manual_clock import ManualClock


class Stage:
    """Services that note what happens to them, and wait where the test wants it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.health = HealthRegistry(self.clock)
        self.events: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    def lifecycle(self, shutdown_s: float = 5.0) -> Lifecycle:
        return Lifecycle(self.clock, self.health, shutdown_s)

    def service(
        self,
        name: str,
        *after: str,
        required: bool = True,
        start_error: BaseException | None = None,
        stop_error: BaseException | None = None,
        takes_s: float = 0.0,
    ) -> Service:
        async def start() -> None:
            await self._pass(f"start {name}")
            self.clock.advance(takes_s)
            if start_error is not None:
                raise start_error
            self.events.append(f"started {name}")

        async def stop() -> None:
            await self._pass(f"stop {name}")
            if stop_error is not None:
                raise stop_error
            self.events.append(f"stopped {name}")

        return Service(name, start, stop, after, required)

    def gate(self, event: str) -> asyncio.Event:
        return self.gates.setdefault(event, asyncio.Event())

    async def _pass(self, event: str) -> None:
        self.events.append(event)
        if event in self.gates:
            await self.gates[event].wait()

    async def until(self, *events: str) -> None:
        async with asyncio.timeout(40):
            while not set(events) <= set(self.events):
                await asyncio.sleep(0)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    # Nothing that the lifecycle started is left behind.
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(("start", "stop"))]
    assert left == []


async def test_a_service_starts_after_those_it_needs_and_stops_before_them(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("http", "store"))
    lifecycle.add(stage.service("store"))
    await lifecycle.start()
    assert await lifecycle.stop() == ()
    assert [event for event in stage.events if event.endswith(("store", "http"))] == [
        "start store",
        "started store",
        "start http",
        "started http",
        "stop http",
        "stopped http",
        "stop store",
        "stopped store",
    ]


async def test_independent_services_start_side_by_side(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    for name in ("http", "discord"):
        stage.gate(f"start {name}")
        lifecycle.add(stage.service(name))
    starting = asyncio.create_task(lifecycle.start())
    await stage.until("start http", "start discord")
    for gate in stage.gates.values():
        gate.set()
    await starting
    await lifecycle.stop()


async def test_the_start_says_in_one_line_how_long_each_took(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.note("core", 0.02)
    lifecycle.add(stage.service("store", takes_s=0.25))
    lifecycle.add(stage.service("http", "store", takes_s=0.5))
    with caplog.at_level(logging.INFO):
        await lifecycle.start()
    assert "started core=20ms store=250ms http=500ms" in caplog.messages
    await lifecycle.stop()


async def test_an_optional_service_that_fails_shows_on_health_and_the_start_goes_on(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("watcher", required=False, start_error=OSError("inotify is full")))
    lifecycle.add(stage.service("http"))
    await lifecycle.start()
    check = stage.health.get("watcher")
    assert check is not None
    assert (check.status, check.reason) == ("fail", "not started: it failed with OSError")
    assert "started http" in stage.events
    await lifecycle.stop()
    assert "stop watcher" not in stage.events


async def test_an_error_that_may_be_read_is_told_on_health(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("http", required=False, start_error=StartError("PORT 80 is taken")))
    await lifecycle.start()
    check = stage.health.get("http")
    assert check is not None
    assert check.reason == "not started: PORT 80 is taken"


async def test_what_needs_a_service_that_failed_does_not_start(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("probes", required=False, start_error=OSError()))
    lifecycle.add(stage.service("reports", "probes", required=False))
    await lifecycle.start()
    check = stage.health.get("reports")
    assert check is not None
    assert check.reason == "not started: reports needs probes, which did not start"
    assert "start reports" not in stage.events


async def test_a_required_service_that_fails_stops_what_runs_and_ends_the_start(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("store"))
    lifecycle.add(stage.service("http", "store", start_error=StartError("PORT 80 is taken")))
    lifecycle.add(stage.service("page", "http"))
    with pytest.raises(StartError, match="PORT 80"):
        await lifecycle.start()
    assert stage.events == ["start store", "started store", "start http", "stop store", "stopped store"]


async def test_a_required_service_that_fails_cancels_what_still_starts(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    stage.gate("start discord")
    lifecycle.add(stage.service("discord"))
    lifecycle.add(stage.service("http", start_error=StartError("no")))
    with pytest.raises(StartError):
        await lifecycle.start()
    assert "started discord" not in stage.events
    assert "stop discord" not in stage.events


async def test_a_cancelled_start_stops_what_runs(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    stage.gate("start discord")
    lifecycle.add(stage.service("store"))
    lifecycle.add(stage.service("discord", "store"))
    starting = asyncio.create_task(lifecycle.start())
    await stage.until("start discord")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert stage.events[-1] == "stopped store"


async def test_a_hanging_stop_is_cut_off_named_and_leaves_time_for_the_rest(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    lifecycle = stage.lifecycle(0.1)
    stage.gate("stop discord")
    lifecycle.add(stage.service("store"))
    lifecycle.add(stage.service("discord", "store"))
    await lifecycle.start()
    assert await lifecycle.stop() == ("discord",)
    assert "service.stop_cut_off service=discord" in caplog.text
    assert stage.events[-1] == "stopped store"


async def test_a_stop_that_ignores_its_cancellation_does_not_hold_up_the_rest(stage: Stage) -> None:
    lifecycle, release = stage.lifecycle(0.05), asyncio.Event()
    ended = asyncio.Event()

    async def start() -> None:
        pass

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        ended.set()

    lifecycle.add(stage.service("store"))
    lifecycle.add(Service("stubborn", start, stubborn, ("store",)))
    await lifecycle.start()
    assert await lifecycle.stop() == ("stubborn",)
    assert stage.events[-1] == "stopped store"
    release.set()
    await asyncio.wait_for(ended.wait(), 40)
    await asyncio.sleep(0)


@pytest.mark.parametrize("error", [OSError("secret"), asyncio.CancelledError()])
async def test_a_stop_that_fails_is_logged_and_the_rest_is_stopped(
    stage: Stage, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("store"))
    lifecycle.add(stage.service("http", "store", stop_error=error))
    await lifecycle.start()
    assert await lifecycle.stop() == ("http",)
    assert "service.stop_failed service=http" in caplog.text
    assert stage.events[-1] == "stopped store"


async def test_the_caller_may_give_a_stop_less_time(stage: Stage) -> None:
    lifecycle = stage.lifecycle(3600)
    stage.gate("stop http")
    lifecycle.add(stage.service("http"))
    await lifecycle.start()
    assert await lifecycle.stop(0.01) == ("http",)


async def test_a_second_stop_finds_nothing_and_one_that_comes_meanwhile_waits(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    gate = stage.gate("stop http")
    lifecycle.add(stage.service("http"))
    await lifecycle.start()
    first, second = asyncio.create_task(lifecycle.stop()), asyncio.create_task(lifecycle.stop())
    await stage.until("stop http")
    assert not second.done()
    gate.set()
    assert (await first, await second) == ((), ())
    assert await lifecycle.stop() == ()
    assert stage.events.count("stop http") == 1


async def test_a_cancelled_stop_lets_go_of_everything(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    stage.gate("stop http")
    lifecycle.add(stage.service("store"))
    lifecycle.add(stage.service("http", "store"))
    await lifecycle.start()
    stopping = asyncio.create_task(lifecycle.stop())
    await stage.until("stop http")
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_service_without_a_stop_is_done_at_once(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(Service("once", stage.service("once").start))
    await lifecycle.start()
    assert await lifecycle.stop() == ()


async def test_a_name_is_taken_once(stage: Stage) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("http"))
    with pytest.raises(ValueError, match="'http'"):
        lifecycle.add(stage.service("http"))


@pytest.mark.parametrize("needs", ["b", "nobody"])
async def test_services_that_wait_in_a_circle_or_for_nobody_are_refused(stage: Stage, needs: str) -> None:
    lifecycle = stage.lifecycle()
    lifecycle.add(stage.service("a", needs))
    if needs == "b":
        lifecycle.add(stage.service("b", "a"))
    with pytest.raises(ValueError, match="wait for each other or for unknown ones: a"):
        await lifecycle.start()
    assert stage.events == []
