"""The catalog, rows 12 to 25: field, consciousness, rituals, visuals."""

from __future__ import annotations

from bot.catalog.entry import SERVER_ONLY, Access, CommandEntry, Cooldown, Level, Param

METRIC_NAMES = ("harmony", "resilience", "prana", "drishti", "klesha", "zoom")

_PICTURES = Cooldown(3, 30.0)

ENTRIES: tuple[CommandEntry, ...] = (
    CommandEntry(
        name="ucf",
        cog="field",
        aliases=("field",),
        params=(Param("metric", "Only this one", kind="choice", choices=METRIC_NAMES),),
        form="[metric]",
        summary="The six values of the field, with their bounds and the next sensible action.",
        example="!ucf harmony",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="trend",
        cog="field",
        aliases=("chart", "graph"),
        params=(
            Param("metric", "Which value, or all", kind="choice", choices=("all", *METRIC_NAMES)),
            Param("window", "How far back, as 90m, 24h or 7d", kind="rest", default="24h"),
        ),
        form="[metric|all] [window=24h]",
        summary="A chart from the journal with thresholds, events and a short forecast.",
        example="!trend harmony 24h",
        ttl_s=60.0,
        cooldown=_PICTURES,
    ),
    CommandEntry(
        name="alerts",
        cog="field",
        aliases=("alert-rules",),
        params=(
            Param("action", "What to do", kind="choice", default="list", choices=("list", "ack", "mute")),
            Param("target", "The alert's number, or the metric to mute"),
            Param("span", "How long to mute, as 30m or 2h; off ends it", kind="rest"),
        ),
        form="[list|ack <id>|mute <metric> <for|off>]",
        summary="Alerts raised by the thresholds; acknowledge or mute them.",
        example="!alerts list",
        access=Access(actions={"ack": Level.mod, "mute": Level.mod}),
    ),
    CommandEntry(
        name="tune",
        cog="field",
        aliases=("ucf-set",),
        params=(
            Param("metric", "Which value", kind="choice", required=True, choices=METRIC_NAMES),
            Param("value", "The new value, or a shift as +0.1 or -0.1", required=True),
            Param("reason", "Why; kept in the journal", kind="rest"),
        ),
        form="<metric> <value|+d|-d> [reason]",
        summary="Set or shift a value of the field, with who and why in the journal.",
        example="!tune harmony +0.1 a calm evening",
        access=Access(Level.admin),
    ),
    CommandEntry(
        name="consciousness",
        cog="consciousness",
        aliases=("conscious", "state", "mind"),
        params=(Param("agent", "Seen from this agent", kind="rest"),),
        summary="The level computed from the field, its band, and what moved it.",
        example="!consciousness",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="emotions",
        cog="consciousness",
        aliases=("emotion", "feelings", "mood"),
        summary="The emotional landscape, computed from the field and from activity.",
        example="!emotions",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="ethics",
        cog="consciousness",
        aliases=("ethical", "tony", "accords"),
        summary="The four principles of the Tony Accords, and the last decisions under them.",
        example="!ethics",
        ttl_s=60.0,
    ),
    CommandEntry(
        name="ritual",
        cog="rituals",
        aliases=("z88",),
        params=(Param("steps", "How many steps, 1 to 1000", kind="int", default="108"),),
        summary="Run a Z-88 ritual, with live progress and what it changed.",
        example="!ritual 27",
    ),
    CommandEntry(
        name="harmony",
        cog="rituals",
        aliases=("neti-neti",),
        summary="A short ritual in four phases that raises harmony; once per server in 10 min.",
        example="!harmony",
        where=SERVER_ONLY,
    ),
    CommandEntry(
        name="rituals",
        cog="rituals",
        aliases=("ritual-log",),
        params=(Param("page", "Which page", kind="int", default="1"),),
        form="[page]",
        summary="Running and past rituals; each can be replayed from its id.",
        example="!rituals",
    ),
    CommandEntry(
        name="schedule",
        cog="rituals",
        aliases=("ritual-schedule",),
        params=(
            Param("action", "What to do", kind="choice", default="list", choices=("list", "add", "remove")),
            Param("details", "When and how many steps, or the id to remove", kind="rest"),
        ),
        form="[list|add <when> <steps>|remove <id>]",
        summary='Rituals on a cron expression or "every 6h".',
        example="!schedule add every 6h 27",
        access=Access(Level.mod),
    ),
    CommandEntry(
        name="folklore",
        cog="rituals",
        aliases=("lore", "legends"),
        params=(Param("entry", "One of its entries", kind="rest"),),
        summary="Anomalies, legends, hymns and laws: counts, last seen, next promotion.",
        example="!folklore void",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="visualize",
        cog="visuals",
        aliases=("visual", "render", "image", "fractal", "aion"),
        params=(
            Param(
                "style",
                "What to draw",
                kind="choice",
                choices=("mandelbrot", "julia", "ouroboros", "mandala"),
            ),
        ),
        summary="A picture drawn from the present field.",
        example="!visualize julia",
        ttl_s=300.0,
        cooldown=_PICTURES,
    ),
    CommandEntry(
        name="icon",
        cog="visuals",
        aliases=("server-icon",),
        params=(
            Param("action", "What to do", kind="choice", default="info", choices=("info", "set", "cycle")),
            Param("value", "The mode to set, or on or off"),
        ),
        form="[info|set <mode>|cycle on|cycle off]",
        summary="Show, set or cycle this server's icon.",
        example="!icon info",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
        cooldown=_PICTURES,
        quick=("info",),
    ),
)
