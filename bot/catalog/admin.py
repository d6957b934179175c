"""The commands of the cog admin."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("admin", "Admin", "Cogs, flags, caches")

_ADMIN = Access(Level.admin)

ENTRIES = COG.commands(
    CommandEntry(
        name="cogs",
        aliases=("extensions", "modules"),
        summary="Every cog: its state, load time, uses and commands.",
        example="!cogs",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="load",
        params=(Param("cogs", "One or more cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Load cogs now, including unloaded ones.",
        example="!load monitoring",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="unload",
        params=(Param("cogs", "One or more cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Unload cogs after asking; they stay off until !load, also after restarts.",
        example="!unload fun",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="reload",
        aliases=("rl",),
        params=(Param("cogs", "One or more cogs, all, or changed", kind="rest", required=True),),
        form="<cog …|all|changed>",
        summary="Reload the code of cogs; if that fails, the old code stays.",
        example="!reload changed",
        access=_ADMIN,
        ephemeral=True,
    ),
    CommandEntry(
        name="flags",
        aliases=("flag", "features"),
        params=(
            Param("name", "Which flag"),
            Param("value", "Turn it on or off", kind="choice", choices=("on", "off")),
        ),
        summary="Show the feature flags and where their values come from, or switch one.",
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
        summary="Show the caches with size, hits, misses, hit rate and age, or clear them.",
        example="!cache clear all",
        access=_ADMIN,
        ephemeral=True,
    ),
)
