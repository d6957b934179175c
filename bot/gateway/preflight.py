"""The report of `python main.py check`: the features that are on, and the set-up that Discord needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.gateway.invite import PRIVILEGED_INTENTS, invite_url
from core.settings.discord_token import bot_id_in
from core.store.opening import describe_engine

if TYPE_CHECKING:
    from core.settings import Settings


def describe(settings: Settings) -> str:
    """The report as text: addresses, features, intents and the invite link."""
    lines = ["The settings are valid.", "", *_places(settings), "", "features:", *_features(settings)]
    if settings.discord_token:
        lines += ["", "switch on in Discord's Developer Portal, under Bot, Privileged Gateway Intents:"]
        lines += [f"  {name}: {reason}" for name, reason in PRIVILEGED_INTENTS]
        bot_id = bot_id_in(settings.discord_token.reveal())
        if bot_id is not None:
            lines += ["", "invite the bot with:", f"  {invite_url(bot_id)}"]
    return "\n".join(lines)


def _places(settings: Settings) -> list[str]:
    discord = (
        "the sandbox, a small Discord on this machine (no DISCORD_TOKEN)"
        if settings.sandbox
        else settings.discord_api_url
    )
    home = (
        "the sandbox's own"
        if settings.sandbox
        else settings.home_guild_id or "none (HOME_GUILD_ID): only owners have privileged commands"
    )
    return [
        f"  Discord      {discord}",
        f"  HTTP server  {settings.base_url}/ on {settings.authority}",
        f"  data         {settings.data_dir}",
        f"  database     {describe_engine(settings)}",
        f"  prefix       {settings.command_prefix}",
        f"  home server  {home}",
    ]


def _features(settings: Settings) -> list[str]:
    open_here = settings.sandbox
    switches = (
        ("response caching", settings.enable_response_caching, "ENABLE_RESPONSE_CACHING"),
        ("lazy commands", settings.enable_lazy_commands, "ENABLE_LAZY_COMMANDS"),
        ("watching the state files", settings.enable_state_watching, "ENABLE_STATE_WATCHING"),
        ("a token for reading over HTTP", bool(settings.read_token), "READ_TOKEN"),
        *(
            (what, channel is not None, name if channel else f"{name}; on if setup chose a channel")
            for what, channel, name in _channels(settings)
        ),
        (
            "events in by webhook",
            open_here or bool(settings.webhook_secret or settings.webhook_token),
            "WEBHOOK_SECRET, WEBHOOK_TOKEN",
        ),
        ("REST hooks", open_here or bool(settings.webhook_token), "WEBHOOK_TOKEN"),
        (
            "events in from GitHub",
            open_here or bool(settings.github_webhook_secret),
            "GITHUB_WEBHOOK_SECRET",
        ),
        ("posts by webhook", bool(settings.post_channel_ids), "POST_CHANNEL_IDS"),
        (
            "events out",
            bool(settings.zapier_webhook_url or settings.discord_webhook_url),
            "ZAPIER_WEBHOOK_URL, DISCORD_WEBHOOK_URL",
        ),
        ("signatures on events out", bool(settings.webhook_signing_secret), "WEBHOOK_SIGNING_SECRET"),
    )
    return [f"  {'on ' if on else 'off'}  {what} ({name})" for what, on, name in switches]


def _channels(settings: Settings) -> tuple[tuple[str, int | None, str], ...]:
    return (
        (
            "alerts, refused edits and dead letters for the admins",
            settings.alerts_channel_id,
            "ALERTS_CHANNEL_ID",
        ),
        ("telemetry", settings.telemetry_channel_id, "TELEMETRY_CHANNEL_ID"),
        ("the weekly digest", settings.digest_channel_id, "DIGEST_CHANNEL_ID"),
        ("deployments", settings.deployments_channel_id, "DEPLOYMENTS_CHANNEL_ID"),
    )
