"""Detects changes of agents' status: journals them, notifies subscribers, drops cached answers."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from core.health import Check
from core.runtime.kernel import Kernel
from core.store.errors import StoreError
from state.agents import AgentView, build_agents
from state.change import Change, JournalRow
from state.events import AgentChanged
from state.manager import StateManager
from state.models import Snapshot

logger = logging.getLogger(__name__)

# Changes that wait to be journalled; if the store takes too few, the oldest are dropped.
_WAITING_LIMIT: Final = 256
_JOURNAL_CHUNK: Final = 64
# How often to check whether an external agent is stale; AGENT_TTL is a matter of minutes.
STALENESS_EVERY_S: Final = 5.0


class AgentMonitor:
    """Compares the agents with their previous status at each change that could affect them.

    It runs as a listener of the health registry and the manager, so subscribers are told before they can read
    a stale status. Only the journal is written later, by `run`.
    """

    def __init__(self, kernel: Kernel, manager: StateManager) -> None:
        self._manager = manager
        self._health = kernel.health
        self._caches = kernel.caches
        self._broadcaster = kernel.broadcaster
        self._clock = kernel.clock
        self._agent_ttl_s = kernel.settings.agent_ttl_s
        self._shown: Mapping[str, AgentView] = {}
        self._waiting: deque[JournalRow] = deque(maxlen=_WAITING_LIMIT)
        self._flushing: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._up = kernel.metrics.gauge("helix_agent_up", "1 if the agent is active.", ("agent",))
        self._unsubscribe: list[Callable[[], None]] = []

    def start(self) -> None:
        """Stores the present status of all agents, and starts to listen for changes."""
        self.refresh()
        self._unsubscribe = [
            self._health.on_change(self._health_changed),
            self._manager.subscribe(self._state_changed),
        ]

    def stop(self) -> None:
        """Stops listening."""
        while self._unsubscribe:
            self._unsubscribe.pop()()

    def agents(self) -> tuple[AgentView, ...]:
        """All fourteen agents."""
        return build_agents(self._manager.snapshot, self._health, self._clock, self._agent_ttl_s)

    def refresh(self) -> None:
        """Checks all agents and reports those that changed; call it when time alone may have changed one."""
        views = {view.name: view for view in self.agents()}
        before, self._shown = self._shown, views
        changed = [view for view in views.values() if _differs(before.get(view.name), view)]
        if not changed:
            return
        self._caches.drop_tags("agents")
        for view in changed:
            self._up.set(1.0 if view.status == "active" else 0.0, view.name)
            old = before.get(view.name)
            if old is not None:
                self._broadcaster.publish("agents", view)
                if old.status != view.status:
                    self._note(old, view)

    async def run(self) -> None:
        """Journals changes, and detects stale agents (supervised)."""
        while True:
            self._wake.clear()
            self.refresh()
            try:
                await self.flush()
            except StoreError as error:
                # The check "store" reports the fault; stale agents are still detected.
                logger.warning("agents.not_journalled waiting=%d error=%s", len(self._waiting), error)
            try:
                async with asyncio.timeout(STALENESS_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def flush(self) -> None:
        """Journals what waits. If the store refuses, it keeps waiting, and the error is raised.

        Concurrent callers wait for the same write. It continues if its first caller is cancelled,
        since a second write could journal a change twice.
        """
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._journal_waiting(), name="agents-journal")
            self._flushing.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._flushing)

    async def _journal_waiting(self) -> None:
        while self._waiting:
            rows = tuple(self._waiting)[:_JOURNAL_CHUNK]
            events = tuple(_event(row, self._clock.now()) for row in rows)
            change = Change(journal=rows, events=events)
            await self._manager.change(partial(_as_it_is, change))
            for row in rows:
                # The oldest may have been dropped meanwhile.
                if self._waiting and self._waiting[0] is row:
                    self._waiting.popleft()

    def _note(self, old: AgentView, new: AgentView) -> None:
        # The first report of a subsystem is its start, not a change.
        if old.since is None and not new.external and not old.external:
            return
        self._waiting.append(
            JournalRow(
                kind="agent",
                subject=new.name,
                cause="system",
                reason=new.detail or None,
                before=old.status,
                after=new.status,
            )
        )
        self._wake.set()

    def _health_changed(self, _check: Check, _previous: Check | None) -> None:
        self.refresh()

    def _state_changed(self, old: Snapshot, new: Snapshot, _change: Change) -> None:
        if old.reports is not new.reports:
            self.refresh()


def _as_it_is(change: Change, _: Snapshot) -> Change:
    return change


def _event(row: JournalRow, at: datetime) -> AgentChanged:
    return AgentChanged(
        agent=row.subject,
        status=str(row.after),
        previous=str(row.before),
        detail=row.reason or "",
        changed_at=at,
    )


def _differs(old: AgentView | None, new: AgentView) -> bool:
    if old is None:
        return True
    return (old.status, old.detail, old.external, old.task) != (
        new.status,
        new.detail,
        new.external,
        new.task,
    ) or (new.external and (old.since, old.load) != (new.since, new.load))
