"""The commands of the cog storage."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Cooldown, Level, Param

COG = CogInfo("storage", "Storage", "Disk, backups, reports")

_ONCE_A_MINUTE = Cooldown(1, 60.0)

ENTRIES = COG.commands(
    CommandEntry(
        name="storage",
        aliases=("disk",),
        params=(Param("action", "What to do", kind="choice", default="status", choices=("status", "clean")),),
        form="[status|clean]",
        summary="Sizes of data, journal and backups; clean deletes expired data.",
        example="!storage",
        access=Access(actions={"clean": Level.admin}),
        ttl_s=30.0,
    ),
    CommandEntry(
        name="backup",
        aliases=("create-backup", "save-backup"),
        params=(
            Param(
                "action", "What to do", kind="choice", default="create", choices=("create", "list", "verify")
            ),
            Param("backup", "For verify: the backup's id from list"),
        ),
        form="[create|list|verify <id>]",
        summary="Make, list or verify consistent backups with checksums.",
        example="!backup create",
        access=Access(Level.admin),
        cooldown=_ONCE_A_MINUTE,
        quick=("list", "verify"),
        ephemeral=True,
    ),
    CommandEntry(
        name="sync",
        aliases=("ecosystem", "report"),
        summary="A report of state, agents, heartbeats and journal, with attachments.",
        example="!sync",
        access=Access(Level.mod),
        cooldown=_ONCE_A_MINUTE,
    ),
)
