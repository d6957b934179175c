"""What an event that came in does to the state: the effect and its "done" are one transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from core.errors import HelixError
from core.store.errors import StoreError
from core.webhooks.outbox import note_receipt
from core.webhooks.router import Job, Refused
from state.agents import find_agent
from state.alerts.hysteresis import MEASURED_PREFIX
from state.change import Actor, Change, JournalRow
from state.contexts.records import WrongName
from state.directives.policy import Rank
from state.events.incoming import (
    AgentHeartbeat,
    AlertClear,
    AlertRaise,
    ContextArchive,
    DirectiveRun,
    Receipt,
    RitualStart,
    UcfUpdate,
)
from state.journal.differences import report_rows
from state.models import METRICS, AgentReport, InvalidUCF, Snapshot

if TYPE_CHECKING:
    from core.clock import Clock
    from core.store import Database
    from state.alerts import Alerts
    from state.collective import Collective
    from state.contexts import Contexts
    from state.directives import Directives
    from state.manager import ChangeFunction, StateManager

WEBHOOK = Actor("webhook")

# Whoever holds a webhook's secret stands where an admin stands.
_RANK = Rank.admin


def register_handlers(collective: Collective) -> None:
    """Registers them; those that need Discord are registered by the bot."""
    handlers = StateHandlers(
        manager=collective.manager,
        alerts=collective.alerts,
        directives=collective.directives,
        contexts=collective.contexts,
        database=collective.database,
        clock=collective.kernel.clock,
    )
    webhooks = collective.webhooks
    webhooks.register("state.ucf", handlers.update_ucf)
    webhooks.register("state.agents", handlers.take_heartbeat)
    webhooks.register("state.rituals", handlers.start_ritual)
    webhooks.register("state.directives", handlers.run_directive)
    webhooks.register("state.alerts", handlers.change_alert)
    webhooks.register("state.contexts", handlers.archive_context)
    webhooks.register("webhooks.receipts", handlers.take_receipt)


class StateHandlers:
    """The handlers of the state; each is given a job, and raises `Refused` for what will never work."""

    def __init__(
        self,
        *,
        manager: StateManager,
        alerts: Alerts,
        directives: Directives,
        contexts: Contexts,
        database: Database,
        clock: Clock,
    ) -> None:
        self._manager = manager
        self._alerts = alerts
        self._directives = directives
        self._contexts = contexts
        self._database = database
        self._clock = clock

    async def update_ucf(self, job: Job) -> None:
        """`ucf.update`: all of it or nothing."""
        update = msgspec.json.decode(job.data, type=UcfUpdate)

        def change(snapshot: Snapshot) -> Change:
            values = {**snapshot.ucf.as_dict(), **update.set}
            for name, delta in update.shift.items():
                values[name] += delta
            ucf = msgspec.structs.replace(snapshot.ucf, **values)
            rows = tuple(
                JournalRow(
                    kind="ucf",
                    subject=name,
                    cause=WEBHOOK.cause,
                    reason=f"{update.reason} ({job.event_id})" if update.reason else job.event_id,
                    before=getattr(snapshot.ucf, name),
                    after=getattr(ucf, name),
                )
                for name in METRICS
                if getattr(snapshot.ucf, name) != getattr(ucf, name)
            )
            return Change(ucf=ucf, journal=rows, source=WEBHOOK.cause)

        try:
            await self._done_with(job, change)
        except InvalidUCF as error:
            raise Refused(str(error)) from error

    async def take_heartbeat(self, job: Job) -> None:
        """`agent.heartbeat`: the agent is external from then on.

        It counts from when it came in, and not after a later one: what waited is no sign of life of now.
        """
        heartbeat = msgspec.json.decode(job.data, type=AgentHeartbeat)
        try:
            agent = find_agent(heartbeat.agent).name
        except HelixError as error:
            raise Refused(str(error)) from error
        report = AgentReport(
            agent=agent,
            status=heartbeat.status,
            reported_at=job.received_at,
            task=heartbeat.task,
            load=heartbeat.load,
        )

        def change(snapshot: Snapshot) -> Change:
            known = snapshot.reports.get(agent)
            # One that is dated in the future, from before the clock was set back, is no later one.
            if known is not None and report.reported_at < known.reported_at <= self._clock.now():
                return Change()
            reports = {**snapshot.reports, agent: report}
            return Change(
                reports=reports,
                journal=report_rows(snapshot.reports, reports, cause=WEBHOOK.cause),
                source=WEBHOOK.cause,
            )

        await self._done_with(job, change)

    async def start_ritual(self, job: Job) -> None:
        """`ritual.start`: as the directive, under its policy; the key keeps it from happening twice."""
        steps = msgspec.json.decode(job.data, type=RitualStart).steps
        await self._submit(job, f"ritual {steps}")

    async def run_directive(self, job: Job) -> None:
        """`directive.run`: likewise."""
        await self._submit(job, msgspec.json.decode(job.data, type=DirectiveRun).directive)

    async def change_alert(self, job: Job) -> None:
        """`alert.raise` and `alert.clear`."""
        if job.type == "alert.clear":
            key = msgspec.json.decode(job.data, type=AlertClear).key
            _refuse_measured(key)
            await self._alerts.clear(key, WEBHOOK, also=job.done_with)
        else:
            alert = msgspec.json.decode(job.data, type=AlertRaise)
            _refuse_measured(alert.key)
            await self._alerts.raise_(
                alert.key, alert.severity, alert.summary, alert.detail, actor=WEBHOOK, also=job.done_with
            )
        job.committed()

    async def archive_context(self, job: Job) -> None:
        """`context.archive`: a checkpoint in the name of the webhook."""
        archive = msgspec.json.decode(job.data, type=ContextArchive)
        try:
            await self._contexts.archive(archive.name, WEBHOOK, archive.note, beside=job.done_with)
        except WrongName as error:
            raise Refused(str(error)) from error
        job.committed()

    async def take_receipt(self, job: Job) -> None:
        """`receipt`: the delivery that it names has run on the other side."""
        receipt = msgspec.json.decode(job.data, type=Receipt)

        def work(connection: sqlite3.Connection) -> bool:
            known = note_receipt(connection, receipt.delivery, receipt.outcome)
            if known:
                job.done_with(connection)
            return known

        if not await self._database.write(work):
            raise Refused("There is no delivery of that id.")
        job.committed()

    async def _submit(self, job: Job, text: str) -> None:
        try:
            directive = await self._directives.submit(
                text, actor=WEBHOOK, rank=_RANK, key=f"webhook:{job.event_id}"
            )
        except StoreError:
            raise
        except HelixError as error:
            raise Refused(str(error)) from error
        job.result = f"directive {directive.id}"
        if directive.status == "refused":
            raise Refused(directive.result or "The policy refused it.")

    async def _done_with(self, job: Job, change: ChangeFunction) -> None:
        def also(connection: sqlite3.Connection, _old: Snapshot, _new: Snapshot) -> None:
            job.done_with(connection)

        await self._manager.change_with(change, also=also)
        job.committed()


def _refuse_measured(key: str) -> None:
    if key.startswith(MEASURED_PREFIX):
        raise Refused(
            f"Alerts that begin with {MEASURED_PREFIX!r} are measured here: they come and go by themselves."
        )
