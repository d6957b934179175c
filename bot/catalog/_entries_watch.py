"""The catalog, rows 1 to 11: help, monitoring, agents."""

from __future__ import annotations

from bot.catalog.entry import CommandEntry, Cooldown, Param

LAYERS = ("Consciousness", "Operational", "Integration")

_AGENT = Param("name", "The agent's name", required=True)

ENTRIES: tuple[CommandEntry, ...] = (
    CommandEntry(
        name="help",
        cog="help",
        aliases=("commands", "cmds", "h"),
        params=(Param("topic", "A command or a category", kind="rest"),),
        form="[command or category]",
        summary="Find your way: every command by category, or one command in full.",
        example="!help status",
        ephemeral=True,
    ),
    CommandEntry(
        name="status",
        cog="monitoring",
        aliases=("s", "stat"),
        summary="The collective on one screen: assessment, UCF with trends, agents, gateway.",
        example="!status",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="health",
        cog="monitoring",
        aliases=("check", "diagnostic"),
        summary="Each component's check: since when, why, and what to do about it.",
        example="!health",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="metrics",
        cog="monitoring",
        aliases=("stats", "performance"),
        params=(
            Param(
                "section",
                "Which part to look at",
                kind="choice",
                choices=("http", "commands", "cache", "webhooks"),
            ),
        ),
        summary="Counts, latencies, error rate, cache hit rate, and how the promises stand.",
        example="!metrics http",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="heartbeat",
        cog="monitoring",
        aliases=("pulse", "services"),
        summary="Probe every watched service now: status, latency, uptime over 24 h.",
        example="!heartbeat",
        cooldown=Cooldown(2, 10.0),
    ),
    CommandEntry(
        name="discovery",
        cog="monitoring",
        aliases=("endpoints", "portals", "discover"),
        summary="Every HTTP route of this process: its address and what it gives.",
        example="!discovery",
        ttl_s=60.0,
        cooldown=Cooldown(2, 10.0),
    ),
    CommandEntry(
        name="ping",
        cog="monitoring",
        aliases=("uptime", "latency"),
        summary="Gateway latency, REST round trip, event-loop lag, uptime, version.",
        example="!ping",
    ),
    CommandEntry(
        name="agents",
        cog="agents",
        aliases=("collective", "team", "roster"),
        params=(Param("layer", "Only this layer", kind="choice", choices=LAYERS),),
        form="[layer]",
        summary="The 14 agents by layer, with measured status and load.",
        example="!agents operational",
        ttl_s=60.0,
    ),
    CommandEntry(
        name="agent",
        cog="agents",
        aliases=("profile",),
        params=(_AGENT,),
        summary="One agent: its role, what it is bound to, and how that is doing.",
        example="!agent Lumina",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="history",
        cog="agents",
        aliases=("agent-history",),
        params=(
            Param("agent", "The agent's name", required=True),
            Param("days", "How many days back, 1 to 365", kind="int", default="7"),
        ),
        summary="What an agent did, from the journal.",
        example="!history Kavach 30",
    ),
    CommandEntry(
        name="wisdom",
        cog="agents",
        aliases=("quote", "agent-wisdom", "advice"),
        params=(Param("agent", "Whose voice; anyone's when left out"),),
        summary="A saying in an agent's own voice.",
        example="!wisdom Oracle",
    ),
)
