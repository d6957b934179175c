"""Pinned messages."""

from sandbox.errors import ApiError
from sandbox.forms.messages import MessageForm
from sandbox.parts import Core, Part
from sandbox.posts.messages import Messages, Origin
from sandbox.records import PIN_NOTICE, USER_MESSAGES, Channel, Message
from sandbox.render import location_json
from sandbox.wire import iso

MAX_PINS = 250
"""The maximum number of pinned messages in a channel ("Pin Message" in Discord's reference)."""


class Pins(Part):
    """Pins and unpins messages, and publishes the events."""

    def __init__(self, core: Core, messages: Messages) -> None:
        super().__init__(core)
        self._messages = messages

    def pinned(self, channel: Channel) -> list[Message]:
        """The pinned messages, newest pin first."""
        found = [m for m in channel.messages.values() if m.pinned_timestamp is not None]
        return sorted(found, key=lambda message: message.pinned_timestamp or "", reverse=True)

    def pin(self, channel: Channel, message: Message, actor_id: int) -> None:
        """Pin a message and post a notice; no-op if already pinned.

        Raises:
            ApiError: 403 (50021) for a system message, 400 (30003) if 250 are pinned.
        """
        if message.pinned_timestamp is not None:
            return
        if message.type not in USER_MESSAGES:
            raise ApiError(403, 50021, "Cannot execute action on a system message")
        if len(self.pinned(channel)) >= MAX_PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached for the channel ({MAX_PINS})")
        message.pinned_timestamp = iso(self._wall_s())
        self._publish(channel, message)
        self._messages.post(
            channel, actor_id, MessageForm(), Origin(type=PIN_NOTICE, reference_id=message.id)
        )

    def unpin(self, channel: Channel, message: Message) -> None:
        """Unpin a message; no-op if it is not pinned."""
        if message.pinned_timestamp is not None:
            message.pinned_timestamp = None
            self._publish(channel, message)

    def _publish(self, channel: Channel, message: Message) -> None:
        newest = next(iter(self.pinned(channel)), None)
        last = newest.pinned_timestamp if newest is not None else None
        data = location_json(channel) | {"last_pin_timestamp": last}
        self._bus.publish(self._messages.event("MESSAGE_UPDATE", channel, message))
        self._bus.send("CHANNEL_PINS_UPDATE", data, guild_id=channel.guild_id, channel_id=channel.id)
