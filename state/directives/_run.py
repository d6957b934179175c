"""Runs one directive as a task, and determines how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from core.errors import HelixError
from state.change import Actor, JournalRow
from state.directives._repository import Repository, actor_of
from state.directives.action import Action, Parts, Postponed, Withdrawn, Work
from state.directives.records import Directive, DirectiveStatus
from state.events import OutEvent

logger = logging.getLogger(__name__)

STOPPED = "Helix was stopped; it runs again at the next start."


class Ended(msgspec.Struct, frozen=True):
    """How a directive ended.

    Attributes:
        event: an event that is sent with the end.
        row: a decision that is journalled with the end.
    """

    status: DirectiveStatus
    result: str
    event: OutEvent | None = None
    row: JournalRow | None = None


class Executor:
    """Runs directives, one at a time.

    Args:
        halted: whether Manus is halted now.
        progressed: called with step and steps as the running one progresses.
    """

    def __init__(
        self,
        parts: Parts,
        repository: Repository,
        halted: Callable[[], bool],
        progressed: Callable[[int, int], None],
    ) -> None:
        self._parts = parts
        self._drain = parts.kernel.drain
        self._repository = repository
        self._halted = halted
        self._progressed = progressed

    async def perform(self, action: Action, directive: Directive) -> Ended:
        """Runs a directive; "queued" if it has to wait again. Cancelling the caller cancels it."""
        work = Work(
            parts=self._parts,
            directive=directive,
            actor=actor_of(directive),
            halted=self._halted,
            log=lambda text: self._repository.add_line(directive, text),
            report_progress=self._progressed,
        )
        task = asyncio.create_task(_run(action, work), name=f"directive-{directive.id}")
        self._drain.track(task, "directive", at_once=True)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        ended = Ended("failed", "It was cancelled unexpectedly.") if task.cancelled() else task.result()
        if ended.status in {"failed", "cancelled"} and not self._drain.accepting:
            return Ended("queued", STOPPED)
        return ended

    async def cancel_ritual(self, actor: Actor, reason: str | None) -> str | None:
        """Cancels the running ritual, whoever started it; returns which it was, as text."""
        rituals = self._parts.rituals
        running = rituals.running
        if running is None or not await rituals.cancel(reason, actor):
            return None
        return f"ritual {running.id}, at step {running.step} of {running.steps}"


async def _run(action: Action, work: Work) -> Ended:
    try:
        outcome = await action.run(work)
    except Postponed as wait:
        return Ended("queued", str(wait))
    except Withdrawn as end:
        return Ended("cancelled", str(end))
    except HelixError as error:
        return Ended("failed", str(error))
    except Exception:
        logger.exception("directive.crashed id=%d action=%s", work.directive.id, action.name)
        return Ended("failed", "It failed with an unexpected error; the log has the traceback.")
    return Ended("done", outcome.result, outcome.event)
