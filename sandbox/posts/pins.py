"""Pinned messages."""

from collections.abc import Callable

from sandbox.errors import ApiError
from sandbox.events import Event, EventBus
from sandbox.forms.messages import MessageForm
from sandbox.posts.messages import Messages, Origin
from sandbox.records import PIN_NOTICE, SPOKEN, Channel, Message
from sandbox.wire import JsonObject, iso
from sandbox.world import World

MAX_PINS = 250
"""The maximum number of pinned messages in a channel ("Pin Message" in Discord's reference)."""


class Pins:
    """Pins and unpins messages, and publishes the events.

    Args:
        world: The records.
        bus: Where CHANNEL_PINS_UPDATE goes.
        messages: Creates the system messages about pins.
        wall_s: The Unix time in seconds.
    """

    def __init__(self, world: World, bus: EventBus, messages: Messages, wall_s: Callable[[], float]) -> None:
        self._world = world
        self._bus = bus
        self._messages = messages
        self._wall_s = wall_s

    def pinned(self, channel: Channel) -> list[Message]:
        """The pinned messages, newest pin first."""
        found = [m for m in channel.messages.values() if m.pinned_timestamp is not None]
        return sorted(found, key=lambda message: message.pinned_timestamp or "", reverse=True)

    def pin(self, channel: Channel, message: Message, actor_id: int) -> None:
        """Pin a message, with a system message; no-op if it is pinned.

        Raises:
            ApiError: 403 (50021) for a system message, 400 (30003) if 250 are pinned.
        """
        if message.pinned_timestamp is not None:
            return
        if message.type not in SPOKEN:
            raise ApiError(403, 50021, "Cannot execute action on a system message")
        if len(self.pinned(channel)) >= MAX_PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached for the channel ({MAX_PINS})")
        message.pinned_timestamp = iso(self._wall_s())
        self._tell(channel, message)
        self._messages.post(
            channel, actor_id, MessageForm(), Origin(type=PIN_NOTICE, reference_id=message.id)
        )

    def unpin(self, channel: Channel, message: Message) -> None:
        """Unpin a message; no-op if it is not pinned."""
        if message.pinned_timestamp is not None:
            message.pinned_timestamp = None
            self._tell(channel, message)

    def _tell(self, channel: Channel, message: Message) -> None:
        newest = next(iter(self.pinned(channel)), None)
        data: JsonObject = {
            "channel_id": str(channel.id),
            "last_pin_timestamp": newest.pinned_timestamp if newest is not None else None,
        }
        if channel.guild_id is not None:
            data["guild_id"] = str(channel.guild_id)
        self._bus.publish(self._messages.event("MESSAGE_UPDATE", channel, message))
        self._bus.publish(
            Event("CHANNEL_PINS_UPDATE", lambda _: data, guild_id=channel.guild_id, channel_id=channel.id)
        )
