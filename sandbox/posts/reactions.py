"""Reactions to messages."""

import re

from sandbox.errors import ApiError, unknown
from sandbox.parts import Part
from sandbox.records import Channel, Message
from sandbox.render import location_json, member_json
from sandbox.render.messages import emoji_json
from sandbox.wire import JsonObject

MAX_REACTIONS = 20
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")


class Reactions(Part):
    """Adds and removes reactions, and publishes the events."""

    def add(self, channel: Channel, message: Message, user_id: int, emoji: str) -> None:
        """Add a user's reaction; no-op if it exists.

        Raises:
            ApiError: 400 for an invalid emoji (10014) or a 21st kind (30010).
        """
        check_emoji(emoji)
        users = message.reactions.get(emoji)
        if users is None:
            if len(message.reactions) >= MAX_REACTIONS:
                raise ApiError(400, 30010, f"Maximum number of reactions reached ({MAX_REACTIONS})")
            users = message.reactions[emoji] = []
        if user_id in users:
            return
        users.append(user_id)
        data = self._data(channel, message) | {
            "user_id": str(user_id),
            "message_author_id": str(message.author_id),
            "emoji": emoji_json(emoji),
            "burst": False,
            "type": 0,
        }
        member = self._world.member(channel.guild_id, user_id)
        if member is not None:
            data["member"] = member_json(self._world, member)
        self._publish("MESSAGE_REACTION_ADD", channel, data)

    def remove(self, channel: Channel, message: Message, user_id: int, emoji: str) -> None:
        """Remove a user's reaction; no-op if there is none.

        Raises:
            ApiError: 400 with code 10014 for an invalid emoji.
        """
        check_emoji(emoji)
        users = message.reactions.get(emoji, [])
        if user_id not in users:
            return
        users.remove(user_id)
        if not users:
            del message.reactions[emoji]
        data = self._data(channel, message) | {
            "user_id": str(user_id),
            "emoji": emoji_json(emoji),
            "burst": False,
            "type": 0,
        }
        self._publish("MESSAGE_REACTION_REMOVE", channel, data)

    def clear(self, channel: Channel, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions, or all of one emoji."""
        data = self._data(channel, message)
        if emoji is None:
            message.reactions.clear()
            self._publish("MESSAGE_REACTION_REMOVE_ALL", channel, data)
            return
        check_emoji(emoji)
        message.reactions.pop(emoji, None)
        self._publish("MESSAGE_REACTION_REMOVE_EMOJI", channel, data | {"emoji": emoji_json(emoji)})

    def _data(self, channel: Channel, message: Message) -> JsonObject:
        return location_json(channel) | {"message_id": str(message.id)}

    def _publish(self, name: str, channel: Channel, data: JsonObject) -> None:
        self._bus.send(name, data, guild_id=channel.guild_id, channel_id=channel.id)


def check_emoji(emoji: str) -> None:
    """Check that a string is a Unicode emoji; the sandbox has no custom ones.

    Raises:
        ApiError: 400 with code 10014.
    """
    plausible = 0 < len(emoji) <= 16 and all(ord(char) >= 0xA9 for char in emoji) and not emoji.isalpha()
    if not plausible and not _KEYCAP.fullmatch(emoji):
        error = unknown("Emoji")
        raise ApiError(400, error.body["code"], error.body["message"])
