"""The members of threads."""

from sandbox.errors import ApiError, missing_access, missing_permissions, unknown
from sandbox.parts import Core, Part
from sandbox.permissions import Permission
from sandbox.places.thread_events import ThreadEvents
from sandbox.records import PRIVATE_THREAD, Channel, Thread
from sandbox.wire import iso


class ThreadMembers(Part):
    """Adds and removes members of threads. ``actor_id`` is the acting user."""

    def __init__(self, core: Core, events: ThreadEvents) -> None:
        super().__init__(core)
        self._events = events

    def add(self, channel: Channel, thread: Thread, actor_id: int, user_id: int) -> None:
        """Add a member, oneself or another; no-op if they are a member.

        Raises:
            ApiError: 400 (50083) for an archived thread, 404 (10007) if the user is not in the server, 403
                (50001, 50013) if they cannot see the channel, or without permission to add others.
        """
        if thread.archived:
            raise ApiError(400, 50083, "Thread is archived")
        guild = self._world.guilds[channel.guild_id or 0]
        if user_id not in guild.members:
            raise unknown("Member")
        if actor_id != user_id:
            closed = channel.type == PRIVATE_THREAD and not thread.invitable and actor_id != thread.owner_id
            needed = Permission.MANAGE_THREADS if closed else Permission.SEND_MESSAGES
            self._world.require(channel, actor_id, needed)
            if not self._world.permissions_in(guild.channels[channel.parent_id or 0], user_id):
                raise missing_access()
        self.join(channel, thread, user_id)

    def remove(self, channel: Channel, thread: Thread, actor_id: int, user_id: int) -> None:
        """Remove a member, oneself or another; no-op if they are not a member.

        Raises:
            ApiError: 400 (50083) for an archived thread, 403 (50013) without permission.
        """
        if thread.archived:
            raise ApiError(400, 50083, "Thread is archived")
        owns = channel.type == PRIVATE_THREAD and actor_id == thread.owner_id
        manages = self._world.permissions_in(channel, actor_id) & Permission.MANAGE_THREADS
        if actor_id != user_id and not owns and not manages:
            raise missing_permissions()
        if user_id in thread.members:
            saw = self._events.viewers(channel)
            del thread.members[user_id]
            self._events.members(channel, thread, saw, removed=[user_id])

    def join(self, channel: Channel, thread: Thread, user_id: int) -> None:
        """Add a member without checks."""
        if user_id in thread.members:
            return
        saw = self._events.viewers(channel)
        thread.members[user_id] = iso(self._wall_s())
        if user_id not in saw:
            self._events.created(channel, thread, only=frozenset({user_id}))
        self._events.members(channel, thread, saw, added=[user_id])
