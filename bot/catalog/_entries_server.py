"""The catalog, rows 41 to 50: content, roles, server."""

from __future__ import annotations

from bot.catalog.entry import SERVER_ONLY, Access, CommandEntry, Cooldown, Level, Param

_POST_IS_FOR_ADMINS = Access(local=True, actions={"post": Level.admin})
_ACTION = Param("action", "Post it instead of showing it", kind="choice", choices=("post",))
_CHANNEL = Param("channel", "Where to post it", kind="channel")

ENTRIES: tuple[CommandEntry, ...] = (
    CommandEntry(
        name="manifesto",
        cog="content",
        aliases=("update-manifesto",),
        params=(_ACTION, _CHANNEL),
        form="[post <channel>]",
        summary="The manifesto: read it here, or post and pin it.",
        example="!manifesto post #general",
        access=_POST_IS_FOR_ADMINS,
    ),
    CommandEntry(
        name="codex",
        cog="content",
        aliases=("update-codex", "cv"),
        params=(Param("section", "A section, or post"), _CHANNEL),
        form="[section|post <channel>]",
        summary="The codex: read it here, or post and pin it.",
        example="!codex agents",
        access=_POST_IS_FOR_ADMINS,
    ),
    CommandEntry(
        name="rules",
        cog="content",
        aliases=("update-rules",),
        params=(_ACTION, _CHANNEL),
        form="[post <channel>]",
        summary="The rules: read them here, or post and pin them.",
        example="!rules post #general",
        access=_POST_IS_FOR_ADMINS,
    ),
    CommandEntry(
        name="roles",
        cog="roles",
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
        summary="The roles you can give yourself, yours ticked, toggled by menu.",
        example="!roles notifications",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="subscribe",
        cog="roles",
        aliases=("sub", "join-role", "claim-role"),
        params=(Param("role", "The role, or a part of its name", kind="rest", required=True),),
        summary="Give yourself a role.",
        example="!subscribe telemetry",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="unsubscribe",
        cog="roles",
        aliases=("unsub", "leave-role", "remove-role"),
        params=(Param("role", "The role, or a part of its name", kind="rest", required=True),),
        summary="Take a role off again.",
        example="!unsubscribe telemetry",
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="setup-roles",
        cog="roles",
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
    CommandEntry(
        name="setup",
        cog="server",
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
        cog="server",
        aliases=("verify", "check-setup"),
        summary="Missing, extra and duplicate channels and roles; the bot's permissions.",
        example="!verify-setup",
        access=Access(Level.mod, local=True),
        where=SERVER_ONLY,
        ephemeral=True,
    ),
    CommandEntry(
        name="welcome",
        cog="server",
        aliases=("welcome-test", "test-welcome", "tw"),
        params=(
            Param("action", "What to do", kind="choice", default="test", choices=("test", "set", "off")),
            _CHANNEL,
        ),
        form="[test|set <channel>|off]",
        summary="The welcome message for new members: preview, set, switch off.",
        example="!welcome set #general",
        access=Access(Level.admin, local=True),
        where=SERVER_ONLY,
    ),
)
