"""The commands of the cog field."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Cooldown, Level, Param

COG = CogInfo("field", "Field", "The UCF: values, trends, alerts")

METRIC_NAMES = ("harmony", "resilience", "prana", "drishti", "klesha", "zoom")

ENTRIES = COG.commands(
    CommandEntry(
        name="ucf",
        aliases=("field",),
        params=(Param("metric", "Only this metric", kind="choice", choices=METRIC_NAMES),),
        form="[metric]",
        summary="The six values of the field with their bounds, and what to do next.",
        example="!ucf harmony",
        ttl_s=5.0,
    ),
    CommandEntry(
        name="trend",
        aliases=("chart", "graph"),
        params=(
            Param("metric", "Which value, or all", kind="choice", choices=("all", *METRIC_NAMES)),
            Param("window", "How far back, such as 90m, 24h or 7d", kind="rest", default="24h"),
        ),
        form="[metric|all] [window=24h]",
        summary="A chart from the journal with thresholds, events and a short forecast.",
        example="!trend harmony 24h",
        ttl_s=60.0,
        cooldown=Cooldown(3, 30.0),
    ),
    CommandEntry(
        name="alerts",
        aliases=("alert-rules",),
        params=(
            Param("action", "What to do", kind="choice", default="list", choices=("list", "ack", "mute")),
            Param("target", "The alert's number, or the metric to mute"),
            Param("span", "How long to mute, such as 30m or 2h; off ends it", kind="rest"),
        ),
        form="[list|ack <id>|mute <metric> <for|off>]",
        summary="Alerts raised by the thresholds; acknowledge or mute them.",
        example="!alerts list",
        access=Access(actions={"ack": Level.mod, "mute": Level.mod}),
    ),
    CommandEntry(
        name="tune",
        aliases=("ucf-set",),
        params=(
            Param("metric", "Which value", kind="choice", required=True, choices=METRIC_NAMES),
            Param("value", "The new value, or a shift such as +0.1 or -0.1", required=True),
            Param("reason", "Why; kept in the journal", kind="rest"),
        ),
        form="<metric> <value|+d|-d> [reason]",
        summary="Set or shift a value of the field; the journal records who and why.",
        example="!tune harmony +0.1 a calm evening",
        access=Access(Level.admin),
    ),
)
