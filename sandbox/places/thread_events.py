"""Events about threads and their members, and who receives them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sandbox.events import Event
from sandbox.parts import Part
from sandbox.records import Channel, Thread
from sandbox.render.threads import thread_json, thread_member_json
from sandbox.wire import JsonObject


class ThreadEvents(Part):
    """Publishes events about threads to those who can see them."""

    def viewers(self, channel: Channel) -> frozenset[int]:
        """The members of the server who can see the thread."""
        members = self._world.guilds[channel.guild_id or 0].members
        return frozenset(user_id for user_id in members if self._world.permissions_in(channel, user_id))

    def created(self, channel: Channel, thread: Thread, only: frozenset[int] | None = None) -> None:
        """Publish a new thread, or one that is new to the users in ``only``."""
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
        """Publish the thread if the block changes it."""
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
        """Publish a deleted thread to those who could see it."""
        data: JsonObject = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "parent_id": str(channel.parent_id),
            "type": channel.type,
        }
        self._bus.send("THREAD_DELETE", data, guild_id=channel.guild_id, only=viewers)

    def members(
        self,
        channel: Channel,
        thread: Thread,
        saw: frozenset[int],
        *,
        added: Iterable[int] = (),
        removed: Iterable[int] = (),
    ) -> None:
        """Publish joins and leaves to those who saw or can see the thread."""
        data: JsonObject = {
            "id": str(channel.id),
            "guild_id": str(channel.guild_id),
            "member_count": len(thread.members),
            "added_members": [thread_member_json(channel, thread, user_id) for user_id in added],
            "removed_member_ids": [str(user_id) for user_id in removed],
        }
        only = saw | self.viewers(channel)
        self._bus.send("THREAD_MEMBERS_UPDATE", data, guild_id=channel.guild_id, only=only)
