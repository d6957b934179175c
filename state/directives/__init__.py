"""Directives (Manus): judged by policy, queued, and carried out one after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

import msgspec

from core.health import Reading
from core.health.threshold import Threshold, warns_when
from core.listeners import subscribe
from state.change import Actor
from state.directives import directive_table as store
from state.directives._notify import Notifications, Watcher
from state.directives._repository import Repository
from state.directives._run import STOPPED, Ended, Executor
from state.directives.action import Action, Parts
from state.directives.halting import Halting, Stopped
from state.directives.policy import MOST_QUEUED, Rank, judge, judge_again
from state.directives.policy_desk import PolicyDesk
from state.directives.records import (
    Directive,
    DirectiveStatus,
    Halt,
    Halted,
    LogLine,
    NotQueued,
    UnknownDirective,
)
from state.directives.registry import BY_NAME, parse_directive
from state.events.by_hand import announce_test
from state.manager import StateManager
from state.webhooks import Webhooks

logger = logging.getLogger(__name__)

# How many times a directive is tried if the process is killed while it runs.
MOST_ATTEMPTS: Final = 3
_HOUR: Final = timedelta(hours=1)
_TEXT_SHOWN: Final = 200


class Directives:
    """The queue of directives and the loop that carries them out.

    Attributes:
        halted: the present halt; None while Manus works.
        parts: what actions use.
        running: the running directive with its progress.
    """

    def __init__(
        self,
        parts: Parts,
        manager: StateManager,
        webhooks: Webhooks,
        policy: PolicyDesk,
        actions: Mapping[str, Action] = BY_NAME,
    ) -> None:
        self.parts = parts
        self._database, self._webhooks = parts.database, webhooks
        self._kernel, self._clock = parts.kernel, parts.kernel.clock
        self._policy = policy
        self._actions = actions
        self._repository = Repository(parts.database, manager, self._clock)
        self._executor = Executor(parts, self._repository, lambda: self.halted is not None, self._progressed)
        self._notifications = Notifications(parts.kernel.broadcaster)
        self._everywhere = Halting(parts.database.members, self._stop_here)
        self._wake = asyncio.Event()
        # One at a time: two concurrent directives could together exceed an asker's limit.
        self._asking = asyncio.Lock()
        self._halting = asyncio.Lock()
        self.halted: Halt | None = None
        self.running: Directive | None = None

    @property
    def counts(self) -> Mapping[DirectiveStatus, int]:
        """Number of directives by status."""
        return self._repository.counts

    async def load(self) -> None:
        """Reads the halt and the counts; call it first."""
        self.halted = await self._database.read(store.read_halt)
        await self._repository.load()
        self._kernel.clock_skew.on_set_back(self._repository.correct_times)

    async def reload(self) -> None:
        """Reads the halt and the counts again; the loop looks at the queue."""
        halted = await self._database.read(store.read_halt)
        await self._repository.reload()
        if halted != self.halted:
            self.halted = halted
            self._halt_changed()
        self._wake.set()

    async def submit(self, text: str, *, actor: Actor, rank: Rank, key: str | None = None) -> Directive:
        """Judges a directive and queues it; a refused one is stored too, with the reason as its result.

        Args:
            text: the action and its arguments, such as "ritual 27".
            actor: who asks.
            rank: what the asker may do.
            key: idempotency key: a known key returns the directive it was used for.

        Raises:
            HelixError: the arguments are not valid; nothing was stored.
        """
        name, rest = parse_directive(text)
        action = self._actions.get(name)
        arguments = {} if action is None else action.parse_arguments(rest)
        async with self._asking:
            known = None if key is None else await self._database.read(partial(store.find_key, key=key))
            if known is not None:
                return known
            now = self._clock.now()
            open_of_asker, lately = await self._database.read(
                partial(store.load_of, actor=actor, since=now - _HOUR)
            )
            seen = self._policy.seen(
                queued=self.counts["queued"], open_of_asker=open_of_asker, asked_within_hour=lately
            )
            decision = judge(name[:_TEXT_SHOWN], arguments, rank, actor, seen)
            asked = Directive(
                id=0,
                text=_one_line(text),
                action=decision.action,
                arguments=arguments if decision.approved else {},
                rank=rank,
                actor=actor,
                status="queued" if decision.approved else "refused",
                attempts=0,
                queued_at=now,
                result=None if decision.approved else f"{decision.reason} ({decision.principle})",
                finished_at=None if decision.approved else now,
            )
            directive = await self._repository.open(asked, decision.row(actor), key)
        self._policy.count(decision)
        self._changed(directive)
        self._wake.set()
        return directive

    async def get(self, number: int) -> Directive:
        """One directive in its present state.

        Raises:
            UnknownDirective: there is none with that id.
        """
        if self.running is not None and self.running.id == number:
            return self.running
        found = await self._database.read(lambda connection: store.find(connection, number))
        if found is None:
            raise UnknownDirective(f"There is no directive {number}.")
        return found

    async def log(self, number: int) -> tuple[LogLine, ...]:
        """The log of a directive, oldest line first."""
        return await self._database.read(lambda connection: store.log_of(connection, number))

    async def newest(self, limit: int = 200) -> tuple[Directive, ...]:
        """The running one, the queued ones in their order, then finished ones, newest first."""
        return await self._database.read(lambda connection: store.newest(connection, limit))

    async def cancel(self, number: int, actor: Actor) -> Directive:
        """Cancels a queued directive.

        Raises:
            UnknownDirective: there is none with that id.
            NotQueued: it is running or finished.
        """
        directive = await self.get(number)
        cancelled = await self._repository.withdraw(directive, actor)
        if cancelled is None:
            directive = await self.get(number)
            raise NotQueued(f"Directive {number} is no longer queued: it is {directive.status}.")
        self._changed(cancelled)
        return cancelled

    async def halt(self, actor: Actor, reason: str | None = None) -> Halted:
        """Halts Manus, even after restarts, and cancels a running ritual.

        Any other running directive is finished; queued ones stay queued.
        """
        async with self._halting:
            first = self.halted is None
            if first:
                halt = Halt(since=self._clock.now(), actor=actor, reason=reason)
                row = actor.row("halt", "Manus", reason=reason, before="working", after="halted")
                await self._repository.write_halt(halt, row)
                self.halted = halt
                self._halt_changed()
        here, replies = await self._everywhere.stop(actor, reason)
        return Halted(first=first, cancelled=here.cancelled, running=here.running, replies=replies)

    async def resume(self, actor: Actor) -> bool:
        """Ends a halt; False if there was none."""
        async with self._halting:
            if self.halted is None:
                return False
            row = actor.row("halt", "Manus", before="halted", after="working")
            await self._repository.write_halt(None, row)
            self.halted = None
            self._halt_changed()
        self._wake.set()
        return True

    def on_change(self, callback: Watcher) -> Callable[[], None]:
        """Calls `callback(directive)` at each change and step of a directive; returns the unsubscriber.

        It is called with None when Manus is halted or resumed, and must not block.
        """
        return subscribe(self._notifications.watchers, callback)

    async def run(self) -> None:
        """Carries out queued directives one after another (supervised)."""
        self.running = None
        for recovered in await self._repository.recover(MOST_ATTEMPTS):
            self._changed(recovered)
        while True:
            self._wake.clear()
            directive: Directive | None = None
            if self.halted is None and self._kernel.drain.accepting:
                directive = await self._repository.take_next()
            if directive is None:
                await self._wake.wait()
                continue
            await self._carry_out(directive)

    def probe(self) -> Reading:
        """The reading of the check "directives", also used for Manus."""
        queued = self.counts["queued"]
        warn = min(int(MOST_QUEUED * self._kernel.settings.queue_warn_percent / 100), MOST_QUEUED - 1)
        bound = Threshold("queued", "above", warn, None, ("QUEUE_WARN_PERCENT",))
        reading = Reading(
            load=min(1.0, queued / MOST_QUEUED),
            observed_value=queued,
            observed_unit="directives",
            counters={str(status): count for status, count in self.counts.items()},
            thresholds=(bound, warns_when("Manus", "halted")),
        )
        if self.halted is not None:
            return reading.become("warn", "Manus is halted", "`/resume` lets it work again.")
        if bound.judge(queued) != "pass":
            reason = "the queue is full" if queued >= MOST_QUEUED else "the queue is nearly full"
            return reading.become("warn", reason, "Wait, or cancel queued directives that are not needed.")
        return reading

    async def _carry_out(self, directive: Directive) -> None:
        self.running = directive
        self._changed(directive)
        try:
            ended = await self._end_of(directive)
        except asyncio.CancelledError:
            self._changed(await self._repository.put_back(directive, STOPPED))
            raise
        finally:
            self.running = None
        if ended.status == "queued":
            self._changed(await self._repository.put_back(directive, ended.result))
            return
        event = ended.event
        finished = await self._repository.finish(
            directive,
            ended.status,
            ended.result,
            row=ended.row,
            beside=None if event is None else partial(self._webhooks.enqueue, event=event),
        )
        logger.info(
            "directive.finished id=%d action=%s status=%s", finished.id, finished.action, finished.status
        )
        self._changed(finished)
        if event is not None:
            self._webhooks.outbox.committed()
            announce_test(self._kernel.broadcaster, event)

    async def _end_of(self, directive: Directive) -> Ended:
        action = self._actions.get(directive.action)
        if action is None:
            return Ended("failed", "This version of Helix has no such action.")
        if directive.attempts == 1:
            decision = judge_again(directive.action, directive.arguments, self._policy.seen())
            if not decision.approved:
                self._policy.count(decision)
                text = f"{decision.reason} ({decision.principle})"
                return Ended("refused", text, row=decision.row(directive.actor))
        return await self._executor.perform(action, directive)

    def _progressed(self, step: int, steps: int) -> None:
        if self.running is not None:
            self.running = msgspec.structs.replace(self.running, step=step, steps=steps)
            self._notifications.notify(self.running)

    async def _stop_here(self, actor: Actor, reason: str | None) -> Stopped:
        if self.halted is None:
            # Another process was asked to halt.
            await self.reload()
        cancelled = await self._executor.cancel_ritual(actor, reason)
        now = self.running
        return Stopped(cancelled, None if now is None or now.action == "ritual" else now.text)

    def _halt_changed(self) -> None:
        self._kernel.health.refresh()
        self._changed(None)

    def _changed(self, directive: Directive | None) -> None:
        self._notifications.publish(directive, queued=self.counts["queued"], halted=self.halted is not None)
        self._notifications.notify(directive)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_SHOWN else f"{line[: _TEXT_SHOWN - 1]}…"
