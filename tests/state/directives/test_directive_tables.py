"""The statements about directives give the same answers on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from state.change import Actor, JournalRow
from state.directives import decision_table, directive_table
from state.directives.policy import APPROVED, KIND, Rank
from state.directives.records import Directive, Halt
from state.journal import insert_rows
from tests.twins import Twins

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
ADA = Actor("command", "Ada", 2**62)
HOOK = Actor("webhook")


def asked(number: int, actor: Actor = ADA, **values: object) -> Directive:
    made = Directive(
        id=number,
        text=f"ritual {number}",
        action="ritual",
        arguments={"steps": number, "why": "ü\n"},
        rank=Rank.admin,
        actor=actor,
        status="queued",
        attempts=0,
        queued_at=NOW + timedelta(minutes=number),
    )
    return msgspec.structs.replace(made, **values)


async def test_directives_are_numbered_found_and_counted(twins: Twins) -> None:
    assert await twins.both(directive_table.next_number) == 1
    ended = asked(3, status="refused", result="No (humility)", finished_at=NOW)
    for one, key in ((asked(1), "k"), (asked(2, HOOK), None), (ended, None), (asked(4), None)):
        await twins.both(lambda tx, one=one, key=key: directive_table.insert(tx, one, key))  # type: ignore[misc]  # the defaults bind
    running = asked(4, status="running", attempts=1, started_at=NOW)
    await twins.both(lambda tx: directive_table.update(tx, running))
    assert await twins.both(directive_table.next_number) == 5
    assert await twins.both(lambda tx: directive_table.find(tx, 4)) == running
    assert await twins.both(lambda tx: directive_table.find(tx, 5)) is None
    assert await twins.both(lambda tx: directive_table.find_key(tx, "k")) == asked(1)
    assert [one.id for one in await twins.both(lambda tx: directive_table.newest(tx, 9))] == [4, 1, 2, 3]
    assert await twins.both(directive_table.next_queued) == asked(1)
    assert await twins.both(directive_table.find_running) == (running,)
    assert (await twins.both(directive_table.counts))["queued"] == 2
    since = NOW + timedelta(minutes=2)
    assert await twins.both(lambda tx: directive_table.load_of(tx, ADA, since)) == (2, 1)
    assert await twins.both(lambda tx: directive_table.load_of(tx, HOOK, since)) == (1, 1)
    assert await twins.both(lambda tx: directive_table.load_of(tx, Actor("test"), since)) == (0, 0)
    await twins.both(lambda tx: directive_table.cap_times(tx, NOW))
    found = await twins.both(lambda tx: directive_table.find(tx, 2))
    assert found is not None
    assert found.queued_at == NOW


async def test_only_the_newest_of_finished_directives_and_lines_are_kept(twins: Twins) -> None:
    for number in (1, 2, directive_table.KEPT + 2):
        one = asked(number, status="queued" if number == 1 else "done", finished_at=NOW)
        await twins.both(lambda tx, one=one: directive_table.insert(tx, one, None))  # type: ignore[misc]  # likewise
    left = await twins.both(lambda tx: directive_table.newest(tx, 9))
    assert [one.id for one in left] == [1, directive_table.KEPT + 2]
    for number in range(directive_table.LOG_LINES + 5):
        at = NOW + timedelta(seconds=number)
        await twins.both(lambda tx, at=at: directive_table.add_line(tx, 1, at, "x" * 999))  # type: ignore[misc]  # likewise
    lines = await twins.both(lambda tx: directive_table.log_of(tx, 1))
    assert (len(lines), lines[0].at) == (directive_table.LOG_LINES, NOW + timedelta(seconds=5))


async def test_a_halt_is_stored_and_ended(twins: Twins) -> None:
    halt = Halt(since=NOW, actor=ADA)
    await twins.both(lambda tx: directive_table.write_halt(tx, msgspec.structs.replace(halt, reason="no")))
    await twins.both(lambda tx: directive_table.write_halt(tx, halt))
    assert await twins.both(directive_table.read_halt) == halt
    await twins.both(lambda tx: directive_table.write_halt(tx, None))
    assert await twins.both(directive_table.read_halt) is None


async def test_decisions_are_counted_by_principle(twins: Twins) -> None:
    decided = [("autonomy", APPROVED), ("autonomy", "refused"), ("humility", "refused"), ("other", APPROVED)]
    rows = [
        JournalRow(kind=KIND, subject="x", cause="command", before=principle, after=outcome)
        for principle, outcome in decided
    ]
    await twins.both(lambda tx: insert_rows(tx, NOW, rows))
    assert await twins.both(decision_table.count) == {APPROVED: 2, "autonomy": 1, "humility": 1}
