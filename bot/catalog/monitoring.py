"""The commands of the cog monitoring."""

from bot.catalog.entry import CogInfo, CommandEntry, Cooldown, Param

COG = CogInfo("monitoring", "Monitoring", "How everything is doing")

ENTRIES = COG.commands(
    CommandEntry(
        name="status",
        aliases=("s", "stat"),
        summary="The collective on one screen: assessment, UCF with trends, agents, gateway.",
        example="!status",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="health",
        aliases=("check", "diagnostic"),
        summary="Each component's check: since when, why, and what to do about it.",
        example="!health",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="metrics",
        aliases=("stats", "performance"),
        params=(
            Param(
                "section",
                "Which part to look at",
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
        summary="Every HTTP route of this process: its address and what it gives.",
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
