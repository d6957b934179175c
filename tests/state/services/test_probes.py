"""Services are probed over real sockets, side by side, within bounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from core.health import Check, HealthRegistry
from core.http.outgoing import Outgoing
from core.store import Store
from state.services import ProbeResult, ServiceProbes, Uptime, probe_table
from state.services.services_file import SHIPPED
from tests.descriptors import none_left
from tests.manual_clock import ManualClock
from tests.raw_server import BAD_AFTER_200, answering

DAY = timedelta(hours=24)


class Target:
    """A real server whose answers a test sets by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {}
        self.asked: list[str] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        answer = self.answers.get(request.path)
        return web.Response(text="fine") if answer is None else await answer(request)


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    target = Target()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", target.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    target.url = f"http://{host}:{port}"
    yield target
    await runner.cleanup()


class Bench:
    """Probes of one file."""

    def __init__(
        self, folder: Path, target: Target, database: Store, clock: ManualClock, *, warn_above: int = 0
    ) -> None:
        self.file = folder / "services.json"
        self.health = HealthRegistry(clock)
        self.outgoing = Outgoing()
        self.probes = ServiceProbes(
            self.outgoing.session,
            self.file,
            clock=clock,
            database=database,
            health=self.health,
            own_url=target.url,
            warn_above=warn_above,
        )

    async def use(self, **services: object) -> None:
        self.file.write_text(json.dumps(services))
        await self.probes.load()

    @property
    def check(self) -> Check:
        check = self.health.get("external-services")
        assert check is not None
        return check


@pytest.fixture
async def bench(tmp_path: Path, target: Target, database: Store, clock: ManualClock) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path, target, database, clock)
    yield bench
    await bench.outgoing.close()


async def fail(_: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def test_the_examples_are_written_at_the_first_start_and_probe_helix_itself(
    bench: Bench, target: Target
) -> None:
    await bench.probes.load()
    assert bench.file.read_bytes() == SHIPPED
    assert bench.check.reason == "nothing probed yet"
    results = await bench.probes.probe_all()
    assert [(result.name, result.ok, result.status_code) for result in results] == [
        ("helix", True, 200),
        ("helix-ready", True, 200),
    ]
    assert sorted(target.asked) == ["GET /health/live", "GET /health/ready"]
    assert (bench.check.status, bench.check.reason, bench.check.counters["up"]) == ("pass", "", 2)


async def test_a_new_services_file_is_readable_by_its_owner_alone(bench: Bench) -> None:
    await bench.probes.load()
    assert bench.file.stat().st_mode & 0o777 == 0o600


async def test_a_file_that_is_there_is_left_as_it_is(bench: Bench) -> None:
    await bench.use()
    assert bench.file.read_text() == "{}"
    assert await bench.probes.probe_all() == ()
    assert bench.check.reason == "no services"


async def test_a_service_that_is_not_well_is_named(bench: Bench, target: Target) -> None:
    target.answers["/bad"] = fail
    await bench.use(good={"url": "{base}/good", "method": "HEAD"}, bad={"url": "{base}/bad"})
    good, bad = await bench.probes.probe_all()
    assert good.ok
    assert (bad.ok, bad.status_code, bad.error) == (False, 503, "HTTP 503")
    assert bad.latency_s is not None
    assert (bench.check.status, bench.check.reason) == ("warn", "down: bad")
    assert "HEAD /good" in target.asked


async def test_that_every_service_is_down_is_a_failure_also_while_an_edit_is_refused(
    bench: Bench, target: Target
) -> None:
    target.answers["/bad"] = fail
    await bench.use(bad={"url": "{base}/bad"})
    await bench.probes.probe_all()
    bench.file.write_text("{")
    await bench.probes.read_file()
    assert bench.probes.refusal is not None
    assert (bench.check.status, bench.check.reason) == ("fail", "down: bad")


async def test_as_many_may_be_down_as_the_setting_allows(
    tmp_path: Path, target: Target, database: Store, clock: ManualClock
) -> None:
    bench = Bench(tmp_path, target, database, clock, warn_above=1)
    target.answers["/bad"] = fail
    await bench.use(good={"url": "{base}/good"}, bad={"url": "{base}/bad"})
    await bench.probes.probe_all()
    assert (bench.check.status, bench.check.reason, bench.check.action) == ("pass", "down: bad", "")
    assert "Warns with more than 1 down (SERVICES_DOWN_WARN)" in bench.check.bounds
    await bench.outgoing.close()


async def test_when_none_is_well_the_check_fails(bench: Bench, target: Target) -> None:
    target.answers["/bad"] = fail
    await bench.use(bad={"url": "{base}/bad"})
    await bench.probes.probe_all()
    assert bench.check.status == "fail"


async def test_another_status_may_be_the_right_one(bench: Bench, target: Target) -> None:
    target.answers["/bad"] = fail
    await bench.use(bad={"url": "{base}/bad", "expect_status": 503})
    assert (await bench.probes.probe_all())[0].ok


async def test_no_answer_in_time_is_an_error(bench: Bench, target: Target) -> None:
    target.answers["/slow"] = hang
    await bench.use(slow={"url": "{base}/slow", "timeout_s": 0.1})
    (result,) = await bench.probes.probe_all()
    assert (result.ok, result.status_code, result.latency_s) == (False, None, None)
    assert result.error == "no answer within 0.1 s"


async def test_an_address_where_nothing_listens_is_an_error_without_the_address(bench: Bench) -> None:
    await bench.use(gone={"url": "http://127.0.0.1:1/?token=secret"})
    (result,) = await bench.probes.probe_all()
    assert not result.ok
    assert result.error is not None
    assert "secret" not in result.error


async def test_redirects_are_not_followed(bench: Bench, target: Target) -> None:
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/elsewhere")

    target.answers["/moved"] = elsewhere
    await bench.use(moved={"url": "{base}/moved"})
    (result,) = await bench.probes.probe_all()
    assert result.error == "HTTP 302"
    assert target.asked == ["GET /moved"]


async def test_an_endless_body_is_read_so_far_and_no_further(bench: Bench, target: Target) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    target.answers["/endless"] = endless
    await bench.use(endless={"url": "{base}/endless"})
    async with asyncio.timeout(40):
        assert (await bench.probes.probe_all())[0].ok


@pytest.mark.parametrize("kind", BAD_AFTER_200)
async def test_a_service_with_the_wanted_status_is_well_whatever_follows_it(bench: Bench, kind: str) -> None:
    async with answering(BAD_AFTER_200[kind]) as url:
        await bench.use(odd={"url": url})
        (result,) = await bench.probes.probe_all()
    assert (result.ok, result.status_code, result.error) == (True, 200, None)
    assert result.latency_s is not None


async def test_results_come_one_by_one(bench: Bench, target: Target) -> None:
    gate = asyncio.Event()
    first_came = asyncio.Event()
    seen: list[str] = []

    async def wait(_: web.Request) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    def take(result: ProbeResult) -> None:
        seen.append(result.name)
        first_came.set()

    target.answers["/slow"] = wait
    await bench.use(slow={"url": "{base}/slow"}, fast={"url": "{base}/fast"})
    probing = asyncio.create_task(bench.probes.probe_all(take))
    await asyncio.wait_for(first_came.wait(), 40)
    assert seen == ["fast"]
    gate.set()
    assert [result.name for result in await probing] == ["slow", "fast"]
    assert seen == ["fast", "slow"]


async def test_since_when_is_found_among_a_month_of_probes(database: Store) -> None:
    rows = [(at, f"s{at % 5}", int(at % 6_007 != 0), None, None, None) for at in range(1, 20_001)]
    await database.write(lambda tx: probe_table.insert(tx, rows))
    changes = await database.read(probe_table.last_changes)
    # 6007, 12014 and 18021 found s2, s4 and s1 down.
    assert changes == [("s0", 1, 5), ("s1", 1, 18_026), ("s2", 1, 6_012), ("s3", 1, 3), ("s4", 1, 12_019)]


async def test_it_is_remembered_since_when_a_service_is_as_it_is(
    bench: Bench, target: Target, clock: ManualClock
) -> None:
    await bench.use(x={"url": "{base}/x"})
    start = clock.now()
    for _ in range(3):
        await bench.probes.probe_all()
        clock.advance(60)
    target.answers["/x"] = fail
    went_down = clock.now()
    await bench.probes.probe_all()
    clock.advance(60)
    assert went_down > start
    await bench.probes.load()  # as a restart does
    (result,) = await bench.probes.probe_all()
    assert (result.ok, result.changed_at) == (False, went_down)
    del target.answers["/x"]
    (result,) = await bench.probes.probe_all()
    assert (result.ok, result.changed_at) == (True, clock.now())


async def test_uptime_is_the_share_of_good_probes_in_the_window(
    bench: Bench, target: Target, clock: ManualClock
) -> None:
    await bench.use(x={"url": "{base}/x"})
    assert await bench.probes.uptime("x", DAY) is None
    target.answers["/x"] = fail
    await bench.probes.run_once()
    clock.advance(DAY.total_seconds() - 10)
    del target.answers["/x"]
    for _ in range(3):
        await bench.probes.run_once()
    assert await bench.probes.uptime("x", DAY) == Uptime(0.75, clock.now() - DAY + timedelta(seconds=10))
    clock.advance(60)
    assert await bench.probes.uptime("x", DAY) == Uptime(1.0, clock.now() - timedelta(seconds=60))


async def test_old_probes_are_forgotten(bench: Bench, clock: ManualClock) -> None:
    await bench.use(x={"url": "{base}/x"})
    await bench.probes.probe_all()
    assert await bench.probes.prune() == 0
    clock.advance(9 * 86400)
    assert await bench.probes.prune() == 1


async def test_a_refused_edit_keeps_the_last_good_list(bench: Bench) -> None:
    await bench.use(x={"url": "{base}/x"})
    await bench.probes.probe_all()
    bench.file.write_text('{\n"x": {"url": "nonsense"}}')
    await bench.probes.read_file()
    assert [service.name for service in bench.probes.services] == ["x"]
    refused = bench.check
    assert refused.status == "warn"
    assert refused.reason == (
        "services.json is refused, line 2, column 7: url of x must be an http or https URL"
    )
    bench.file.write_text('{"y": {"url": "{base}/y"}}')
    await bench.probes.read_file()
    assert [service.name for service in bench.probes.services] == ["y"]
    assert bench.check.status == "pass"


async def test_a_folder_that_cannot_be_written_is_no_obstacle(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("state.services.replace_file", refuse)
    await bench.probes.load()
    assert bench.probes.services == ()
    assert "probes.examples_not_written" in caplog.text


async def test_a_folder_in_the_files_place_is_refused(bench: Bench) -> None:
    bench.file.mkdir()
    await bench.probes.load()
    assert bench.check.status == "warn"
    assert "folder" in bench.check.reason


async def test_a_file_that_can_be_read_and_is_refused_is_not_read_again_and_again(bench: Bench) -> None:
    await bench.use(old={"url": "{base}/old"})
    with none_left():
        await bench.probes.read_file()
    assert bench.probes._unread.is_set()
    bench.file.write_text("broken")
    await bench.probes.read_file()
    assert not bench.probes._unread.is_set()
    assert "Correct services.json" in bench.check.action


async def test_two_rounds_at_once_come_one_after_another(bench: Bench, target: Target) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: web.Request) -> web.StreamResponse:
        asked.set()
        await go_on.wait()
        return web.Response()

    target.answers["/one"] = wait
    await bench.use(one={"url": "{base}/one"})
    first = asyncio.create_task(bench.probes.probe_all())
    await asked.wait()
    second = asyncio.create_task(bench.probes.probe_all())
    # Another round would have its request here by the time that this one is answered.
    async with aiohttp.ClientSession() as session, session.get(f"{target.url}/other"):
        pass
    assert target.asked.count("GET /one") == 1
    go_on.set()
    await asyncio.gather(first, second)
    assert target.asked.count("GET /one") == 2


async def test_a_file_that_cannot_be_read_keeps_the_list_and_is_read_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.services._REREAD_S", 0.01)
    await bench.use(old={"url": "{base}/old"})
    bench.file.write_text('{"new": {"url": "{base}/new"}}')
    with none_left():
        await bench.probes.read_file()
    assert [service.name for service in bench.probes.services] == ["old"]
    unread = bench.check
    assert unread.status == "warn"
    assert unread.reason == "services.json could not be read: it cannot be read now (Too many open files)"
    rereading = asyncio.create_task(bench.probes.reread())
    async with asyncio.timeout(40):
        while [service.name for service in bench.probes.services] != ["new"]:
            await asyncio.sleep(0.005)
    assert bench.check.status == "pass"
    rereading.cancel()
    await asyncio.wait({rereading})


async def test_closing_twice_is_harmless(bench: Bench) -> None:
    session = bench.outgoing.session()
    assert bench.outgoing.session() is session
    await bench.outgoing.close()
    await bench.outgoing.close()
    assert session.closed


async def test_a_service_taken_out_while_it_is_probed_is_no_longer_down(bench: Bench, target: Target) -> None:
    async def taken_out(_: web.Request) -> web.StreamResponse:
        bench.file.write_text("{}")
        await bench.probes.read_file()
        return web.Response(status=503)

    target.answers["/down"] = taken_out
    await bench.use(down={"url": "{base}/down"})
    await bench.probes.probe_all()
    assert (bench.check.status, bench.check.reason) == ("pass", "no services")


async def test_what_the_store_refuses_is_still_what_was_measured(
    bench: Bench, target: Target, database: Store
) -> None:
    target.answers["/down"] = fail
    await bench.use(up={"url": "{base}/"}, down={"url": "{base}/down"})
    await database.close()
    results = await bench.probes.probe_all()
    assert [(result.name, result.ok) for result in results] == [("up", True), ("down", False)]
    assert (bench.check.status, bench.check.reason) == ("warn", "down: down")
