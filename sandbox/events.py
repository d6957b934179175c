"""What happens is published here once; gateway sessions and chat pages listen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.wire import JsonObject
from sandbox.world import World

Listener = Callable[["Event"], None]


@dataclass(slots=True, eq=False, repr=False)
class Event:
    """Something that happened.

    Attributes:
        name: Discord's name for it, such as MESSAGE_CREATE.
        guild_id: The server it happened in, None for direct messages and for what concerns no server.
        render: Makes the payload for one viewer (a user id).
        channel_id: The channel whose viewers may hear of it; None means all of the server.
        only: If set, just these users may hear of it.
        author_id: Who caused it, for events about messages.
        mention_ids: The users that a message names, who may read it without the message-content intent.
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
        """The event's payload as that viewer gets it; made once per viewer, not to be changed."""
        if viewer_id not in self._rendered:
            self._rendered[viewer_id] = self.render(viewer_id)
        return self._rendered[viewer_id]


class EventBus:
    """Hands each event to every listener, at once and in order."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener; the function that comes back removes it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tells all listeners, before returning."""
        for listener in tuple(self._listeners):
            listener(event)


def may_hear(world: World, event: Event, user_id: int) -> bool:
    """Whether a user may hear of an event at all, by membership and channel permissions."""
    if event.only is not None:
        return user_id in event.only
    if event.channel_id is not None:
        channel = world.find_channel(event.channel_id)
        return channel is not None and world.permissions_in(channel, user_id) != 0
    if event.guild_id is not None:
        return world.member(event.guild_id, user_id) is not None
    return True
