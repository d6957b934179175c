"""The commands of the cog consciousness."""

from bot.catalog.entry import CogInfo, CommandEntry, Param

COG = CogInfo("consciousness", "Consciousness", "Level, emotions, ethics")

ENTRIES = COG.commands(
    CommandEntry(
        name="consciousness",
        aliases=("conscious", "state", "mind"),
        params=(Param("agent", "From this agent's point of view", kind="rest"),),
        summary="The level computed from the field, its band, and what changed it.",
        example="!consciousness",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="emotions",
        aliases=("emotion", "feelings", "mood"),
        summary="The emotional landscape, computed from the field and recent activity.",
        example="!emotions",
        ttl_s=30.0,
    ),
    CommandEntry(
        name="ethics",
        aliases=("ethical", "tony", "accords"),
        summary="The four principles of the Tony Accords, and the latest decisions under them.",
        example="!ethics",
        ttl_s=60.0,
    ),
)
