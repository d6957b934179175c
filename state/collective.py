"""Everything the collective knows, opened and closed as one."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final, Self

import msgspec

from core.files.watcher import FolderWatcher
from core.runtime.kernel import Kernel
from core.store import Database, checks
from core.store.errors import StoreError
from core.store.kv import KeyValue
from core.store.schema import CORE_MIGRATIONS
from state.agents import AgentView
from state.agents.monitor import AgentMonitor
from state.alerts import Alerts
from state.alerts.forecasts import EVERY_S, Forecasts
from state.backups import Backups
from state.backups.schedule import BackupSchedule
from state.change import Change
from state.contexts import Contexts, last_rituals
from state.directives import Directives
from state.directives.policy_desk import PolicyDesk
from state.directives.registry import NEEDED
from state.handlers import StateHandlers
from state.journal import Journal
from state.journal.history import History
from state.manager import StateManager
from state.models import METRICS, UCF, Snapshot
from state.privacy.retention import build_retention
from state.projection import Projector
from state.reports import Reports
from state.rituals import Rituals
from state.rituals.schedules import Schedules
from state.schema import STATE_MIGRATIONS
from state.search import Search
from state.services import PROBE_EVERY_S, ServiceProbes, services_file
from state.slo import EVERY_S as SLO_EVERY_S
from state.slo import Slo
from state.status.watch import StatusWatch
from state.views.gauges import register_gauges
from state.webhooks import Webhooks
from state.webhooks.session import Outgoing

logger = logging.getLogger(__name__)

_TREND_EVERY_S: Final = 60.0
_DISK_EVERY_S: Final = 30.0
_PRUNE_EVERY_S: Final = 6 * 3600.0


class Collective:
    """The shared state and what watches over it. `Collective.open` makes one.

    Attributes:
        hour_ago: the UCF of an hour ago, else the first one there was; read once a minute.
        trends_since: the moment of that first one, where it is used; None where `hour_ago` is what it says.
    """

    def __init__(self, kernel: Kernel, database: Database) -> None:
        settings, clock, health = kernel.settings, kernel.clock, kernel.health
        folder = settings.data_dir
        self.kernel = kernel
        self.database = database
        self.manager = StateManager(database, clock)
        self.journal = Journal(database)
        self.alerts = Alerts(self.manager, database, clock, warn_above=settings.alerts_unseen_warn)
        self.history = History(database)
        self.forecasts = Forecasts(
            self.history, database, clock, poor_percent=settings.forecast_error_warn_percent
        )
        self.remembered = KeyValue(database, clock)
        self.projector = Projector(folder, self.manager, database, clock, health)
        self.monitor = AgentMonitor(kernel, self.manager)
        self.rituals = Rituals(kernel, self.manager, database)
        self.schedules = Schedules(
            kernel,
            self.manager,
            database,
            self.rituals,
            held=lambda: self.directives.halted is not None,
        )
        self.contexts = Contexts(self.manager, database, clock, agents=self.agents, rituals=last_rituals)
        self.search = Search(database, clock)
        self.outgoing = Outgoing()
        self.hour_ago: UCF | None = None
        self.trends_since: datetime | None = kernel.started_at
        self._rituals_cut_off = 0
        self._own_url = msgspec.structs.replace(settings, public_url=None).base_url
        self.probes = ServiceProbes(
            self.outgoing.session,
            folder / services_file.NAME,
            clock=clock,
            database=database,
            health=health,
            base_url=lambda: self.own_url,
            warn_above=settings.services_down_warn,
        )
        self.backups = Backups(kernel, database, self.manager, (*CORE_MIGRATIONS, *STATE_MIGRATIONS))
        self.backup_schedule = BackupSchedule(kernel, self.backups)
        self.policy = PolicyDesk(
            database,
            self.manager,
            clock,
            known=NEEDED,
            last_good_backup=lambda: newest.finished_at if (newest := self.backups.newest) else None,
        )
        self.directives = Directives(self, self.policy)
        self.webhooks = Webhooks(kernel, self.manager, database)
        self.status_watch = StatusWatch(kernel, self.manager)
        self.slo = Slo(kernel, database)
        self.retention = build_retention(self)
        self.reports = Reports(self)
        self.watcher = FolderWatcher(
            folder,
            self.projector.names | {services_file.NAME},
            self._files_edited,
            flags=kernel.flags,
            health=health,
        )

    @classmethod
    async def open(cls, kernel: Kernel, database: Database) -> Self:
        """Loads the state, takes edits made while Helix was down, and registers loops, checks and metrics.

        Nothing in it runs before the supervisor is started.
        """
        collective = cls(kernel, database)
        await collective.manager.load()
        # First of all subscribers: nobody may be served what was cached from an older version.
        collective.manager.subscribe(collective._state_changed)
        await collective.webhooks.open()
        await collective.alerts.load()
        kernel.clock_watch.on_set_back(collective.alerts.load_mutes)
        await collective.forecasts.load()
        await collective.projector.import_at_start()
        collective._rituals_cut_off = len(await collective.rituals.load())
        await collective.schedules.load()
        await collective.probes.load()
        await collective.backups.load()
        await collective.policy.load()
        await collective.directives.load()
        collective._register_handlers()
        await collective.refresh_trend()
        await collective.refresh_disk()
        collective._register()
        await collective.slo.load()
        collective.monitor.start()
        return collective

    def agents(self) -> tuple[AgentView, ...]:
        """The fourteen as they are now."""
        return self.monitor.agents()

    @property
    def own_url(self) -> str:
        """Where this process's HTTP server listens, without a slash at the end; never `PUBLIC_URL`."""
        return self._own_url

    def set_own_url(self, url: str) -> None:
        """Says where this process's HTTP server listens, once that is known; `{base}` in `services.json`."""
        self._own_url = url.rstrip("/")

    async def refresh_trend(self) -> None:
        """Reads the UCF of an hour ago."""
        then = await self.journal.ucf_at(self.kernel.clock.now() - timedelta(hours=1))
        first = await self.journal.first_ucf() if then is None else None
        self.hour_ago, self.trends_since = (then, None) if first is None else first

    async def refresh_disk(self) -> None:
        """Looks how much room the data folder has left."""
        settings = self.kernel.settings
        disk = await asyncio.to_thread(
            checks.read_disk,
            settings.data_dir,
            warn_mb=settings.disk_free_warn_mb,
            fail_mb=settings.disk_free_fail_mb,
        )
        self.kernel.health.take("disk", disk)

    async def close(self) -> None:
        """Writes what is not written yet, and lets go of everything but the database."""
        self.monitor.stop()
        try:
            await self.rituals.close()
            await self.projector.close()
            await self.monitor.flush()
            await self.slo.close()
        except StoreError as error:
            logger.warning("collective.close_incomplete error=%s", error)
        finally:
            await self.webhooks.close()
            await self.outgoing.close()
            await self.kernel.worker.close()

    def _register_handlers(self) -> None:
        """Who does what with an event that came in; those that need Discord are registered by the bot."""
        handlers = StateHandlers(
            manager=self.manager,
            alerts=self.alerts,
            directives=self.directives,
            contexts=self.contexts,
            database=self.database,
            clock=self.kernel.clock,
        )
        webhooks = self.webhooks
        webhooks.register("state.ucf", handlers.update_ucf)
        webhooks.register("state.agents", handlers.take_heartbeat)
        webhooks.register("state.rituals", handlers.start_ritual)
        webhooks.register("state.directives", handlers.run_directive)
        webhooks.register("state.alerts", handlers.change_alert)
        webhooks.register("state.contexts", handlers.archive_context)
        webhooks.register("webhooks.receipts", handlers.take_receipt)

    def _register(self) -> None:
        kernel = self.kernel
        supervisor, health = kernel.supervisor, kernel.health
        supervisor.add("projection", self.projector.run)
        supervisor.add("state-watching", self.watcher.run)
        supervisor.add("agents", self.monitor.run)
        supervisor.add("status", self.status_watch.run)
        supervisor.add("trend", self.refresh_trend, every_s=_TREND_EVERY_S, first_after_s=_TREND_EVERY_S)
        supervisor.add("disk", self.refresh_disk, every_s=_DISK_EVERY_S, first_after_s=_DISK_EVERY_S)
        supervisor.add("probes", self.probes.run_once, every_s=PROBE_EVERY_S, first_after_s=5.0)
        supervisor.add("services-file", self.probes.reread)
        supervisor.add("schedules", self.schedules.run)
        supervisor.add("directives", self.directives.run)
        supervisor.add("retention", self.retention.run_once, every_s=_PRUNE_EVERY_S, first_after_s=60.0)
        supervisor.add("backups", self.backup_schedule.run)
        supervisor.add("slo", self.slo.keep, every_s=SLO_EVERY_S, first_after_s=SLO_EVERY_S)
        health.add_probe(
            "store",
            lambda: checks.read_store(
                self.database.stats(),
                full_share=kernel.settings.queue_warn_percent / 100,
            ),
            required=True,
        )
        health.add_probe("backups", self.backup_schedule.read)
        health.add_probe(
            "journal",
            lambda: checks.read_journal(
                self.database.stats(),
                kernel.settings.journal_days,
                beside=(health.get("disk"), health.get("backups")),
            ),
        )
        supervisor.add("forecasts", self.forecasts.run_once, every_s=EVERY_S, first_after_s=20.0)
        health.add_probe("alerts", self.alerts.probe)
        health.add_probe("policy", self.policy.probe)
        health.add_probe("directives", self.directives.probe)
        health.add_probe("forecasts", self.forecasts.probe)
        recovery = self.database.recovery
        checks.report_recovery(
            health, recovery, edits=self.projector.edits_at_start, rituals=self._rituals_cut_off
        )
        health.add_probe("rituals", self.rituals.read_health)
        health.refresh()
        register_gauges(self)

    def _state_changed(self, old: Snapshot, new: Snapshot, change: Change) -> None:
        for event in change.events:
            topic = event.topic
            if topic is not None:
                self.kernel.broadcaster.publish(topic, msgspec.to_builtins(event))
        if new is old:
            return
        self.kernel.caches.drop_tags("state")
        self.kernel.broadcaster.publish(
            "state",
            {
                "version": new.version,
                "changed_at": new.changed_at.isoformat(),
                "source": new.source,
                "ucf": new.ucf.as_dict(),
                "changed": [name for name in METRICS if getattr(old.ucf, name) != getattr(new.ucf, name)],
            },
        )

    async def _files_edited(self, names: frozenset[str]) -> None:
        if services_file.NAME in names:
            await self.probes.read_file()
        await self.projector.check_files(names)
