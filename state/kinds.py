"""What processes keep in memory, by the kinds under which the feed tells that it was changed."""

from __future__ import annotations

from typing import Final

# Any change through the manager: the snapshot, measured alerts, events that go out.
STATE: Final = ("state",)
ALERTS: Final = ("alerts",)
BACKUPS: Final = ("backups",)
DIRECTIVES: Final = ("directives",)
FORECASTS: Final = ("forecasts",)
POLICY: Final = ("policy",)
PROBES: Final = ("probes",)
RITUALS: Final = ("rituals",)
SCHEDULES: Final = ("schedules",)
