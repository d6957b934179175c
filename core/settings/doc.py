"""Every setting with its default and its meaning; `python -m core.settings` prints `.env.example`."""

from __future__ import annotations

import textwrap

from core.settings._doc_record import Group, SettingDoc
from core.settings._health_docs import HEALTH_DOCS

__all__ = ["SETTING_DOCS", "SettingDoc", "render_env_example"]


def _doc(group: Group, name: str, default: str, meaning: str, *, secret: bool = False) -> SettingDoc:
    return SettingDoc(name, default, meaning, secret, group)


SETTING_DOCS: tuple[SettingDoc, ...] = (
    _doc(
        "Discord",
        "DISCORD_TOKEN",
        "",
        "The bot's token (Developer Portal, Bot, Reset Token). Without one the sandbox starts.",
        secret=True,
    ),
    _doc(
        "Discord",
        "DISCORD_API_URL",
        "https://discord.com/api/v10",
        "Discord's REST API with its version; a proxy or a compatible server may stand here.",
    ),
    _doc(
        "Discord",
        "DISCORD_GATEWAY_URL",
        "",
        "The gateway, like wss://gateway.discord.gg. Unset: asked of DISCORD_API_URL.",
    ),
    _doc("Discord", "COMMAND_PREFIX", "!", "What stands before a command: 1 to 5 characters."),
    _doc(
        "Discord",
        "HOME_GUILD_ID",
        "",
        "The server whose admins and mods may operate Helix. Unset: owners only.",
    ),
    _doc("Discord", "ADMIN_ROLE_ID", "", "A role of the home server that counts as admin."),
    _doc(
        "Discord",
        "OWNER_IDS",
        "",
        "Users that count as owners besides the application's, separated by commas.",
    ),
    _doc(
        "Discord",
        "ALERTS_CHANNEL_ID",
        "",
        "Where the admins are told of alerts, refused edits and dead letters. Unset: what `setup` chose.",
    ),
    _doc(
        "Discord",
        "TELEMETRY_CHANNEL_ID",
        "",
        "Where one message shows how everything is, edited as that changes. Unset: what `setup` chose.",
    ),
    _doc(
        "Discord",
        "DIGEST_CHANNEL_ID",
        "",
        "Where the week is summed up on Mondays at 09:00 UTC. Unset: what `setup` chose.",
    ),
    _doc(
        "Discord",
        "DEPLOYMENTS_CHANNEL_ID",
        "",
        "Where pushes, releases and workflows are announced. Unset: what `setup` chose.",
    ),
    _doc(
        "Discord",
        "POST_CHANNEL_IDS",
        "",
        "Channels to which webhooks may post, separated by commas. Unset: none.",
    ),
    _doc(
        "HTTP",
        "HOST",
        "127.0.0.1",
        "The address to listen on; :: for all, IPv4 included. With a token, and PORT set in the process"
        " environment: 0.0.0.0.",
    ),
    _doc("HTTP", "PORT", "8080", "The port to listen on; 0 takes any free one."),
    _doc(
        "HTTP",
        "PUBLIC_URL",
        "",
        "What full links are made of, like https://helix.example or https://example.org/helix. Unset:"
        " RAILWAY_PUBLIC_DOMAIN or HOST:PORT.",
    ),
    _doc(
        "HTTP",
        "TRUSTED_PROXIES",
        "",
        "Networks whose X-Forwarded-For is believed, like 10.0.0.0/8, separated by commas.",
    ),
    _doc(
        "HTTP",
        "READ_TOKEN",
        "",
        "Reading over HTTP then needs this as a Bearer token. Unset: reading is public.",
        secret=True,
    ),
    _doc("HTTP", "MAX_BODY", "1048576", "The largest request body, in bytes."),
    _doc(
        "HTTP",
        "MAX_STREAMS",
        "10000",
        "How many may listen to /events and /ws at once; 0 lets nobody. Each takes a file descriptor.",
    ),
    _doc(
        "HTTP",
        "MAX_STREAMS_PER_CLIENT",
        "100",
        "How many of them from one address. Behind a proxy that TRUSTED_PROXIES does not name, all are one.",
    ),
    _doc("HTTP", "MAX_CONNECTIONS", "800", "How many connections may be open at once."),
    _doc(
        "HTTP",
        "MAX_CONNECTIONS_PER_CLIENT",
        "200",
        "How many of them one address may have; those of TRUSTED_PROXIES are not counted. 0: no limit.",
    ),
    _doc("HTTP", "HEAD_TIMEOUT_S", "10", "Seconds from the first byte of a request to the end of its head."),
    _doc("HTTP", "BODY_TIMEOUT_S", "30", "Seconds in which a request's body must have come."),
    _doc(
        "HTTP",
        "RATE_LIMIT_PER_MINUTE",
        "600",
        "Requests a minute and client that are not answered from the cache; as many may come at once. 0: no"
        " limit. Behind a proxy set TRUSTED_PROXIES, or all its clients count as one.",
    ),
    _doc(
        "HTTP",
        "WEBHOOK_RATE_LIMIT_PER_MINUTE",
        "12000",
        "Likewise for requests to the webhooks and hooks. 0: no limit.",
    ),
    _doc("Data", "HELIX_DATA_DIR", "data", "The folder of the database and of the files people edit."),
    _doc("Data", "JOURNAL_DAYS", "365", "How long the journal of changes is kept, in days."),
    _doc("Data", "BACKUP_EVERY_H", "24", "Hours from one backup to the next, from the last good one on."),
    _doc("Data", "BACKUP_KEEP", "7", "How many backups are kept; the newest good one always is."),
    _doc("Webhooks", "WEBHOOK_TOKEN", "", "The token that simple senders show.", secret=True),
    _doc(
        "Webhooks",
        "WEBHOOK_SECRET",
        "",
        "Keys (whsec_…) of what comes in by Standard Webhooks; several, separated by spaces, while rotating.",
        secret=True,
    ),
    _doc(
        "Webhooks",
        "WEBHOOK_SIGNING_SECRET",
        "",
        "The key (whsec_…) that signs what goes out to the destinations below.",
        secret=True,
    ),
    _doc(
        "Webhooks",
        "GITHUB_WEBHOOK_SECRET",
        "",
        "The secret of the webhook set up at GitHub.",
        secret=True,
    ),
    _doc(
        "Webhooks",
        "ZAPIER_WEBHOOK_URL",
        "",
        "Where events go: one or several https addresses, separated by spaces.",
        secret=True,
    ),
    _doc(
        "Webhooks",
        "DISCORD_WEBHOOK_URL",
        "",
        "A webhook of Discord's that gets events too.",
        secret=True,
    ),
    _doc("Features", "ENABLE_RESPONSE_CACHING", "true", "Answers are kept in memory for their TTL."),
    _doc("Features", "ENABLE_LAZY_COMMANDS", "true", "A command's code is loaded when it is first used."),
    _doc("Features", "ENABLE_STATE_WATCHING", "true", "Edits of the state files are taken at once."),
    _doc("Features", "SANDBOX_PORT", "8090", "The port of the sandbox's chat page; 0 takes any free one."),
    _doc(
        "Features",
        "SANDBOX_HOSTS",
        "",
        "Names besides localhost under which the sandbox is reached, as from a development container.",
    ),
    _doc(
        "Rhythm",
        "AGENT_TTL",
        "15m",
        "How long an external agent's report holds before it is stale: seconds, or like 15m or 1h30m.",
    ),
    _doc("Rhythm", "RITUAL_STEP_S", "0.1", "Seconds a step of a ritual takes."),
    _doc("Rhythm", "SHUTDOWN_S", "5", "Seconds a stop may take, in all."),
    *HEALTH_DOCS,
    _doc("Logging", "LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING, ERROR or CRITICAL."),
    _doc(
        "Logging",
        "ACCESS_LOG",
        "errors",
        "Which HTTP requests are logged: off, errors (5xx and refused clients), or all.",
    ),
    _doc("Logging", "LOG_FORMAT", "text", "text, or json for one JSON object a line."),
    _doc("More than one process", "REDIS_URL", "", "Not built yet: leave it unset.", secret=True),
    _doc("More than one process", "SHARD_COUNT", "", "Not built yet: leave it unset."),
    _doc("More than one process", "SHARD_IDS", "", "Not built yet: leave it unset."),
)


def render_env_example() -> str:
    """The content of `.env.example`: every setting, commented out, with its default and its meaning."""
    lines = [
        "# The settings of Helix. Copy this file to .env, uncomment what you change, and see what is on by",
        "#     python main.py check",
        "# The process environment wins over this file. A value with spaces or # stands in quotes.",
    ]
    group = None
    for doc in SETTING_DOCS:
        if doc.group != group:
            group = doc.group
            lines += ["", f"# --- {group} ---"]
        lines.append("")
        lines += textwrap.wrap(doc.meaning, width=98, initial_indent="# ", subsequent_indent="# ")
        lines.append(f"#{doc.name}={doc.default}")
    return "\n".join(lines) + "\n"
