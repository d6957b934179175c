"""The permissions and intents that the bot needs, and the link that adds it to a server."""

from __future__ import annotations

# Permission bits (Discord API, "Permissions").
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
USE_EXTERNAL_EMOJIS = 1 << 18
MANAGE_ROLES = 1 << 28
MANAGE_CHANNELS = 1 << 4
SEND_MESSAGES_IN_THREADS = 1 << 38
PIN_MESSAGES = 1 << 51

PERMISSIONS: tuple[tuple[str, int, str], ...] = (
    ("View Channels", VIEW_CHANNEL, "to see commands"),
    ("Send Messages", SEND_MESSAGES, "to answer them"),
    ("Send Messages in Threads", SEND_MESSAGES_IN_THREADS, "to answer them there"),
    ("Embed Links", EMBED_LINKS, "to answer with embeds"),
    ("Attach Files", ATTACH_FILES, "to send charts and reports"),
    ("Read Message History", READ_MESSAGE_HISTORY, "to reply to a message"),
    ("Add Reactions", ADD_REACTIONS, "to acknowledge"),
    ("Use External Emojis", USE_EXTERNAL_EMOJIS, "to use them in answers"),
    ("Pin Messages", PIN_MESSAGES, "to pin the documents it posts"),
    ("Manage Roles", MANAGE_ROLES, "to manage self-assignable roles"),
    ("Manage Channels", MANAGE_CHANNELS, "to create missing channels with `/setup`"),
    ("Manage Server", MANAGE_GUILD, "to set the server's icon"),
)

PRIVILEGED_INTENTS: tuple[tuple[str, str], ...] = (
    ("Server Members Intent", "to welcome new members and to manage roles"),
    ("Message Content Intent", "to read prefix commands"),
)

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_SCOPES = "bot+applications.commands"


def permission_bits() -> int:
    """The permissions of the bot as Discord's bit set."""
    bits = 0
    for _, bit, _ in PERMISSIONS:
        bits |= bit
    return bits


def invite_url(application_id: int) -> str:
    """The link that a server's admin opens to add the bot."""
    return f"{_AUTHORIZE}?client_id={application_id}&scope={_SCOPES}&permissions={permission_bits()}"


def intents_needed() -> tuple[str, ...]:
    """The gateway intents of the bot, by discord.py's names."""
    return ("guilds", "members", "guild_messages", "dm_messages", "message_content")
