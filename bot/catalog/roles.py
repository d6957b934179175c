"""The commands of the cog roles."""

from bot.catalog.entry import SERVER_ONLY, Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("roles", "Roles", "Roles you can give yourself")

ENTRIES = COG.commands(
    CommandEntry(
        name="roles",
        aliases=("my-roles", "all-roles", "notification-roles", "role-menu"),
        params=(
            Param(
                "category",
                "Only this category",
                kind="choice",
                choices=("notifications", "agents", "access", "community"),
            ),
        ),
        form="[category]",
        summary="The roles you can give yourself; choose them in a menu.",
        example="!roles notifications",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="subscribe",
        aliases=("sub", "join-role", "claim-role"),
        params=(Param("role", "The role, or a part of its name", kind="rest", required=True),),
        summary="Give yourself a role.",
        example="!subscribe telemetry",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="unsubscribe",
        aliases=("unsub", "leave-role", "remove-role"),
        params=(Param("role", "The role, or a part of its name", kind="rest", required=True),),
        summary="Remove a role from yourself.",
        example="!unsubscribe telemetry",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="setup-roles",
        aliases=("create-roles",),
        params=(
            Param(
                "category",
                "Which roles",
                kind="choice",
                default="all",
                choices=("notifications", "agents", "access", "community", "all"),
            ),
        ),
        form="[category|all]",
        summary="Create the self-assignable roles that are missing.",
        example="!setup-roles all",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
    ),
)
