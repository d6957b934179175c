"""What each registered action does. After a kill it is run again, and must not repeat its effect.

A ritual uses the directive's key. A backup, a report and a checkpoint are found by their cause and time. A
probe, a clean-up and an alert may be repeated safely. An event is sent by the commit that finishes its
directive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TYPE_CHECKING, Final, TypeVar

from core.runtime.one_at_a_time import Busy
from state.directives._repository import CAUSE
from state.directives.action import Outcome, Postponed, Withdrawn, Work
from state.events import Severity, by_hand
from state.rituals.records import RitualCancelled, RitualRecord, RitualRunning

if TYPE_CHECKING:
    from state.backups import BackupRecord
    from state.rituals import Run

T = TypeVar("T")

# While another one's work blocks an action, it is retried after this many seconds, at most this often.
TRY_AGAIN_S: Final = 1.0
_MOST_TRIES: Final = 600
_HALTED: Final = "Manus was halted before it began; it stays queued."


async def ritual(work: Work) -> Outcome:
    """Runs a ritual, after a running one has ended."""
    run = await _begin_ritual(work)
    try:
        record = await run.wait()
    except RitualCancelled as error:
        if error.record.status == "cancelled":
            raise Withdrawn(str(error)) from error
        raise
    return Outcome(_ritual_result(record))


async def backup(work: Work) -> Outcome:
    """Makes a backup, unless this directive has made one already."""
    backups = work.parts.backups
    begun = work.directive.started_at
    made = next(
        (one for one in backups.list() if one.cause == CAUSE and begun is not None and one.begun_at >= begun),
        None,
    )
    if made is not None:
        if made.status != "good":
            # Killed before the result of its check was stored: check it again.
            number = made.id
            made = await _when_free(work, lambda: backups.verify(number, work.actor))
        if made.status == "good":
            return Outcome(f"{_backup_result(made)} It was made before Helix ended.")

    made = await _when_free(work, lambda: backups.create(work.actor, work.report_phase))
    return Outcome(_backup_result(made))


async def heartbeat(work: Work) -> Outcome:
    """Probes every service; the log names those that are down."""
    probes = work.parts.probes
    total, done = len(probes.services), count(1)
    if not total:
        return Outcome("No service is listed in services.json.")
    results = await probes.probe_all(lambda _: work.report_progress(next(done), total))
    for result in results:
        if not result.ok:
            await work.log(f"{result.name}: {result.error or f'HTTP {result.status_code}'}")
    up = sum(result.ok for result in results)
    return Outcome(f"{up} of {len(results)} services are up.")


async def clean(work: Work) -> Outcome:
    """Applies the retention rules."""
    cleaned = await work.parts.retention.clean(work.actor)
    if not cleaned.total:
        return Outcome("Nothing was old enough to be removed.")
    gone = ", ".join(f"{count} of {kind}" for kind, count in cleaned.removed.items() if count)
    return Outcome(f"Removed: {gone}.")


async def report(work: Work) -> Outcome:
    """Makes a report and sends its event, unless this directive has done so already."""
    entries = await work.parts.journal.entries(kinds={"report"}, since=work.directive.started_at, limit=500)
    if any(entry.cause == CAUSE for entry in entries):
        return Outcome("The report was made before Helix ended.")

    made = await work.parts.reports.build(work.actor, work.report_phase)
    return Outcome(f"The report says {made.status}: {made.assessment}")


async def archive(work: Work) -> Outcome:
    """Saves a checkpoint, unless this directive has done so already."""
    name, note = str(work.directive.arguments["name"]), work.directive.key
    number = await work.parts.contexts.find_noted(name, CAUSE, note)
    if number is None:
        number = (await work.parts.contexts.archive(name, work.actor, note)).id
    return Outcome(f"Checkpoint {number} is saved.")


async def alert(work: Work) -> Outcome:
    """Raises or clears an alert."""
    alerts, arguments = work.parts.alerts, work.directive.arguments
    key = str(arguments["key"])
    if arguments["action"] == "clear":
        cleared = await alerts.clear(key, work.actor)
        return Outcome("It is cleared." if cleared else "No alert with that key is open.")
    severity: Severity = "critical" if arguments["severity"] == "critical" else "warning"
    raised = await alerts.raise_(key, severity, str(arguments["summary"]), actor=work.actor)
    return Outcome(f"Alert {raised.id} is open.")


async def emit(work: Work) -> Outcome:
    """Sends an event, in the transaction that finishes the directive."""
    kernel = work.parts.kernel
    name, data = str(work.directive.arguments["event"]), str(work.directive.arguments["data"])
    event = by_hand.build_from_text(name, data, kernel.clock.now())
    return Outcome(f"{name} is on its way to its destinations.", event)


async def _begin_ritual(work: Work) -> Run:
    rituals, logged = work.parts.rituals, False
    steps = work.directive.arguments["steps"]
    wanted = steps if isinstance(steps, int) else 0
    while not work.halted():
        try:
            return await rituals.start(
                wanted,
                actor=work.actor,
                key=work.directive.key,
                on_step=lambda step: work.report_progress(step, wanted),
            )
        except RitualRunning as error:
            if not logged:
                await work.log(f"waits for ritual {error.running.id}")
            logged = True
        await rituals.idle()
    raise Postponed(_HALTED)


async def _when_free(work: Work, begin: Callable[[], Awaitable[T]]) -> T:
    """The result of `begin`, retried while it raises Busy."""
    for attempt in range(_MOST_TRIES):
        try:
            return await begin()
        except Busy as error:
            if attempt == 0:
                await work.log(str(error))
        if work.halted():
            raise Postponed(_HALTED)
        await asyncio.sleep(TRY_AGAIN_S)
    return await begin()


def _ritual_result(record: RitualRecord) -> str:
    text = f"Ritual {record.id} of {record.steps} steps is done."
    if record.finish is not None:
        met = ", ".join(f"{kind} {count}" for kind, count in record.finish.anomalies.items() if count)
        text += f" Anomalies: {met or 'none'}."
        if record.finish.promotions:
            text += f" Promotions: {', '.join(record.finish.promotions)}."
    return text


def _backup_result(record: BackupRecord) -> str:
    return f"Backup {record.id} is made and has passed its check: {record.size_bytes} bytes."
