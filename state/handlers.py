"""Handlers of incoming events for the state: most store effect and "done" together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from core.errors import HelixError
from core.store.errors import StoreError
from core.store.tx import Tx
from core.webhooks.job import Job, Refused
from core.webhooks.table.delivery_table import note_receipt
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
    from state.collective import Collective
    from state.manager import ChangeFunction

WEBHOOK = Actor("webhook")

# A sender that has the webhook's secret may do what an admin may do.
_RANK = Rank.admin


def register_handlers(collective: Collective) -> None:
    """Registers the handler of each event; those that need Discord are registered by the bot."""
    handlers, register = StateHandlers(collective), collective.webhooks.register
    register(UcfUpdate, handlers.update_ucf)
    register(AgentHeartbeat, handlers.take_heartbeat)
    register(RitualStart, handlers.start_ritual)
    register(DirectiveRun, handlers.run_directive)
    register(AlertRaise, handlers.raise_alert)
    register(AlertClear, handlers.clear_alert)
    register(ContextArchive, handlers.archive_context)
    register(Receipt, handlers.take_receipt)


class StateHandlers:
    """The handlers of the state; each gets a job, and raises `Refused` for events that can never succeed."""

    def __init__(self, collective: Collective) -> None:
        self._collective = collective

    async def update_ucf(self, job: Job, update: UcfUpdate) -> None:
        """`ucf.update`: applies all values or none."""

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

    async def take_heartbeat(self, job: Job, heartbeat: AgentHeartbeat) -> None:
        """`agent.heartbeat`: the agent counts as external from then on.

        The report gets its time of receipt. It may have waited, so it is ignored if a later one exists.
        """
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
            known, now = snapshot.reports.get(agent), self._collective.kernel.clock.now()
            # A known report with a future time (the clock was set back) does not count as later.
            if known is not None and report.reported_at < known.reported_at <= now:
                return Change()
            reports = {**snapshot.reports, agent: report}
            return Change(
                reports=reports,
                journal=report_rows(snapshot.reports, reports, cause=WEBHOOK.cause),
                source=WEBHOOK.cause,
            )

        await self._done_with(job, change)

    async def start_ritual(self, job: Job, ritual: RitualStart) -> None:
        """`ritual.start`: runs as a directive, judged by policy; the key prevents a second run."""
        await self._submit(job, f"ritual {ritual.steps}")

    async def run_directive(self, job: Job, asked: DirectiveRun) -> None:
        """`directive.run`: likewise."""
        await self._submit(job, asked.directive)

    async def raise_alert(self, job: Job, alert: AlertRaise) -> None:
        """`alert.raise`: refused for a measured alert."""
        _refuse_measured(alert.key)
        await self._collective.alerts.raise_(
            alert.key, alert.severity, alert.summary, alert.detail, actor=WEBHOOK, also=job.done_with
        )
        job.committed()

    async def clear_alert(self, job: Job, alert: AlertClear) -> None:
        """`alert.clear`, likewise."""
        _refuse_measured(alert.key)
        await self._collective.alerts.clear(alert.key, WEBHOOK, also=job.done_with)
        job.committed()

    async def archive_context(self, job: Job, archive: ContextArchive) -> None:
        """`context.archive`: saves a checkpoint in the name of the webhook."""
        try:
            await self._collective.contexts.archive(archive.name, WEBHOOK, archive.note, beside=job.done_with)
        except WrongName as error:
            raise Refused(str(error)) from error
        job.committed()

    async def take_receipt(self, job: Job, receipt: Receipt) -> None:
        """`receipt`: stores the outcome that the receiver of a delivery reports."""

        def work(tx: Tx) -> bool:
            known = note_receipt(tx, receipt.delivery, receipt.outcome)
            if known:
                job.done_with(tx)
            return known

        if not await self._collective.database.write(work):
            raise Refused("There is no delivery with that id.")
        job.committed()

    async def _submit(self, job: Job, text: str) -> None:
        try:
            directive = await self._collective.directives.submit(
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
        def also(tx: Tx, _old: Snapshot, _new: Snapshot) -> None:
            job.done_with(tx)

        await self._collective.manager.change_with(change, also=also)
        job.committed()


def _refuse_measured(key: str) -> None:
    if key.startswith(MEASURED_PREFIX):
        raise Refused(f"Helix itself raises and clears alerts whose key begins with {MEASURED_PREFIX!r}.")
