"""A halt, a stop, a kill: what runs ends or is put back, and nothing is forgotten."""

from __future__ import annotations

import asyncio

from state.change import Actor
from state.collective import Collective
from state.directives import MOST_ATTEMPTS
from tests.core.store.notes_store import turns
from tests.state.directives.manus import ADA, Hands, Manus, ask, ended, renew


async def test_a_halt_survives_a_restart(collective: Collective, manus: Manus, hands: Hands) -> None:
    assert (await collective.directives.halt(ADA, "maintenance")).first
    assert not (await collective.directives.halt(Actor("command", "Bo", 6))).first
    directive = await ask(collective, "note")
    directives = await renew(collective, hands)
    assert directives.halted is not None
    assert (directives.halted.actor, directives.halted.reason) == (ADA, "maintenance")
    manus()
    await asyncio.sleep(0.02)
    assert (await directives.get(directive.id)).status == "queued"
    assert directives.probe().status == "warn"
    assert await directives.resume(ADA)
    assert not await directives.resume(ADA)
    assert (await ended(directives, directive.id)).status == "done"
    entries = await collective.journal.entries(kinds=("halt",))
    assert [(entry.before, entry.after, entry.reason) for entry in entries] == [
        ("halted", "working", None),
        ("working", "halted", "maintenance"),
    ]


async def test_two_concurrent_halts_or_resumes_count_once(collective: Collective) -> None:
    bo = Actor("command", "Bo", 6)
    directives = collective.directives
    halted = await asyncio.gather(directives.halt(ADA, "storm"), directives.halt(bo, "calm"))
    assert [one.first for one in halted] == [True, False]
    assert directives.halted is not None
    assert directives.halted.actor == ADA
    resumed = await asyncio.gather(directives.resume(ADA), directives.resume(bo))
    assert [*resumed] == [True, False]
    assert len(await collective.journal.entries(kinds=("halt",))) == 2


async def test_a_halt_finishes_the_running_directive_and_starts_none(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    first, second = await ask(collective, "wait"), await ask(collective, "note")
    manus()
    await hands.begun.wait()
    await collective.directives.halt(ADA)
    hands.gate.set()
    assert (await ended(collective.directives, first.id)).status == "done"
    assert (await collective.directives.get(second.id)).status == "queued"


async def test_a_stop_requeues_the_running_directive_for_the_next_start(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    directive = await ask(collective, "wait")
    manus()
    await hands.begun.wait()
    put_back = asyncio.Event()
    collective.directives.on_change(
        lambda one: put_back.set() if one is not None and one.status == "queued" else None
    )
    collective.kernel.drain.close()
    await put_back.wait()
    waiting = await collective.directives.get(directive.id)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    await manus.cancel()
    collective.kernel.drain.accepting = True
    hands.gate.set()
    directives = await renew(collective, hands)
    manus()
    done = await ended(directives, directive.id)
    assert (done.status, done.attempts) == ("done", 1)


async def test_a_cancelled_loop_requeues_the_running_directive(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    directive = await ask(collective, "wait")
    manus()
    await hands.begun.wait()
    await manus.cancel()
    assert (await collective.directives.get(directive.id)).status == "queued"


async def test_a_cancelled_loop_requeues_only_after_the_action_ended(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    await ask(collective, "linger")
    manus()
    await hands.begun.wait()
    manus.tasks[0].cancel()
    await turns()
    # What was written by now is on the disk.
    await collective.database.write(lambda _: None)
    assert collective.directives.counts["running"] == 1
    hands.gate.set()
    await asyncio.wait(manus.tasks)
    assert collective.directives.counts["queued"] == 1


async def test_a_directive_that_ran_at_a_kill_is_retried_up_to_a_limit(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    directive = await ask(collective, "note")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        begun = await collective.directives._repository.take_next()
        assert begun is not None
        assert begun.attempts == attempt
        directives = await renew(collective, hands)
        if attempt < MOST_ATTEMPTS:
            await directives._repository.recover(MOST_ATTEMPTS)
    manus()
    failed = await ended(collective.directives, directive.id)
    assert (failed.status, hands.done) == ("failed", [])
    assert "ended 3 times while it ran" in (failed.result or "")
    assert (failed.attempts, failed.started_at) == (MOST_ATTEMPTS, failed.queued_at)
