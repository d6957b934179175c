"""All parts of `state/` in one record."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from core.store.errors import StoreError

if TYPE_CHECKING:
    from core.files.watcher import FolderWatcher
    from core.http.outgoing import Outgoing
    from core.runtime.kernel import Kernel
    from core.store import Store
    from core.store.kv import KeyValueStore
    from state.agents.monitor import AgentMonitor
    from state.alerts import Alerts
    from state.alerts.forecasts import Forecasts
    from state.backups import Backups
    from state.backups.schedule import BackupSchedule
    from state.contexts import Contexts
    from state.directives import Directives
    from state.directives.policy_desk import PolicyDesk
    from state.journal import Journal
    from state.journal.ucf_history import UCFHistory, UCFHourAgo
    from state.manager import StateManager
    from state.privacy.retention import Retention
    from state.projection import Projector
    from state.reloads import Reloads
    from state.reports import Reports
    from state.rituals import Rituals
    from state.rituals.schedules import Schedules
    from state.search import Search
    from state.services import ServiceProbes
    from state.slo import Slo
    from state.status import StatusReader
    from state.status.watch import StatusWatch
    from state.webhooks import Webhooks

logger = logging.getLogger(__name__)


class Collective(msgspec.Struct, kw_only=True):
    """The parts. Each was given the parts that it uses; none of them knows this record."""

    kernel: Kernel
    database: Store
    manager: StateManager
    journal: Journal
    ucf_history: UCFHistory
    ucf_hour_ago: UCFHourAgo
    alerts: Alerts
    forecasts: Forecasts
    key_values: KeyValueStore
    projector: Projector
    monitor: AgentMonitor
    rituals: Rituals
    schedules: Schedules
    contexts: Contexts
    search: Search
    outgoing: Outgoing
    probes: ServiceProbes
    backups: Backups
    backup_schedule: BackupSchedule
    webhooks: Webhooks
    status: StatusReader
    status_watch: StatusWatch
    slo: Slo
    retention: Retention
    reports: Reports
    policy: PolicyDesk
    directives: Directives
    watcher: FolderWatcher
    reloads: Reloads

    async def close(self) -> None:
        """Writes what is not written yet, and closes everything except the database."""
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
            await self.kernel.close()
