"""Threads, by Discord's rules: starting, joining, posting, archiving, deleting."""

from sandbox.errors import ApiError, missing_permissions, wrong_channel_type
from sandbox.events import Event
from sandbox.forms.messages import MessageForm
from sandbox.forms.threads import ThreadFields
from sandbox.parts import Core, Part
from sandbox.permissions import Permission
from sandbox.places.thread_events import ThreadEvents
from sandbox.places.thread_members import ThreadMembers
from sandbox.posts.files import FileStore
from sandbox.posts.messages import Messages, Origin
from sandbox.records import (
    NAME_NOTICE,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT_CHANNEL,
    THREAD_NOTICE,
    THREAD_STARTER,
    USER_MESSAGES,
    Channel,
    Guild,
    Message,
    Thread,
)
from sandbox.wire import iso

MAX_ACTIVE = 1000
"""The maximum number of active threads in a server."""
_DEFAULT_ARCHIVE_MIN = 1440


class Threads(Part):
    """Changes threads and publishes the events. ``actor_id`` is the acting user.

    Attributes:
        members: Adds and removes members of threads.
    """

    def __init__(self, core: Core, messages: Messages, files: FileStore) -> None:
        super().__init__(core)
        self._events = ThreadEvents(core)
        self.members = ThreadMembers(core, self._events)
        self._messages = messages
        self._files = files
        self._bus.subscribe(self._on_event)

    def start(
        self, channel: Channel, actor_id: int, fields: ThreadFields, *, kind: int, source: Message | None
    ) -> Channel:
        """Start a thread, from a message (whose id it then has) or without one.

        Raises:
            ApiError: 400 (50024) if the channel cannot have one, 403 (50013), 400 (160004) if the message has
                one already, 400 (50068) for a system message, 400 (160006) if 1000 are active.
        """
        guild = self._guild(channel)
        if channel.type != TEXT_CHANNEL:
            raise wrong_channel_type()
        private = kind == PRIVATE_THREAD
        needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
        self._world.require(channel, actor_id, needed)
        if source is not None and source.id in guild.threads:
            raise ApiError(400, 160004, "A thread has already been created for this message")
        if source is not None and source.type not in USER_MESSAGES:
            raise ApiError(400, 50068, "Invalid message type")
        if sum(not t.thread.archived for t in guild.threads.values() if t.thread) >= MAX_ACTIVE:
            raise ApiError(400, 160006, "Maximum number of active threads reached")
        now = iso(self._wall_s())
        thread = Thread(
            owner_id=actor_id,
            created_timestamp=now,
            archive_timestamp=now,
            auto_archive_min=fields.get("auto_archive_min", _DEFAULT_ARCHIVE_MIN),
            invitable=fields.get("invitable", True),
            members={actor_id: now},
        )
        place = Channel(
            id=source.id if source is not None else self._next_id(),
            type=kind,
            name=fields["name"],
            guild_id=guild.id,
            parent_id=channel.id,
            slowmode_s=fields.get("slowmode_s", 0),
            thread=thread,
        )
        guild.threads[place.id] = place
        self._events.created(place, thread)
        self._announce(channel, place, actor_id, source)
        return place

    def _announce(self, channel: Channel, place: Channel, actor_id: int, source: Message | None) -> None:
        if source is not None:
            origin = Origin(type=THREAD_STARTER, reference_id=source.id, reference_channel_id=channel.id)
            self._messages.post(place, source.author_id, MessageForm(), origin)
            self._bus.publish(self._messages.event("MESSAGE_UPDATE", channel, source))
        elif place.type == PUBLIC_THREAD:
            origin = Origin(type=THREAD_NOTICE, reference_channel_id=place.id)
            self._messages.post(channel, actor_id, MessageForm(content=place.name), origin)

    def edit(self, channel: Channel, thread: Thread, actor_id: int, fields: ThreadFields) -> None:
        """Change the given fields; allowed for the starter and for users who manage threads.

        A new name is announced in the thread.

        Raises:
            ApiError: 403 (50013) without permission, 400 (50083) for a thread that stays archived.
        """
        may = self._world.permissions_in(channel, actor_id)
        manages = bool(may & Permission.MANAGE_THREADS)
        if thread.archived and fields.get("archived") is not False:
            raise ApiError(400, 50083, "Thread is archived")
        reopens = thread.archived and set(fields) == {"archived"} and not thread.locked
        speaks = bool(may & Permission.SEND_MESSAGES)
        owns = actor_id == thread.owner_id and not thread.locked
        if not (manages or ("locked" not in fields and owns) or (reopens and speaks)):
            raise missing_permissions()
        renamed = fields.get("name", channel.name) != channel.name
        with self._events.changing(channel, thread):
            channel.name = fields.get("name", channel.name)
            channel.slowmode_s = fields.get("slowmode_s", channel.slowmode_s)
            thread.auto_archive_min = fields.get("auto_archive_min", thread.auto_archive_min)
            thread.locked = fields.get("locked", thread.locked)
            thread.invitable = fields.get("invitable", thread.invitable)
            self._archive(thread, archived=fields.get("archived", thread.archived))
        if renamed:
            notice = MessageForm(content=channel.name)
            self._messages.post(channel, actor_id, notice, Origin(type=NAME_NOTICE))

    def delete(self, channel: Channel, actor_id: int) -> None:
        """Delete a thread with its content.

        Raises:
            ApiError: 403 with code 50013.
        """
        self._world.require(channel, actor_id, Permission.MANAGE_THREADS)
        viewers = self._events.viewers(channel)
        self._drop(self._guild(channel), channel)
        self._events.deleted(channel, viewers)

    def reopen(self, channel: Channel, actor_id: int) -> None:
        """Reopen an archived thread for a new message, unless it is locked; no-op for other channels.

        Raises:
            ApiError: 403 with code 160005 for a locked thread.
        """
        thread = channel.thread
        if thread is None:
            return
        manages = self._world.permissions_in(channel, actor_id) & Permission.MANAGE_THREADS
        if thread.locked and not manages:
            raise ApiError(403, 160005, "Thread is locked")
        with self._events.changing(channel, thread):
            self._archive(thread, archived=False)

    def _on_event(self, event: Event) -> None:
        if event.name == "CHANNEL_DELETE":
            self._drop_orphans()
        elif event.name == "GUILD_MEMBER_REMOVE":
            user_id = int(event.data(0)["user"]["id"])
            for place in self._world.guilds[event.guild_id or 0].threads.values():
                if place.thread is not None:
                    place.thread.members.pop(user_id, None)
        elif event.name == "MESSAGE_CREATE" and event.channel_id is not None and event.only is None:
            channel = self._world.find_channel(event.channel_id)
            if channel is not None and channel.thread is not None:
                self._count(channel, channel.thread, event)

    def _count(self, channel: Channel, thread: Thread, event: Event) -> None:
        message = channel.messages[channel.last_message_id or 0]
        if message.type == THREAD_STARTER:
            return
        thread.messages_sent += 1
        # Authors and mentioned users become members.
        guild = self._guild(channel)
        for user_id in (event.author_id, *event.mention_ids):
            if user_id is not None and user_id in guild.members:
                self.members.join(channel, thread, user_id)

    def _archive(self, thread: Thread, *, archived: bool) -> None:
        if archived != thread.archived:
            thread.archived = archived
            thread.archive_timestamp = iso(self._wall_s())

    def _drop_orphans(self) -> None:
        for guild in self._world.guilds.values():
            for channel in [c for c in guild.threads.values() if c.parent_id not in guild.channels]:
                self._drop(guild, channel)

    def _drop(self, guild: Guild, channel: Channel) -> None:
        del guild.threads[channel.id]
        for message in channel.messages.values():
            self._files.drop(channel.id, message.attachments)

    def _guild(self, channel: Channel) -> Guild:
        if channel.guild_id is None:
            raise wrong_channel_type()
        return self._world.guilds[channel.guild_id]
