"""The commands of the cog content."""

from bot.catalog.entry import Access, CogInfo, CommandEntry, Level, Param

COG = CogInfo("content", "Content", "Manifesto, codex, rules")

_POST_IS_FOR_ADMINS = Access(local=True, actions={"post": Level.admin})
_ACTION = Param("action", "Post it in a channel instead of showing it", kind="choice", choices=("post",))
_CHANNEL = Param("channel", "Where to post it", kind="channel")

ENTRIES = COG.commands(
    CommandEntry(
        name="manifesto",
        aliases=("update-manifesto",),
        params=(_ACTION, _CHANNEL),
        form="[post <channel>]",
        summary="The manifesto: read it here, or post and pin it.",
        example="!manifesto post #general",
        access=_POST_IS_FOR_ADMINS,
    ),
    CommandEntry(
        name="codex",
        aliases=("update-codex", "cv"),
        params=(Param("section", "A section, or post"), _CHANNEL),
        form="[section|post <channel>]",
        summary="The codex: read it here, or post and pin it.",
        example="!codex agents",
        access=_POST_IS_FOR_ADMINS,
    ),
    CommandEntry(
        name="rules",
        aliases=("update-rules",),
        params=(_ACTION, _CHANNEL),
        form="[post <channel>]",
        summary="The rules: read them here, or post and pin them.",
        example="!rules post #general",
        access=_POST_IS_FOR_ADMINS,
    ),
)
