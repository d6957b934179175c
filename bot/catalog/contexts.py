"""The commands of the cog contexts."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("contexts", "Contexts", "Checkpoints and search")

ENTRIES = COG.commands(
    CommandEntry(
        name="archive",
        aliases=("checkpoint", "save-context"),
        params=(Param("name", "The checkpoint's name", kind="rest", required=True),),
        summary="Save a named checkpoint of the state, the agents and the latest rituals.",
        example="!archive before the storm",
    ),
    CommandEntry(
        name="restore",
        aliases=("load-context", "load-checkpoint"),
        params=(Param("name", "The checkpoint's name, #number, or defaults", kind="rest", required=True),),
        summary="Show what a checkpoint would change, then restore field and folklore.",
        example="!restore defaults",
        access=Access(Level.admin),
    ),
    CommandEntry(
        name="contexts",
        aliases=("checkpoints", "list-contexts"),
        params=(Param("filter", "Only names that contain this text", kind="rest"),),
        summary="The saved checkpoints.",
        example="!contexts storm",
    ),
    CommandEntry(
        name="search",
        aliases=("find", "recall", "remember", "memory"),
        params=(Param("query", "What to look for", kind="rest", required=True, verbatim=True),),
        summary="Search journal, rituals, checkpoints and directives.",
        example="!search flare harmony",
    ),
)
