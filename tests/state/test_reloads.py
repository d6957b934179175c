"""What is kept in memory is read again after another process changed it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from core.store import EVERYTHING, FeedEntry
from core.store.errors import StoreError
from core.store.feed import FeedListeners
from core.store.members import LocalMembers
from core.webhooks.inbox import Incoming
from state.change import Actor, Change
from state.collective import Collective
from state.directives.halting import read_stopped
from state.directives.policy import Rank
from state.reloads import Reloads
from state.rituals.schedule_rules import parse_rule
from tests.core.store.two_members import TwoMembers
from tests.manual_clock import ManualClock
from tests.state.two_processes import another, telling

pytestmark = pytest.mark.unmeasured

ACTOR = Actor("command", "Ada", 7)


@pytest.fixture
async def here(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    async with another(tmp_path, clock) as collective:
        yield collective


@pytest.fixture
async def there(here: Collective, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Collective]:
    del here
    async with another(tmp_path, clock) as collective:
        yield collective


async def test_alerts_and_mutes(here: Collective, there: Collective) -> None:
    with telling(here, there) as told:
        alert = await here.alerts.raise_("disk", "warning", "the disk is full")
        await there.reloads.catch_up()
        assert there.alerts.open() == here.alerts.open() == (alert,)
        await here.alerts.ack(alert.id, ACTOR)
        until = await here.alerts.mute("harmony", timedelta(hours=1), ACTOR)
        await there.reloads.catch_up()
        assert there.alerts.open()[0].acknowledged_by == "Ada"
        assert there.alerts.muted_until("harmony") == until
        await here.alerts.clear("disk")
        await here.alerts.unmute("harmony", ACTOR)
        await there.reloads.catch_up()
        assert there.alerts.open() == ()
        assert there.alerts.mutes() == {}
    assert all("alerts" in entry.kinds for entry in told)


async def test_a_measured_alert_and_the_snapshot(here: Collective, there: Collective) -> None:
    seen: list[int] = []
    there.manager.subscribe(lambda _old, new, _change: seen.append(new.version))
    with telling(here, there):
        new = await here.manager.change(
            lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.01), source="tune")
        )
        await there.reloads.catch_up()
    assert there.manager.snapshot == new
    assert seen == [new.version]
    assert there.alerts.open() == here.alerts.open() != ()


async def test_schedules(here: Collective, there: Collective, clock: ManualClock) -> None:
    with telling(here, there) as told:
        schedule = await here.schedules.add(parse_rule("every 6h", clock.now()), 27, actor=ACTOR)
        await there.reloads.catch_up()
        assert list(there.schedules.all) == [schedule]
        await here.schedules.remove(schedule.id, actor=ACTOR)
        await there.reloads.catch_up()
        assert list(there.schedules.all) == []
    assert all("schedules" in entry.kinds for entry in told)


async def test_directives_the_halt_and_decisions(here: Collective, there: Collective) -> None:
    changes: list[object] = []
    there.directives.on_change(changes.append)
    with telling(here, there):
        await here.directives.halt(ACTOR, "enough")
        await there.reloads.catch_up()
        assert there.directives.halted == here.directives.halted is not None
        assert changes == [None]
        await here.directives.submit("ritual 27", actor=ACTOR, rank=Rank.admin)
        await here.directives.submit("nonsense", actor=ACTOR, rank=Rank.admin)
        await there.reloads.catch_up()
        assert there.directives.counts == here.directives.counts
        assert there.directives.counts["refused"] == 1
        assert there.policy.probe() == here.policy.probe()
        await here.directives.resume(ACTOR)
        await there.reloads.catch_up()
        assert there.directives.halted is None
        assert changes == [None, None]


async def test_a_ritual_that_runs_elsewhere(here: Collective, there: Collective) -> None:
    with telling(here, there):
        run = await here.rituals.start(1000, actor=ACTOR)
        await there.reloads.catch_up()
        running = there.rituals.running
        assert running is not None
        assert (running.id, running.steps) == (run.id, 1000)
        assert (await there.rituals.get(run.id)).status == "running"
        assert await here.rituals.cancel("enough", ACTOR)
        await there.reloads.catch_up()
    assert there.rituals.running is None
    assert there.rituals.last == here.rituals.last is not None


async def test_backups(here: Collective, there: Collective) -> None:
    with telling(here, there):
        made = await here.backups.create(ACTOR)
        await there.reloads.catch_up()
        assert there.backups.list() == here.backups.list() == (made,)


async def test_probes(here: Collective, there: Collective) -> None:
    with telling(here, there):
        results = await here.probes.probe_all()
        await there.reloads.catch_up()
    assert results
    check, own = there.kernel.health.get("external-services"), here.kernel.health.get("external-services")
    assert check is not None
    assert own is not None
    assert (check.counters, check.reason) == (own.counters, own.reason)


async def test_forecasts(here: Collective, there: Collective, clock: ManualClock) -> None:
    for _ in range(60):
        clock.advance(3600)
        await here.manager.change(
            lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=old.ucf.harmony + 0.001))
        )
    with telling(here, there):
        await here.forecasts.run_once()
        await there.reloads.catch_up()
    assert here.forecasts.newest
    assert there.forecasts.newest == here.forecasts.newest
    assert there.forecasts.accuracy == here.forecasts.accuracy


async def test_the_queues(here: Collective, there: Collective) -> None:
    with telling(here, there):
        event = Incoming(type="message.post", data=b"{}", key=None, handlers=("posts",))
        await here.webhooks.inbox.accept(event)
        await there.reloads.catch_up()
        assert there.webhooks.inbox.waiting == here.webhooks.inbox.waiting == 1


async def test_own_changes_reload_nothing(here: Collective, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here.alerts, "reload", None)
    await here.alerts.mute("harmony", timedelta(hours=1), ACTOR)
    await here.reloads.catch_up()
    assert "reloads" not in {loop.name for loop in here.kernel.supervisor.loops()}


async def test_everything_is_read_again_where_the_feed_has_a_gap(
    here: Collective, there: Collective, clock: ManualClock
) -> None:
    await here.alerts.raise_("disk", "warning", "the disk is full")
    schedule = await here.schedules.add(parse_rule("every 6h", clock.now()), 27, actor=ACTOR)
    feed = there.database.feed
    assert isinstance(feed, FeedListeners)
    feed.tell(FeedEntry(seq=None, origin="", kinds=(EVERYTHING,)))
    await there.reloads.catch_up()
    assert there.alerts.open() == here.alerts.open()
    assert there.schedules.all == (schedule,)
    assert "reloads" in {loop.name for loop in there.kernel.supervisor.loops()}


async def test_a_failed_reload_stays_due(here: Collective) -> None:
    feed, tries = FeedListeners(), list[str]()

    async def reload() -> None:
        tries.append("tried")
        if len(tries) == 1:
            raise StoreError("away")

    reloads = Reloads(feed, here.kernel.supervisor)
    reloads.on(("alerts",), reload)
    feed.tell(FeedEntry(seq=1, origin="b", kinds=("alerts",)))
    feed.tell(FeedEntry(seq=2, origin="b", kinds=("alerts",)))
    with pytest.raises(StoreError):
        await reloads.catch_up()
    await reloads.catch_up()
    await reloads.catch_up()
    assert tries == ["tried", "tried"]


async def test_a_halt_stops_what_runs_in_every_process(here: Collective, there: Collective) -> None:
    assert isinstance(here.database.members, LocalMembers)
    assert isinstance(there.database.members, LocalMembers)
    here.directives._everywhere._members = TwoMembers(here.database.members, there.database.members)
    run = await there.rituals.start(1000, actor=ACTOR)
    halted = await here.directives.halt(ACTOR, "enough")
    assert (halted.first, halted.cancelled) == (True, None)
    assert there.rituals.running is None
    assert there.directives.halted == here.directives.halted is not None
    own, other = (read_stopped(reply.text or "") for reply in halted.replies)
    assert own.cancelled is None
    assert f"ritual {run.id}" in str(other.cancelled)
