"""The list of checks. To add one, write a function from `Bench` to `Finding` and list it here."""

from __future__ import annotations

from functools import partial

from bot import catalog
from bot.cogs.diagnostics import _parts, _routes, _webhook
from bot.cogs.diagnostics._model import Bench, NamedCheck

# The first picture starts the worker process.
_DRAWING_S = 25.0
# A cog waits until the load in progress has ended.
_LOADING_S = 10.0
# A slower route is useless to a monitor.
_ROUTE_S = 10.0


def build_checks(bench: Bench) -> tuple[NamedCheck, ...]:
    """Every check of this process, in the order they run."""
    health = bench.bot.kernel.health
    return (
        *(
            NamedCheck("Cogs", f"cog {info.name}", partial(_parts.check_cog, info.name), _LOADING_S)
            for info in catalog.COGS
        ),
        NamedCheck("State", "store read", _parts.check_store_read),
        NamedCheck("State", "state write and read back", _parts.check_state_write),
        NamedCheck("State", "projected files", _parts.check_projected_files),
        NamedCheck("State", "open alerts", _parts.check_alerts),
        NamedCheck("Parts", "worker draws", _parts.check_worker, _DRAWING_S),
        NamedCheck("Parts", "gateway round trip", _parts.check_gateway, 10.0),
        NamedCheck("Parts", "webhook round trip", _webhook.check_round_trip, 10.0),
        *(
            NamedCheck("Routes", f"route {route.path}", partial(_routes.check_route, route), _ROUTE_S)
            for route in bench.bot.routes
            if route.method == "GET"
        ),
        # Last, so that they also show what the self-test itself broke.
        *(
            NamedCheck("Health", f"health {check.name}", partial(_parts.check_health, check.name))
            for check in health.checks()
        ),
    )
