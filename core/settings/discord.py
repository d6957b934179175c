"""The settings of the group Discord."""

from __future__ import annotations

import msgspec

from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.table import Group

_discord = Group("Discord")


class DiscordSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The connection to Discord, and the servers, channels and people with rights there."""

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
        "The URL of Discord's REST API with its version, or of a proxy or a compatible server.",
    )
    discord_gateway_url: str | None = _discord.setting(
        "DISCORD_GATEWAY_URL",
        None,
        parse.url("wss", "ws"),
        "The URL of the gateway, like wss://gateway.discord.gg. Unset: DISCORD_API_URL is asked for it.",
    )
    command_prefix: str = _discord.setting(
        "COMMAND_PREFIX", "!", parse.prefix, "The characters before a command: 1 to 5."
    )
    home_guild_id: int | None = _discord.setting(
        "HOME_GUILD_ID",
        None,
        parse.snowflake,
        "The id of the home server, whose admins and mods may operate Helix. Unset: owners only.",
    )
    admin_role_id: int | None = _discord.setting(
        "ADMIN_ROLE_ID", None, parse.snowflake, "The id of a role of the home server that counts as admin."
    )
    owner_ids: tuple[int, ...] = _discord.setting(
        "OWNER_IDS",
        (),
        parse.listed(parse.snowflake),
        "Ids of users who count as owners, besides the application's owner, separated by commas.",
    )
    alerts_channel_id: int | None = _discord.setting(
        "ALERTS_CHANNEL_ID",
        None,
        parse.snowflake,
        "The channel for alerts, refused edits and dead letters. Unset: the one chosen by `setup`.",
    )
    telemetry_channel_id: int | None = _discord.setting(
        "TELEMETRY_CHANNEL_ID",
        None,
        parse.snowflake,
        "The channel of the status message, which is kept up to date. Unset: the one chosen by `setup`.",
    )
    digest_channel_id: int | None = _discord.setting(
        "DIGEST_CHANNEL_ID",
        None,
        parse.snowflake,
        "The channel of the weekly digest, Mondays at 09:00 UTC. Unset: the one chosen by `setup`.",
    )
    deployments_channel_id: int | None = _discord.setting(
        "DEPLOYMENTS_CHANNEL_ID",
        None,
        parse.snowflake,
        "The channel for pushes, releases and workflows. Unset: the one chosen by `setup`.",
    )
    post_channel_ids: tuple[int, ...] = _discord.setting(
        "POST_CHANNEL_IDS",
        (),
        parse.listed(parse.snowflake),
        "Ids of channels to which webhooks may post, separated by commas. Unset: none.",
    )
