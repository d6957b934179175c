"""The commands of the cog admin."""

from functools import partial

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("admin", "Admin", "Cogs, flags, caches")

_entry = partial(CommandEntry, access=Access(Level.admin), ephemeral=True)

ENTRIES = COG.commands(
    _entry(
        name="cogs",
        aliases=("extensions", "modules"),
        summary="Every cog: its state, load time, uses and commands.",
        example="!cogs",
    ),
    _entry(
        name="load",
        params=(Param("cogs", "One or more cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Load cogs now, including unloaded ones.",
        example="!load monitoring",
    ),
    _entry(
        name="unload",
        params=(Param("cogs", "One or more cogs", kind="rest", required=True),),
        form="<cog …>",
        summary="Unload cogs after asking; they stay off until !load, also after restarts.",
        example="!unload fun",
    ),
    _entry(
        name="reload",
        aliases=("rl",),
        params=(Param("cogs", "One or more cogs, all, or changed", kind="rest", required=True),),
        form="<cog …|all|changed>",
        summary="Reload the code of cogs; if that fails, the old code stays.",
        example="!reload changed",
    ),
    _entry(
        name="flags",
        aliases=("flag", "features"),
        params=(
            Param("name", "Which flag"),
            Param("value", "Turn it on or off", kind="choice", choices=("on", "off")),
        ),
        summary="Show the feature flags and where their values come from, or switch one.",
        example="!flags response_caching off",
    ),
    _entry(
        name="cache",
        aliases=("caches",),
        params=(
            Param("action", "What to do", kind="choice", default="stats", choices=("stats", "clear")),
            Param("name", "Which cache, or all", kind="rest"),
        ),
        form="[stats|clear <name|all>]",
        summary="Show the caches with size, hits, misses, hit rate and age, or clear them.",
        example="!cache clear all",
    ),
)
