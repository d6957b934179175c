"""Who hears of a thread that comes, changes or goes, and of who is in it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sandbox.events import Event, EventBus
from sandbox.records import Channel, Thread
from sandbox.render.threads import thread_json, thread_member_json
from sandbox.wire import JsonObject
from sandbox.world import World


class ThreadEvents:
    """Tells of threads those who may see them.

    Args:
        world: The records.
        bus: Where THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE and THREAD_MEMBERS_UPDATE go.
    """

    def __init__(self, world: World, bus: EventBus) -> None:
        self._world = world
        self._bus = bus

    def viewers(self, channel: Channel) -> frozenset[int]:
        """The members of the server who see the thread now."""
        members = self._world.guilds[channel.guild_id or 0].members
        return frozenset(user_id for user_id in members if self._world.permissions_in(channel, user_id))

    def created(self, channel: Channel, thread: Thread, only: frozenset[int] | None = None) -> None:
        """Tells of a new thread, or of one that is new to some people."""
        self._bus.publish(
            Event(
                "THREAD_CREATE",
                lambda viewer: thread_json(channel, thread, viewer) | {"newly_created": only is None},
                guild_id=channel.guild_id,
                only=only if only is not None else self.viewers(channel),
            )
        )

    @contextmanager
    def changing(self, channel: Channel, thread: Thread) -> Iterator[None]:
        """Tells of the thread if the block has changed it."""
        before = thread_json(channel, thread)
        yield
        if thread_json(channel, thread) != before:
            self._bus.publish(
                Event(
                    "THREAD_UPDATE",
                    lambda viewer: thread_json(channel, thread, viewer),
                    guild_id=channel.guild_id,
                    channel_id=channel.id,
                )
            )

    def deleted(self, channel: Channel, viewers: frozenset[int]) -> None:
        """Tells of a thread that is gone those who saw it."""
        data: JsonObject = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "parent_id": str(channel.parent_id),
            "type": channel.type,
        }
        self._bus.publish(Event("THREAD_DELETE", lambda _: data, guild_id=channel.guild_id, only=viewers))

    def members(
        self,
        channel: Channel,
        thread: Thread,
        saw: frozenset[int],
        *,
        added: Iterable[int] = (),
        removed: Iterable[int] = (),
    ) -> None:
        """Tells of who came and who went all who saw or see the thread."""
        data: JsonObject = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "member_count": len(thread.members),
            "added_members": [thread_member_json(channel, thread, user_id) for user_id in added],
            "removed_member_ids": [str(user_id) for user_id in removed],
        }
        only = saw | self.viewers(channel)
        self._bus.publish(
            Event("THREAD_MEMBERS_UPDATE", lambda _: data, guild_id=channel.guild_id, only=only)
        )
