"""The event bus: every event is published once; gateway sessions and chat pages subscribe."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.wire import JsonObject
from sandbox.world import World

Listener = Callable[["Event"], None]


@dataclass(slots=True, eq=False, repr=False)
class Event:
    """An event.

    Attributes:
        name: Discord's name for it, such as MESSAGE_CREATE.
        guild_id: The server; None for direct messages and events without a server.
        render: Returns the payload for one viewer (a user id).
        channel_id: The channel whose viewers receive it; None means the whole server.
        only: If set, only these users receive it.
        author_id: The author, for events about messages.
        mention_ids: The mentioned users, who may read the message without the message-content intent.
    """

    name: str
    render: Callable[[int], JsonObject]
    guild_id: int | None = None
    channel_id: int | None = None
    only: frozenset[int] | None = None
    author_id: int | None = None
    mention_ids: frozenset[int] = frozenset()
    _rendered: dict[int, JsonObject] = field(default_factory=dict)

    def data(self, viewer_id: int) -> JsonObject:
        """The payload for a viewer; cached per viewer, so it must not be changed."""
        if viewer_id not in self._rendered:
            self._rendered[viewer_id] = self.render(viewer_id)
        return self._rendered[viewer_id]


class EventBus:
    """Delivers each event to every listener, synchronously and in order."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; returns a function that removes it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Call all listeners before returning."""
        for listener in tuple(self._listeners):
            listener(event)

    def send(
        self,
        name: str,
        data: JsonObject,
        *,
        guild_id: int | None = None,
        channel_id: int | None = None,
        only: frozenset[int] | None = None,
    ) -> None:
        """Publish an event with the same data for all receivers."""
        self.publish(Event(name, lambda _: data, guild_id, channel_id, only))


def may_receive(world: World, event: Event, user_id: int) -> bool:
    """Whether a user may receive an event, by membership and channel permissions."""
    if event.only is not None:
        return user_id in event.only
    if event.channel_id is not None:
        channel = world.find_channel(event.channel_id)
        return channel is not None and world.permissions_in(channel, user_id) != 0
    if event.guild_id is not None:
        return world.member(event.guild_id, user_id) is not None
    return True
