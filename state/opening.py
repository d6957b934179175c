"""Builds and loads the collective; each part is given the parts that it uses."""

from __future__ import annotations

import msgspec

from core.files.watcher import FolderWatcher
from core.http.outgoing import Outgoing
from core.runtime.kernel import Kernel
from core.store import Store
from core.store.kv import KeyValueStore
from core.store.schema import CORE_MIGRATIONS
from core.webhooks.inbox import ARRIVED, HANDLED
from core.webhooks.outbox import ATTEMPTED, ENQUEUED
from state import kinds
from state.agents.monitor import AgentMonitor
from state.alerts import Alerts
from state.alerts.forecasts import Forecasts
from state.backups import Backups
from state.backups.schedule import BackupSchedule
from state.change import Change, Versions
from state.collective import Collective
from state.contexts import Contexts, last_rituals
from state.directives import Directives
from state.directives.action import Parts
from state.directives.policy_desk import PolicyDesk
from state.directives.registry import NEEDED
from state.handlers import register_handlers
from state.journal import Journal
from state.journal.ucf_history import UCFHistory, UCFHourAgo
from state.manager import StateManager, Subscriber
from state.models import Snapshot
from state.privacy.retention import Retention
from state.projection import Projector
from state.reloads import Reloads
from state.reports import Reports
from state.retention_rules import add_rules
from state.rituals import Rituals
from state.rituals.schedules import Schedules
from state.schema import STATE_MIGRATIONS
from state.search import Search
from state.services import ServiceProbes, services_file
from state.slo import Slo
from state.status import StatusReader
from state.status.watch import StatusWatch
from state.supervision import supervise
from state.views.gauges import register_gauges
from state.webhooks import Webhooks


async def open_collective(kernel: Kernel, database: Store) -> Collective:
    """Loads the state, imports edits from while Helix was down, and registers loops, checks and metrics.

    No loop runs before the supervisor is started.
    """
    kernel.supervisor.lease_from(database.leases)
    collective = build_collective(kernel, database)
    add_rules(collective)
    await collective.manager.load()
    # The first subscriber, so that no other can be served answers cached from an older version.
    collective.manager.subscribe(_announcer(kernel))
    await collective.webhooks.open()
    await collective.alerts.load()
    kernel.clock_skew.on_set_back(collective.alerts.load_mutes)
    await collective.forecasts.load()
    await collective.projector.import_at_start()
    cut_off = len(await collective.rituals.load())
    await collective.schedules.load()
    await collective.probes.load()
    await collective.backups.load()
    await collective.policy.load()
    await collective.directives.load()
    register_handlers(collective)
    await collective.ucf_hour_ago.refresh()
    await supervise(collective, rituals_cut_off=cut_off)
    register_gauges(collective)
    _reload_what_others_change(collective)
    await collective.slo.load()
    collective.monitor.start()
    return collective


def _reload_what_others_change(collective: Collective) -> None:
    """Each part that keeps something in memory reads it again after another process changed it."""
    on, webhooks = collective.reloads.on, collective.webhooks
    on(kinds.STATE, collective.manager.reload)
    on(kinds.STATE + kinds.ALERTS, collective.alerts.reload)
    on(kinds.BACKUPS, collective.backups.reload)
    on(kinds.DIRECTIVES, collective.directives.reload)
    on(kinds.FORECASTS, collective.forecasts.reload)
    on(kinds.POLICY, collective.policy.load)
    on(kinds.PROBES, collective.probes.reload)
    on(kinds.RITUALS, collective.rituals.reload)
    on(kinds.SCHEDULES, collective.schedules.reload)
    on(kinds.STATE + ARRIVED + ENQUEUED, webhooks.reload)
    on(HANDLED + ATTEMPTED, webhooks.recount)


def build_collective(kernel: Kernel, database: Store) -> Collective:
    """Creates the parts and wires them; nothing is read and nothing runs yet."""
    settings, clock = kernel.settings, kernel.clock
    manager = StateManager(database, clock)
    journal, ucf_history = Journal(database), UCFHistory(database)
    ucf_hour_ago = UCFHourAgo(journal, clock)
    alerts = Alerts(manager, database, clock, warn_above=settings.alerts_unseen_warn)
    projector = Projector(settings.data_dir, manager, database, clock, kernel.health)
    monitor = AgentMonitor(kernel, manager)
    rituals = Rituals(kernel, manager, database)
    contexts = Contexts(manager, database, clock, agents=monitor.agents, rituals=last_rituals)
    outgoing = Outgoing()
    probes = ServiceProbes(
        outgoing.session,
        settings.data_dir / services_file.NAME,
        clock=clock,
        database=database,
        health=kernel.health,
        own_url=msgspec.structs.replace(settings, public_url=None).base_url,
        warn_above=settings.services_down_warn,
    )
    backups = Backups(kernel, database, manager, (*CORE_MIGRATIONS, *STATE_MIGRATIONS))
    webhooks = Webhooks(kernel, manager, database)
    status = StatusReader(kernel, manager, ucf_hour_ago, monitor, rituals, webhooks)
    reports = Reports(kernel, database, manager, status, monitor, alerts, probes, rituals, backups)
    retention = Retention(manager)
    policy = PolicyDesk(database, manager, clock, known=NEEDED, last_good_backup=lambda: backups.last_good_at)
    parts = Parts(kernel, database, journal, alerts, rituals, contexts, probes, backups, retention, reports)
    directives = Directives(parts, manager, webhooks, policy)

    async def take_edits(names: frozenset[str]) -> None:
        if services_file.NAME in names:
            await probes.read_file()
        await projector.check_files(names)

    return Collective(
        kernel=kernel,
        database=database,
        manager=manager,
        journal=journal,
        ucf_history=ucf_history,
        ucf_hour_ago=ucf_hour_ago,
        alerts=alerts,
        forecasts=Forecasts(ucf_history, database, clock, poor_percent=settings.forecast_error_warn_percent),
        key_values=KeyValueStore(database, clock),
        projector=projector,
        monitor=monitor,
        rituals=rituals,
        schedules=Schedules(kernel, manager, database, rituals, held=lambda: directives.halted is not None),
        contexts=contexts,
        search=Search(database, clock),
        outgoing=outgoing,
        probes=probes,
        backups=backups,
        backup_schedule=BackupSchedule(kernel, backups),
        webhooks=webhooks,
        status=status,
        status_watch=StatusWatch(kernel, manager),
        slo=Slo(kernel, database),
        retention=retention,
        reports=reports,
        policy=policy,
        directives=directives,
        watcher=FolderWatcher(
            settings.data_dir,
            projector.names | {services_file.NAME},
            take_edits,
            flags=kernel.flags,
            health=kernel.health,
        ),
        reloads=Reloads(database.feed, kernel.supervisor),
    )


def _announcer(kernel: Kernel) -> Subscriber:
    """Drops answers cached from the older version, and broadcasts events and the new version."""

    def announce(old: Snapshot, new: Snapshot, change: Change) -> None:
        for event in change.events:
            if event.topic is not None:
                kernel.broadcaster.publish(event.topic, event)
        if new is not old:
            kernel.caches.drop_tags("state")
            kernel.broadcaster.publish("state", Versions(old, new))

    return announce
