"""Directives are judged, queued, run one after another, and told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from core.health.threshold import Threshold
from state.change import Actor, Change
from state.collective import Collective
from state.directives import directive_table
from state.directives.policy import MOST_OPEN_OF_A_PERSON
from state.directives.records import Directive, NotQueued, UnknownDirective, WrongDirective
from state.events import DirectiveFinished
from tests.hearing import Hearing
from tests.manual_clock import ManualClock
from tests.state.directives.manus import ADA, Hands, Manus, ask, ended, renew


async def test_directives_run_one_after_another_in_their_order(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    first, second = await ask(collective, "note one"), await ask(collective, "NOTE two")
    assert (first.status, first.action, second.action) == ("queued", "note", "note")
    manus()
    done = await ended(collective.directives, second.id)
    assert (done.status, done.result, done.attempts) == ("done", "noted", 1)
    assert hands.done == ["note one", "NOTE two"]
    assert [line.text for line in await collective.directives.log(second.id)] == ["begun", "a line", "noted"]
    assert collective.directives.counts["done"] == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fail", "It cannot be done."),
        ("crash", "unexpected error"),
        ("cut", "It was cancelled unexpectedly."),
    ],
)
async def test_a_failed_directive_does_not_affect_others(
    collective: Collective, manus: Manus, text: str, says: str
) -> None:
    failing, after = await ask(collective, text), await ask(collective, "note")
    manus()
    assert (await ended(collective.directives, after.id)).status == "done"
    failed = await collective.directives.get(failing.id)
    assert failed.status == "failed"
    assert says in (failed.result or "")


async def test_each_change_is_journalled_and_published(collective: Collective, manus: Manus) -> None:
    heard = Hearing(collective.kernel.broadcaster, "directives")
    directive = await ask(collective, "note it")
    manus()
    await ended(collective.directives, directive.id)
    queued, running, finished = [(await anext(heard)).data for _ in range(3)]
    assert (queued.directive.status, running.directive.status) == ("queued", "running")
    assert isinstance(finished, DirectiveFinished)
    assert (finished.status, finished.result) == ("done", "noted")
    entries = await collective.journal.entries(subject="Manus", kinds=("directive",))
    assert [(entry.cause, entry.actor, entry.after) for entry in entries] == [
        ("directive", "Ada", {"status": "done", "task": "note it"}),
        ("command", "Ada", {"status": "queued", "task": "note it"}),
    ]


async def test_an_unknown_action_is_refused_and_stored(collective: Collective) -> None:
    refused = await ask(collective, "nte this")
    assert refused.status == "refused"
    assert "Did you mean 'note'" in (refused.result or "")
    assert "(humility)" in (refused.result or "")
    assert await collective.directives.get(refused.id) == refused
    policy = await collective.journal.entries(kinds=("policy",))
    assert [(entry.subject, entry.after) for entry in policy] == [("nte", "refused")]


async def test_wrong_arguments_are_reported_and_not_stored(collective: Collective) -> None:
    with pytest.raises(WrongDirective, match="That is wrong"):
        await ask(collective, "note wrong")
    with pytest.raises(WrongDirective, match="A directive is one of"):
        await ask(collective, "  ")
    assert await collective.directives.newest() == ()
    assert await collective.journal.count() == 0


async def test_open_directives_of_an_asker_are_limited(collective: Collective) -> None:
    asked = await asyncio.gather(*(ask(collective, "note") for _ in range(MOST_OPEN_OF_A_PERSON + 2)))
    assert [one.status for one in asked].count("refused") == 2
    other = await ask(collective, "note", Actor("command", "Bo", 6))
    assert other.status == "queued"


async def test_a_known_key_gives_the_same_directive(collective: Collective) -> None:
    first = await ask(collective, "note a", key="event-1")
    assert await ask(collective, "note b", key="event-1") == first
    assert len(await collective.directives.newest()) == 1


async def test_a_queued_directive_is_judged_again_when_it_runs(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    directive = await ask(collective, "ritual 500")
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, klesha=0.9), source="tune")
    )
    manus()
    refused = await ended(collective.directives, directive.id)
    assert (refused.status, hands.done) == ("refused", [])
    assert "nonmaleficence" in (refused.result or "")
    entries = await collective.journal.entries(kinds=("policy",))
    assert [entry.after for entry in entries] == ["refused", "approved"]


async def test_a_second_attempt_is_not_judged_again(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    directive = await ask(collective, "ritual 500")
    assert await collective.directives._repository.take_next() is not None
    await renew(collective, hands)
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, klesha=0.9), source="tune")
    )
    manus()
    done = await ended(collective.directives, directive.id)
    assert (done.status, done.attempts) == ("done", 2)


async def test_a_queued_directive_can_be_cancelled(
    collective: Collective, manus: Manus, hands: Hands
) -> None:
    first, second = await ask(collective, "wait"), await ask(collective, "note")
    manus()
    await hands.begun.wait()
    cancelled = await collective.directives.cancel(second.id, ADA)
    assert cancelled.status == "cancelled"
    with pytest.raises(NotQueued, match="it is cancelled"):
        await collective.directives.cancel(second.id, ADA)
    with pytest.raises(NotQueued, match="it is running"):
        await collective.directives.cancel(first.id, ADA)
    with pytest.raises(UnknownDirective):
        await collective.directives.cancel(99, ADA)
    hands.gate.set()
    assert (await ended(collective.directives, first.id)).status == "done"


async def test_watchers_see_the_progress(collective: Collective, manus: Manus, hands: Hands) -> None:
    seen: list[tuple[str, int, int]] = []
    collective.directives.on_change(
        lambda one: seen.append((one.status, one.step, one.steps)) if one is not None else None
    )

    def broken(_directive: Directive | None) -> None:
        raise ValueError

    collective.directives.on_change(broken)
    directive = await ask(collective, "wait")
    manus()
    await hands.begun.wait()
    assert (await collective.directives.get(directive.id)).step == 1
    hands.gate.set()
    await ended(collective.directives, directive.id)
    assert seen == [("queued", 0, 0), ("running", 0, 0), ("running", 1, 2), ("done", 0, 0)]


async def test_an_unknown_stored_action_fails(collective: Collective, manus: Manus) -> None:
    directive = await ask(collective, "note")
    del collective.directives._actions["note"]  # type: ignore[attr-defined]  # as a later version would
    manus()
    assert "no such action" in ((await ended(collective.directives, directive.id)).result or "")


async def test_open_directives_are_listed_first(collective: Collective, manus: Manus, hands: Hands) -> None:
    manus()
    for text in ("note 1", "note 2"):
        await ended(collective.directives, (await ask(collective, text)).id)
    await ask(collective, "wait")
    await hands.begun.wait()
    await ask(collective, "note 4")
    await ask(collective, "note 5")
    newest = await collective.directives.newest()
    assert [one.id for one in newest] == [3, 4, 5, 2, 1]


async def test_old_finished_directives_are_deleted(
    collective: Collective, manus: Manus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directive_table, "KEPT", 2)
    monkeypatch.setattr(directive_table, "LOG_LINES", 2)
    manus()
    for _ in range(4):
        directive = await ask(collective, "note")
        await ended(collective.directives, directive.id)
    assert [one.id for one in await collective.directives.newest()] == [4, 3]
    assert [line.text for line in await collective.directives.log(4)] == ["a line", "noted"]
    assert await collective.directives.log(1) == ()


async def test_a_full_queue_warns(collective: Collective, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("state.directives.MOST_QUEUED", 1)
    assert collective.directives.probe().status == "pass"
    await ask(collective, "note")
    assert collective.directives.probe().status == "warn"
    assert collective.directives.probe().load == 1.0


async def test_a_nearly_full_queue_warns_at_the_share_of_the_setting(
    collective: Collective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.directives.MOST_QUEUED", 5)
    for _ in range(4):
        await ask(collective, "note")
    assert collective.directives.probe().status == "pass"
    await ask(collective, "note")
    assert collective.directives.probe().reason == "the queue is full"
    monkeypatch.setattr("state.directives.MOST_QUEUED", 6)
    reading = collective.directives.probe()
    assert (reading.status, reading.reason) == ("warn", "the queue is nearly full")
    assert reading.thresholds[0] == Threshold("queued", "above", 4, None, ("QUEUE_WARN_PERCENT",))


async def test_the_hourly_limit_ends_after_an_hour(
    collective: Collective, manus: Manus, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.directives.policy.MOST_IN_AN_HOUR", 1)
    manus()
    await ended(collective.directives, (await ask(collective, "note")).id)
    assert (await ask(collective, "note")).status == "refused"
    clock.advance(timedelta(hours=1, seconds=1).total_seconds())
    assert (await ask(collective, "note")).status == "queued"


async def test_a_request_made_while_the_clock_was_ahead_counts_for_an_hour(
    collective: Collective, manus: Manus, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.directives.policy.MOST_IN_AN_HOUR", 1)
    manus()
    clock.set(7200)
    await collective.kernel.clock_skew.look()
    await ended(collective.directives, (await ask(collective, "note")).id)
    clock.set(-7200)
    await collective.kernel.clock_skew.look()
    assert (await ask(collective, "note")).status == "refused"
    clock.advance(timedelta(hours=1, seconds=1).total_seconds())
    assert (await ask(collective, "note")).status == "queued"


async def test_a_long_text_is_cut(collective: Collective) -> None:
    directive = await ask(collective, "note " + "x" * 500)
    assert len(directive.text) == 200
    assert directive.arguments == {"rest": "x" * 500}


async def test_manus_and_kael_are_measured(collective: Collective) -> None:
    collective.kernel.health.refresh()
    agents = {agent.name: agent for agent in collective.monitor.agents()}
    assert (agents["Manus"].status, agents["Kael"].status) == ("active", "active")
