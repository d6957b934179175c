"""The intents that events need, and the fields hidden without the message-content intent."""

from enum import IntFlag

from sandbox.events import Event
from sandbox.records import Application
from sandbox.wire import JsonObject


class Intent(IntFlag):
    """Gateway intents ("List of Intents" in Discord's reference)."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_WEBHOOKS = 1 << 5
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


_ALWAYS = Intent(0)
# By event: (intent in servers, intent in direct messages).
_NEEDS: dict[str, tuple[Intent, Intent]] = {
    "INTERACTION_CREATE": (_ALWAYS, _ALWAYS),
    "USER_UPDATE": (_ALWAYS, _ALWAYS),
    "GUILD_CREATE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_DELETE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_ROLE_CREATE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_ROLE_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_ROLE_DELETE": (Intent.GUILDS, Intent.GUILDS),
    "GUILD_MEMBER_ADD": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "GUILD_MEMBER_REMOVE": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "GUILD_MEMBER_UPDATE": (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS),
    "PRESENCE_UPDATE": (Intent.GUILD_PRESENCES, Intent.GUILD_PRESENCES),
    "CHANNEL_CREATE": (Intent.GUILDS, _ALWAYS),
    "CHANNEL_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "CHANNEL_DELETE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_CREATE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_DELETE": (Intent.GUILDS, Intent.GUILDS),
    "THREAD_MEMBERS_UPDATE": (Intent.GUILDS, Intent.GUILDS),
    "WEBHOOKS_UPDATE": (Intent.GUILD_WEBHOOKS, Intent.GUILD_WEBHOOKS),
    "CHANNEL_PINS_UPDATE": (Intent.GUILDS, Intent.DIRECT_MESSAGES),
    "MESSAGE_CREATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE_ALL": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "MESSAGE_REACTION_REMOVE_EMOJI": (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
}
_CONTENT_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


def wants(event: Event, intents: int) -> bool:
    """Whether a session with these intents receives the event (visibility is checked elsewhere)."""
    needed = _NEEDS.get(event.name)
    if needed is None:
        return False
    intent = needed[0] if event.guild_id is not None else needed[1]
    return intent & intents == intent


def hides_content(event: Event, intents: int, bot_id: int) -> bool:
    """Whether the content of the event's message is hidden from a session with these intents."""
    return (
        event.name in _CONTENT_EVENTS
        and not intents & Intent.MESSAGE_CONTENT
        and event.guild_id is not None
        and event.author_id != bot_id
        and bot_id not in event.mention_ids
    )


def blank_content(message: JsonObject) -> JsonObject:
    """The message without the fields that need the message-content intent."""
    blanked = message | {"content": "", "embeds": [], "attachments": [], "components": []}
    referenced = blanked.get("referenced_message")
    if referenced is not None:
        blanked["referenced_message"] = blank_content(referenced)
    return blanked


def disallowed(intents: int, application: Application) -> bool:
    """Whether the intents include a privileged one that the application has disabled."""
    return bool(
        (intents & Intent.GUILD_PRESENCES and not application.presences_intent)
        or (intents & Intent.GUILD_MEMBERS and not application.members_intent)
        or (intents & Intent.MESSAGE_CONTENT and not application.message_content_intent)
    )
