"""The commands of the cog webhooks."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("webhooks", "Webhooks", "Deliveries, replays, breakers")

ENTRIES = COG.commands(
    CommandEntry(
        name="webhooks",
        aliases=("deliveries", "hooks"),
        params=(
            Param("view", "in, out, failed, subscriptions, or a delivery's id"),
            Param("page", "Which page", kind="int", default="1"),
        ),
        form="[in|out|failed|subscriptions|<id>] [page]",
        summary="Deliveries with attempts and next retry, one delivery in full, or subscriptions.",
        example="!webhooks failed",
        access=Access(Level.mod),
        ephemeral=True,
    ),
    CommandEntry(
        name="replay",
        aliases=("redeliver",),
        params=(
            Param("target", "A delivery's id, or failed", required=True),
            Param("since", "Only those that failed within this time, such as 24h"),
        ),
        form="<id|failed> [since]",
        summary="Send failed deliveries again, with progress.",
        example="!replay failed 24h",
        access=Access(Level.admin),
    ),
    CommandEntry(
        name="breakers",
        aliases=("circuits",),
        params=(
            Param("action", "What to do", kind="choice", default="list", choices=("list", "reset", "trip")),
            Param("name", "Which breaker", kind="rest"),
        ),
        form="[reset <name>|trip <name>]",
        summary="Every circuit breaker: state, failure rate, next probe.",
        example="!breakers",
        access=Access(Level.mod, actions={"reset": Level.admin, "trip": Level.admin}),
        ephemeral=True,
    ),
    CommandEntry(
        name="emit",
        aliases=("zapier-test", "zap", "webhook-test"),
        params=(
            Param("event", "The event's type", required=True),
            Param("json", "Its data, a JSON object", kind="rest"),
        ),
        form="<event> [json]",
        summary="Send a test event to its destinations and show the results.",
        example='!emit report.ready {"assessment": "a test"}',
        access=Access(Level.admin),
        ephemeral=True,
    ),
)
