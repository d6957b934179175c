"""The settings of the group Discord."""

from __future__ import annotations

import msgspec

from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.table import Group

_discord = Group("Discord")


class DiscordSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Whom Helix connects to, and which channels and people it serves there."""

    discord_token: Secret | None = _discord.setting(
        "DISCORD_TOKEN",
        None,
        parse.discord_token,
        "The bot's token (Developer Portal, Bot, Reset Token). Without one the sandbox starts.",
        secret=True,
    )
    discord_api_url: str = _discord.setting(
        "DISCORD_API_URL",
        "https://discord.com/api/v10",
        parse.url("https", "http", versioned=True),
        "Discord's REST API with its version; a proxy or a compatible server may stand here.",
    )
    discord_gateway_url: str | None = _discord.setting(
        "DISCORD_GATEWAY_URL",
        None,
        parse.url("wss", "ws"),
        "The gateway, like wss://gateway.discord.gg. Unset: asked of DISCORD_API_URL.",
    )
    command_prefix: str = _discord.setting(
        "COMMAND_PREFIX", "!", parse.prefix, "What stands before a command: 1 to 5 characters."
    )
    home_guild_id: int | None = _discord.setting(
        "HOME_GUILD_ID",
        None,
        parse.snowflake,
        "The server whose admins and mods may operate Helix. Unset: owners only.",
    )
    admin_role_id: int | None = _discord.setting(
        "ADMIN_ROLE_ID", None, parse.snowflake, "A role of the home server that counts as admin."
    )
    owner_ids: tuple[int, ...] = _discord.setting(
        "OWNER_IDS",
        (),
        parse.listed(parse.snowflake),
        "Users that count as owners besides the application's, separated by commas.",
    )
    alerts_channel_id: int | None = _discord.setting(
        "ALERTS_CHANNEL_ID",
        None,
        parse.snowflake,
        "Where the admins are told of alerts, refused edits and dead letters. Unset: what `setup` chose.",
    )
    telemetry_channel_id: int | None = _discord.setting(
        "TELEMETRY_CHANNEL_ID",
        None,
        parse.snowflake,
        "Where one message shows how everything is, edited as that changes. Unset: what `setup` chose.",
    )
    digest_channel_id: int | None = _discord.setting(
        "DIGEST_CHANNEL_ID",
        None,
        parse.snowflake,
        "Where the week is summed up on Mondays at 09:00 UTC. Unset: what `setup` chose.",
    )
    deployments_channel_id: int | None = _discord.setting(
        "DEPLOYMENTS_CHANNEL_ID",
        None,
        parse.snowflake,
        "Where pushes, releases and workflows are announced. Unset: what `setup` chose.",
    )
    post_channel_ids: tuple[int, ...] = _discord.setting(
        "POST_CHANNEL_IDS",
        (),
        parse.listed(parse.snowflake),
        "Channels to which webhooks may post, separated by commas. Unset: none.",
    )
