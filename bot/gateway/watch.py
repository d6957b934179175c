"""The state of the gateway connection, for `/health` and dashboards."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime
from typing import TYPE_CHECKING

from bot import catalog
from core.health import Reading
from core.health.threshold import Threshold, fails_when
from core.text.numbers import plain

if TYPE_CHECKING:
    import discord

    from core.clock import Clock
    from core.health import HealthRegistry
    from core.metrics import Registry

_SHARD = "0"


class GatewayWatch:
    """Follows discord.py's events; ready means READY (or RESUMED) and all servers received.

    Attributes:
        ready: set while the gateway is ready.
        reconnects: how often a lost connection was restored.
        since: when the present state began.
        problem: why the gateway is not connected, if known.
    """

    def __init__(
        self,
        client: discord.Client,
        clock: Clock,
        metrics: Registry,
        health: HealthRegistry,
        *,
        slow_s: float,
    ) -> None:
        self._client = client
        self._clock = clock
        self._health = health
        # Above this heartbeat latency commands feel slow.
        self._slow_s = slow_s
        self.ready = asyncio.Event()
        self.reconnects = 0
        self.since: datetime = clock.now()
        self.problem = "it has not connected yet"
        self._was_ready = False
        self._identified = False
        self._register(metrics)

    def notice(self, event_name: str) -> None:
        """Handle an event that discord.py dispatches; cheap, since it is called for all events."""
        if event_name == "connect":
            self._identified = True
            self._look_soon()
        elif event_name in {"resumed", "ready"}:
            self._identified = True
            self._become_ready()
        elif event_name == "disconnect":
            self._identified = False
            if self.ready.is_set() and not self._client.is_closed():
                self.ready.clear()
                self.since = self._clock.now()
                self.problem = "the connection was lost; discord.py reconnects"
                self._report()

    def notice_socket_event(self, kind: str) -> None:
        """Handle a gateway event by name, before discord.py has parsed it."""
        if kind == "GUILD_CREATE" and self._identified and not self.ready.is_set():
            self._look_soon()

    def fail(self, problem: str) -> None:
        """Record why there is no connection."""
        if problem != self.problem or self.ready.is_set():
            self.ready.clear()
            self.problem = problem
        self._report()

    def probe(self) -> Reading:
        """The health check "gateway"."""
        latency_s = self.latency_s()
        counters: dict[str, float | str] = {
            "guilds": len(self._client.guilds),
            "shards": 1,
            "reconnects": self.reconnects,
            "since": self.since.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        if latency_s is not None:
            counters["latency_s"] = round(latency_s, 4)
        thresholds = (
            Threshold("latency_s", "above", self._slow_s, None, ("GATEWAY_LATENCY_WARN_MS",)),
            fails_when("the connection", "lost"),
        )
        if not self.ready.is_set():
            return Reading(
                status="fail",
                reason=f"not connected to Discord: {self.problem}",
                action="Helix keeps trying. Look at https://discordstatus.com and at this machine's network.",
                counters=counters,
                thresholds=thresholds,
            )
        reading = Reading(
            observed_value=counters.get("latency_s"),
            observed_unit="s" if latency_s is not None else None,
            load=None if latency_s is None else min(1.0, latency_s / (2 * self._slow_s)),
            counters=counters,
            thresholds=thresholds,
        )
        if latency_s is not None and latency_s > self._slow_s:
            return reading.become(
                "warn",
                f"heartbeats take over {plain(self._slow_s)} s",
                "Commands will feel slow until Discord, or the network, is faster.",
            )
        return reading

    def latency_s(self) -> float | None:
        """The time from a heartbeat to its answer, in seconds; None before the first answer."""
        latency = self._client.latency
        return latency if math.isfinite(latency) else None

    def _look_soon(self) -> None:
        # discord.py announces an event before it has parsed it.
        asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        if self._identified and not any(guild.unavailable for guild in self._client.guilds):
            self._become_ready()

    def _become_ready(self) -> None:
        if self.ready.is_set():
            return
        if self._was_ready:
            self.reconnects += 1
        self._was_ready = True
        self.since = self._clock.now()
        self.problem = ""
        self.ready.set()
        self._report()

    def _report(self) -> None:
        self._health.take("gateway", self.probe(), required=True)

    def _register(self, metrics: Registry) -> None:
        client = self._client
        connected = metrics.gauge("discord_connected", "Whether the gateway is connected.", ("shard",))
        latency = metrics.gauge("discord_latency_seconds", "From heartbeat to its answer.", ("shard",))
        guilds = metrics.gauge("discord_stat_total_guilds", "Servers the bot is in.")
        channels = metrics.gauge("discord_stat_total_channels", "Channels the bot can see.")
        users = metrics.gauge("discord_stat_total_users", "Users the bot knows.")
        names = metrics.gauge("discord_stat_total_commands", "Commands that can be run.")
        connected.function(lambda: {(_SHARD,): float(self.ready.is_set())})
        latency.function(lambda: {} if (now := self.latency_s()) is None else {(_SHARD,): now})
        guilds.function(lambda: len(client.guilds))
        channels.function(lambda: sum(len(guild.channels) for guild in client.guilds))
        users.function(lambda: len(client.users))
        names.function(lambda: len(catalog.ENTRIES))
