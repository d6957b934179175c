"""Registers the loops and most health checks of the collective; webhooks and services register their own."""

from __future__ import annotations

from functools import partial
from typing import Final

from core.store import LEADER, checks
from state.alerts.forecasts import EVERY_S as FORECASTS_EVERY_S
from state.collective import Collective
from state.journal.ucf_history import HOUR_AGO_EVERY_S
from state.services import PROBE_EVERY_S
from state.slo import EVERY_S as SLO_EVERY_S

_DISK_EVERY_S: Final = 30.0
_PRUNE_EVERY_S: Final = 6 * 3600.0


async def supervise(collective: Collective, *, rituals_cut_off: int) -> None:
    """Registers loops and checks; the supervisor starts the loops, each health refresh runs the probes."""
    refresh_disk = partial(checks.refresh_disk, collective.kernel.settings, collective.kernel.health)
    await refresh_disk()
    add = collective.kernel.supervisor.add
    # Of several processes that share the store, one does what has the lease.
    add_leased = partial(add, lease=LEADER)
    add_leased("projection", collective.projector.run)
    add_leased("state-watching", collective.watcher.run)
    add("agents", collective.monitor.run)
    add_leased("status", collective.status_watch.run)
    add("trend", collective.ucf_hour_ago.refresh, every_s=HOUR_AGO_EVERY_S, first_after_s=HOUR_AGO_EVERY_S)
    add("disk", refresh_disk, every_s=_DISK_EVERY_S, first_after_s=_DISK_EVERY_S)
    add_leased("probes", collective.probes.run_once, every_s=PROBE_EVERY_S, first_after_s=5.0)
    add_leased("services-file", collective.probes.reread)
    add_leased("schedules", collective.schedules.run)
    add_leased("directives", collective.directives.run)
    add_leased("retention", collective.retention.run_once, every_s=_PRUNE_EVERY_S, first_after_s=60.0)
    add_leased("backups", collective.backup_schedule.run)
    add_leased("slo", collective.slo.keep, every_s=SLO_EVERY_S, first_after_s=SLO_EVERY_S)
    add_leased("forecasts", collective.forecasts.run_once, every_s=FORECASTS_EVERY_S, first_after_s=20.0)
    _add_probes(collective)
    health = collective.kernel.health
    recovery, edits = collective.database.recovery, collective.projector.edits_at_start
    checks.report_recovery(health, recovery, edits=edits, rituals=rituals_cut_off)
    health.refresh()


def _add_probes(collective: Collective) -> None:
    settings, health, database = collective.kernel.settings, collective.kernel.health, collective.database
    full_share = settings.queue_warn_percent / 100
    health.add_probe(
        "store", lambda: checks.read_store(database.stats(), full_share=full_share), required=True
    )
    health.add_probe("backups", collective.backup_schedule.read)
    health.add_probe(
        "journal",
        lambda: checks.read_journal(
            database.stats(), settings.journal_days, beside=(health.get("disk"), health.get("backups"))
        ),
    )
    health.add_probe("alerts", collective.alerts.probe)
    health.add_probe("policy", collective.policy.probe)
    health.add_probe("directives", collective.directives.probe)
    health.add_probe("forecasts", collective.forecasts.probe)
    health.add_probe("rituals", collective.rituals.read_health)
