"""The commands of the cog admin."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("admin", "Admin", "Cogs, flags, caches")

_ADMIN = Access(Level.admin)

ENTRIES = COG.commands(
    CommandEntry(
        name="cogs",
        aliases=("extensions", "modules"),
        summary="Every cog: loaded, not yet or failed; load time, uses, commands.",
        example="!cogs",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="load",
        params=(Param("cogs", "One or several cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Load cogs now; also brings back what was unloaded.",
        example="!load monitoring",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="unload",
        params=(Param("cogs", "One or several cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Unload cogs once you agree, and keep them off until !load, also across restarts.",
        example="!unload fun",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="reload",
        aliases=("rl",),
        params=(Param("cogs", "One or several cogs, all, or changed", kind="rest", required=True),),
        form="<cog …|all|changed>",
        summary="Swap the code of cogs; on failure the old code stays.",
        example="!reload changed",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="flags",
        aliases=("flag", "features"),
        params=(
            Param("name", "Which flag"),
            Param("value", "Switch it", kind="choice", choices=("on", "off")),
        ),
        summary="The feature flags, where their values come from; switch one.",
        example="!flags response_caching off",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="cache",
        aliases=("caches",),
        params=(
            Param("action", "What to do", kind="choice", default="stats", choices=("stats", "clear")),
            Param("name", "Which cache, or all", kind="rest"),
        ),
        form="[stats|clear <name|all>]",
        summary="The caches: size, hits, misses, hit rate, age; clear one.",
        example="!cache clear all",
        access=_ADMIN,
        ephemeral=True,
    ),
)
