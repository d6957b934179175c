"""The commands of the cog server."""

from bot.catalog.entry import SERVER_ONLY, Access, CogInfo, CommandEntry, Cooldown, Level, Param

COG = CogInfo("server", "Server", "Set up and check a server")

ENTRIES = COG.commands(
    CommandEntry(
        name="setup",
        aliases=("setup-server",),
        params=(Param("mode", "dry-run only shows what is missing", kind="choice", choices=("dry-run",)),),
        summary="Create the missing channels of the standard layout, after asking.",
        example="!setup dry-run",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
        cooldown=Cooldown(1, 60.0),
        quick=("dry-run",),
    ),
    CommandEntry(
        name="verify-setup",
        aliases=("verify", "check-setup"),
        summary="Missing, extra and duplicate channels and roles; the bot's permissions.",
        example="!verify-setup",
        access=Access(Level.mod, local=True),
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="welcome",
        aliases=("welcome-test", "test-welcome", "tw"),
        params=(
            Param("action", "What to do", kind="choice", default="test", choices=("test", "set", "off")),
            Param("channel", "Where to post it", kind="channel"),
        ),
        form="[test|set <channel>|off]",
        summary="The welcome message for new members: preview, set, switch off.",
        example="!welcome set #general",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
    ),
)
