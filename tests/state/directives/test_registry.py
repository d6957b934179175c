"""The registered actions, each with the part of the collective that it is bound to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import HelixError
from core.runtime.kernel import build_kernel
from core.settings import Settings
from core.store import Store
from state.change import SYSTEM, Actor
from state.collective import Collective
from state.directives import _effects as _directive_deeds
from state.directives.action import Work
from state.directives.policy import Rank
from state.directives.records import Directive, WrongDirective
from state.directives.registry import ACTIONS, BY_NAME, parse_directive
from state.models import DEFAULT_UCF
from state.opening import open_collective
from tests.hearing import Hearing
from tests.state.directives.manus import ended

ADA = Actor("command", "Ada", 5)


@pytest.fixture
async def collective(tmp_path: Path, database: Store) -> AsyncIterator[Collective]:
    kernel = build_kernel(Settings(data_dir=tmp_path, ritual_step_s=0.001))
    collective = await open_collective(kernel, database)
    for loop in kernel.supervisor.loops():
        if loop.name != "directives":
            kernel.supervisor.remove(loop.name)
    kernel.supervisor.start()
    yield collective
    await kernel.supervisor.stop(5)
    await collective.close()


async def asked(collective: Collective, text: str) -> Directive:
    return await collective.directives.submit(text, actor=ADA, rank=Rank.admin)


async def carried_out(collective: Collective, text: str) -> Directive:
    return await ended(collective.directives, (await asked(collective, text)).id)


async def log_of(collective: Collective, number: int) -> list[str]:
    return [line.text for line in await collective.directives.log(number)]


async def until_it_waits(collective: Collective, directive: Directive) -> None:
    async with asyncio.timeout(30):
        while "waits for ritual 1" not in await log_of(collective, directive.id):
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_example_can_be_read(action: object) -> None:
    for example in BY_NAME[getattr(action, "name", "")].examples:
        name, rest = parse_directive(example)
        BY_NAME[name].parse_arguments(rest)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ritual many", "must be a whole number"),
        ("ritual 0", "must be a whole number"),
        ("ritual -5", "must be a whole number"),
        ("ritual 27 54", "must be a whole number"),
        ("backup now", "has no arguments"),
        ("clean all", "has no arguments"),
        ("archive", "needs a name"),
        ("archive #3", "Choose another name"),
        ("emit", "Name an event"),
        ("emit nothing.such", "no event called"),
        ("emit alert.raised {", "not JSON"),
        ("alert", "Write"),
        ("alert raise disk.full mildly", "Write"),
        ("alert clear disk.full now", "Write"),
        ("alert silence disk.full", "Write"),
        ("", "A directive is one of: `ritual"),
    ],
)
def test_wrong_arguments_are_reported(text: str, says: str) -> None:
    def read() -> None:
        name, rest = parse_directive(text)
        BY_NAME[name].parse_arguments(rest)

    with pytest.raises(HelixError, match=says):
        read()


def test_usage_names_the_arguments() -> None:
    assert BY_NAME["ritual"].form == "ritual [steps=108]"
    assert BY_NAME["backup"].form == "backup"
    assert BY_NAME["ritual"].parse_arguments("") == {"steps": 108}
    with pytest.raises(WrongDirective, match="`backup`"):
        parse_directive(" ")


async def test_a_directive_runs_its_ritual_once(collective: Collective) -> None:
    seen: list[int] = []
    collective.directives.on_change(lambda one: seen.append(one.step) if one is not None else None)
    done = await carried_out(collective, "ritual 20")
    assert done.status == "done"
    assert (done.result or "").startswith("Ritual 1 of 20 steps is done. Anomalies:")
    assert 20 in seen
    record = await collective.rituals.get(1)
    assert (record.key, record.actor) == ("directive:1", Actor("directive", "Ada", 5))


async def test_a_ritual_waits_for_the_one_that_runs(collective: Collective) -> None:
    await collective.rituals.start(900, actor=SYSTEM)
    waiting = await asked(collective, "ritual 3")
    await until_it_waits(collective, waiting)
    assert await collective.rituals.cancel(None, SYSTEM)
    assert (await ended(collective.directives, waiting.id)).status == "done"


async def test_a_halt_cancels_a_running_ritual_without_changing_the_field(collective: Collective) -> None:
    first, second = await asked(collective, "ritual 900"), await asked(collective, "ritual 3")
    begun = asyncio.Event()
    collective.directives.on_change(lambda one: begun.set() if one is not None and one.step > 2 else None)
    await begun.wait()
    halted = await collective.directives.halt(ADA, "enough")
    assert (halted.cancelled or "").startswith("ritual 1, at step ")
    cancelled = await ended(collective.directives, first.id)
    assert cancelled.status == "cancelled"
    assert "are unchanged" in (cancelled.result or "")
    assert (await collective.directives.get(second.id)).status == "queued"
    assert collective.manager.snapshot.ucf == DEFAULT_UCF
    await collective.directives.resume(ADA)
    assert (await ended(collective.directives, second.id)).status == "done"


async def test_a_halt_before_the_ritual_began_requeues_its_directive(collective: Collective) -> None:
    await collective.rituals.start(900, actor=SYSTEM)
    waiting = await asked(collective, "ritual 3")
    await until_it_waits(collective, waiting)
    halted = await collective.directives.halt(ADA)
    assert halted.cancelled is not None
    async with asyncio.timeout(40):
        while (await collective.directives.get(waiting.id)).status != "queued":
            await asyncio.sleep(0.005)
    assert collective.rituals.running is None
    await collective.directives.resume(ADA)
    done = await ended(collective.directives, waiting.id)
    assert (done.status, done.attempts) == ("done", 1)


async def test_no_clean_up_without_a_good_backup(collective: Collective) -> None:
    refused = await carried_out(collective, "clean")
    assert (refused.status, "nonmaleficence" in (refused.result or "")) == ("refused", True)
    made = await carried_out(collective, "backup")
    assert (made.result or "").startswith("Backup 1 is made and has passed its check")
    assert (await carried_out(collective, "clean")).result == "Nothing was old enough to be removed."


async def test_a_backup_that_was_made_before_a_kill_is_not_made_again(collective: Collective) -> None:
    await collective.directives.halt(ADA)
    directive = await asked(collective, "backup")
    begun = await collective.directives._repository.take_next()
    assert begun is not None
    await collective.backups.create(Actor("directive", "Ada", 5))
    # As a start after a kill finds it.
    await collective.directives._repository.recover(3)
    await collective.directives.resume(ADA)
    done = await ended(collective.directives, directive.id)
    assert (done.result or "").endswith("It was made before Helix ended.")
    assert len(collective.backups.list()) == 1


@pytest.mark.parametrize(("damaged", "made"), [(False, 1), (True, 2)])
async def test_a_backup_killed_before_its_check_was_stored_is_checked_again(
    collective: Collective, damaged: bool, made: int
) -> None:
    await collective.directives.halt(ADA)
    directive = await asked(collective, "backup")
    assert await collective.directives._repository.take_next() is not None
    record = await collective.backups.create(Actor("directive", "Ada", 5))
    # The file has its name, and the kill came before the row was written.
    await collective.database.write(
        lambda connection: connection.execute("UPDATE backups SET status = 'making', sha256 = ''")
    )
    if damaged:
        (collective.backups.folder / record.file).write_bytes(b"half of it")
    await collective.backups.load()
    assert [one.status for one in collective.backups.list()] == ["unchecked"]
    await collective.directives._repository.recover(3)
    await collective.directives.resume(ADA)
    done = await ended(collective.directives, directive.id)
    assert (done.result or "").startswith(f"Backup {made} is made and has passed its check")
    newest = collective.backups.newest
    assert newest is not None
    assert newest.id == made


async def test_a_backup_waits_for_the_one_being_made(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_directive_deeds, "TRY_AGAIN_S", 0.005)
    other = asyncio.create_task(collective.backups.create(SYSTEM))
    await asyncio.sleep(0)
    done = await carried_out(collective, "backup")
    assert done.status == "done"
    await other
    assert len(collective.backups.list()) == 2


async def test_failing_services_are_logged(collective: Collective) -> None:
    collective.probes.set_own_url("http://127.0.0.1:1")
    done = await carried_out(collective, "heartbeat")
    assert (done.result or "").startswith("0 of ")
    assert len(await log_of(collective, done.id)) > 2
    collective.probes.services = ()
    assert (await carried_out(collective, "heartbeat")).result == "No service is listed in services.json."


async def test_a_checkpoint_is_saved(collective: Collective) -> None:
    assert (await carried_out(collective, "archive before the storm")).result == "Checkpoint 1 is saved."
    assert (await collective.contexts.find("before the storm")).note == "directive:1"


async def test_an_alert_is_raised_and_cleared(collective: Collective) -> None:
    raised = await carried_out(collective, "alert raise disk.full critical the disk is full")
    assert raised.result == "Alert 1 is open."
    assert [(one.key, one.summary) for one in collective.alerts.open()] == [("disk.full", "the disk is full")]
    assert (await carried_out(collective, "alert clear disk.full")).result == "It is cleared."
    again = await carried_out(collective, "alert clear disk.full")
    assert again.result == "No alert with that key is open."


async def test_an_emitted_event_reaches_its_destinations(collective: Collective) -> None:
    heard = Hearing(collective.kernel.broadcaster, "backups")
    done = await carried_out(collective, 'emit backup.completed {"file": "x"}')
    assert done.status == "done"
    event = await anext(heard)
    assert (event.data.file, event.test) == ("x", True)
    (payload,) = await collective.webhooks.outbox.samples("backup.completed")
    assert b'"file":"x"' in payload


async def test_a_retried_directive_makes_its_report_once(collective: Collective) -> None:
    events = Hearing(collective.kernel.broadcaster, "reports")
    done = await carried_out(collective, "report")
    assert (done.result or "").startswith("The report says ")
    work = Work(
        parts=collective.directives.parts,
        halted=lambda: False,
        directive=done,
        actor=Actor("directive", "Ada", 5),
        log=lambda _: asyncio.sleep(0),
        report_progress=lambda *_: None,
    )
    again = await _directive_deeds.report(work)
    assert again.result == "The report was made before Helix ended."
    events.close()
    assert len([event async for event in events]) == 1
