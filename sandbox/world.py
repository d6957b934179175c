"""All records of a sandbox, and lookups."""

from collections.abc import Iterator

from sandbox.errors import missing_access, missing_permissions, unknown
from sandbox.permissions import (
    DM_PERMISSIONS,
    channel_permissions,
    thread_permissions,
)
from sandbox.records import DM_CHANNEL, Application, Channel, Guild, Member, Message, User, Webhook

MESSAGES_PER_CHANNEL = 1000


class World:
    """The records of a sandbox, in memory only.

    Args:
        application: The application that may log in.
        users: All accounts.
        guilds: All servers, the home server first.
    """

    def __init__(self, application: Application, users: list[User], guilds: list[Guild]) -> None:
        self.application = application
        self.users = {user.id: user for user in users}
        self.guilds = {guild.id: guild for guild in guilds}
        self.webhooks: dict[int, Webhook] = {}
        self.dms: dict[int, Channel] = {}
        self.bot_online = False

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.users[self.application.bot_id]

    def find_channel(self, channel_id: int) -> Channel | None:
        """The channel, thread or direct message with that id."""
        for guild in self.guilds.values():
            found = guild.channels.get(channel_id) or guild.threads.get(channel_id)
            if found is not None:
                return found
        return next((dm for dm in self.dms.values() if dm.id == channel_id), None)

    def dm_with(self, user_id: int, new_id: int) -> Channel:
        """The bot's direct message with a user; created with ``new_id`` if missing."""
        return self.dms.setdefault(user_id, Channel(id=new_id, type=DM_CHANNEL, recipient_id=user_id))

    def permissions_in(self, channel: Channel, user_id: int) -> int:
        """A user's permissions in a channel; 0 if the user cannot see it."""
        if channel.guild_id is None:
            inside = user_id in (channel.recipient_id, self.application.bot_id)
            return int(DM_PERMISSIONS) if inside else 0
        guild = self.guilds[channel.guild_id]
        if channel.thread is None:
            return channel_permissions(guild, channel, user_id)
        parent = guild.channels.get(channel.parent_id or 0)
        return thread_permissions(guild, parent, channel, user_id) if parent is not None else 0

    def require(self, channel: Channel, user_id: int, needed: int) -> None:
        """Check that a user has all of the permissions in a channel.

        Raises:
            ApiError: 403 with code 50013.
        """
        if self.permissions_in(channel, user_id) & needed != needed:
            raise missing_permissions()

    def visible_channel(self, channel_id: int, user_id: int) -> Channel:
        """The channel, if the user may see it.

        Raises:
            ApiError: 404 (10003) if there is none, 403 (50001) if it is hidden.
        """
        channel = self.find_channel(channel_id)
        if channel is None:
            raise unknown("Channel")
        if not self.permissions_in(channel, user_id):
            raise missing_access()
        return channel

    def find_message(self, channel: Channel, message_id: int, viewer_id: int | None) -> Message:
        """A message of a channel, if the viewer may see it; only its reader may see an ephemeral one.

        Raises:
            ApiError: 404 (10008).
        """
        message = channel.messages.get(message_id)
        if message is None or message.reader_id not in (None, viewer_id):
            raise unknown("Message")
        return message

    def locate_message(self, message_id: int) -> tuple[Channel, Message] | None:
        """A message by id, with its channel."""
        for channel in self.all_channels():
            message = channel.messages.get(message_id)
            if message is not None:
                return channel, message
        return None

    def all_channels(self) -> Iterator[Channel]:
        """All channels and threads of all servers, then all direct messages."""
        for guild in self.guilds.values():
            yield from guild.channels.values()
            yield from guild.threads.values()
        yield from self.dms.values()

    def thread_of(self, channel: Channel, message_id: int) -> Channel | None:
        """The thread that was started from a message, whose id it has."""
        if channel.guild_id is None or channel.thread is not None:
            return None
        thread = self.guilds[channel.guild_id].threads.get(message_id)
        return thread if thread is not None and thread.parent_id == channel.id else None

    def member(self, guild_id: int | None, user_id: int) -> Member | None:
        """A user's membership in a server, if any."""
        guild = self.guilds.get(guild_id) if guild_id is not None else None
        return guild.members.get(user_id) if guild is not None else None

    def is_named(self, member: Member, start: str) -> bool:
        """Whether the user name, display name or nickname begins with ``start``, ignoring case."""
        user = self.users[member.user_id]
        names = (user.username, user.global_name or "", member.nick or "")
        return any(name.lower().startswith(start.lower()) for name in names)

    def shares_guild_with_bot(self, user_id: int) -> bool:
        """Whether the bot may write to a user, because they share a server."""
        bot_id = self.application.bot_id
        return any(bot_id in guild.members and user_id in guild.members for guild in self.guilds.values())

    def store(self, channel: Channel, message: Message) -> None:
        """Store a message as the channel's newest; above the maximum the oldest unpinned one is dropped."""
        channel.messages[message.id] = message
        if message.reader_id is None:
            channel.last_message_id = message.id
        while len(channel.messages) > MESSAGES_PER_CHANNEL:
            loose = (m.id for m in channel.messages.values() if m.pinned_timestamp is None)
            del channel.messages[next(loose)]
