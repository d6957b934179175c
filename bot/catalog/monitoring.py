"""The commands of the cog monitoring."""

from bot.catalog.entry import CogInfo, CommandEntry, Cooldown, Param

COG = CogInfo("monitoring", "Monitoring", "Status, health, metrics")

ENTRIES = COG.commands(
    CommandEntry(
        name="status",
        aliases=("s", "stat"),
        summary="The collective at a glance: assessment, UCF with trends, agents, gateway.",
        example="!status",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="health",
        aliases=("check", "diagnostic"),
        summary="Each component's health check: since when, why, and what to do.",
        example="!health",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="metrics",
        aliases=("stats", "performance"),
        params=(
            Param(
                "section",
                "Which part to show",
                kind="choice",
                choices=("http", "commands", "cache", "webhooks"),
            ),
        ),
        summary="Counts, latencies, error rate, cache hit rate, and the objectives (SLOs).",
        example="!metrics http",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="heartbeat",
        aliases=("pulse", "services"),
        summary="Probe every watched service now: status, latency, uptime over 24 h.",
        example="!heartbeat",
        cooldown=Cooldown(2, 10.0),
    ),
    CommandEntry(
        name="discovery",
        aliases=("endpoints", "portals", "discover"),
        summary="Every HTTP route of this process: its address and what it returns.",
        example="!discovery",
        ttl_s=60.0,
        cooldown=Cooldown(2, 10.0),
    ),
    CommandEntry(
        name="ping",
        aliases=("uptime", "latency"),
        summary="Gateway latency, REST round trip, event-loop lag, uptime, version.",
        example="!ping",
    ),
)
