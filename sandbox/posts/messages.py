"""Creates, edits and deletes messages, for the bot and for people."""

from collections import OrderedDict
from dataclasses import replace
from typing import NamedTuple

from sandbox.errors import ApiError, bad_form
from sandbox.events import Event
from sandbox.forms.messages import MAX_FILES, MessageForm, reference_id, require_something
from sandbox.parts import Core, Part
from sandbox.permissions import Permission
from sandbox.posts.files import FileStore, safe_filename
from sandbox.posts.media import entry_for, resolve_media, shown_names
from sandbox.posts.mentions import resolve_mentions
from sandbox.records import (
    FLAG_EPHEMERAL,
    FLAG_LOADING,
    REPLY,
    USER_MESSAGES,
    Attachment,
    Channel,
    Message,
    WebhookAuthor,
)
from sandbox.render import location_json, member_json
from sandbox.render.messages import gateway_message_json
from sandbox.snowflake import created_s
from sandbox.wire import JsonObject, as_id, iso

NONCE_S = 300.0
"""How long a nonce is remembered, in seconds; "the past few minutes" at Discord ("Create Message")."""
_MAX_NONCES = 10_000


class Origin(NamedTuple):
    """The origin of a message that its author did not simply write.

    Attributes:
        type: The message type (0 default, 19 reply, 20 slash command).
        interaction: The interaction fields, for a response to an interaction.
        reader_id: The only reader, for an ephemeral message.
        reference_id: The message that it replies to.
        reference_channel_id: The channel of that message, or the thread that it announces.
        loading: Whether it is a deferred response without content yet.
        webhook: The author's name and avatar, for a webhook message.
    """

    type: int = 0
    interaction: JsonObject | None = None
    reader_id: int | None = None
    reference_id: int | None = None
    reference_channel_id: int | None = None
    loading: bool = False
    webhook: WebhookAuthor | None = None


class Messages(Part):
    """Creates, edits and deletes messages, and publishes the events."""

    def __init__(self, core: Core, files: FileStore) -> None:
        super().__init__(core)
        self._files = files
        self._nonces: OrderedDict[tuple[int, str], tuple[float, int, int]] = OrderedDict()

    def create(self, channel: Channel, author_id: int, form: MessageForm) -> Message:
        """Create a user's message; a known enforced nonce returns the earlier message.

        Raises:
            ApiError: 400 for an empty message, an unknown reference or one to a system message, 403 (160002)
                for a reference without permission to read the history.
        """
        known = self._by_nonce(author_id, form)
        if known is not None:
            return known
        require_something(form)
        replied_id = self._answered(channel, author_id, form)
        origin = Origin(type=REPLY if replied_id else 0, reference_id=replied_id)
        message = self.post(channel, author_id, form, origin)
        if form.nonce is not None:
            key = (author_id, str(form.nonce))
            self._nonces[key] = (self._monotonic_s(), channel.id, message.id)
            # Reinserted at the end, so that the nonces stay in order of expiry.
            self._nonces.move_to_end(key)
        return message

    def post(self, channel: Channel, author_id: int, form: MessageForm, origin: Origin) -> Message:
        """Create a message without the checks for user messages."""
        message_id = self._next_id()
        flags = (form.flags or 0) & ~FLAG_EPHEMERAL
        if origin.reader_id is not None:
            flags |= FLAG_EPHEMERAL
        message = Message(
            id=message_id,
            channel_id=channel.id,
            author_id=author_id,
            content=form.content or "",
            timestamp=iso(created_s(message_id)),
            type=origin.type,
            flags=flags | (FLAG_LOADING if origin.loading else 0),
            tts=form.tts,
            nonce=form.nonce,
            components=form.components or [],
            reference_id=origin.reference_id,
            reference_channel_id=origin.reference_channel_id,
            reader_id=origin.reader_id,
            interaction=origin.interaction,
            webhook=origin.webhook,
        )
        self._attach(channel, message, form, kept=[])
        self._mention(channel, message, form)
        self._world.store(channel, message)
        self._bus.publish(self.event("MESSAGE_CREATE", channel, message))
        return message

    def edit(self, channel: Channel, message: Message, form: MessageForm) -> Message:
        """Change the given fields. A deferred response stops loading.

        Raises:
            ApiError: 400 if the message would be empty or have too many files; then nothing changes.
        """
        kept = message.attachments
        if form.attachments is not None:
            wanted = {as_id(entry.get("id")) for entry in form.attachments}
            kept = [a for a in message.attachments if a.id in wanted]
        left = MessageForm(
            content=message.content if form.content is None else form.content,
            embeds=message.embeds if form.embeds is None else form.embeds,
            components=message.components if form.components is None else form.components,
            files=form.files,
        )
        if not kept:
            require_something(left)
        self._attach(channel, message, form, kept=kept)
        if form.content is not None:
            message.content = form.content
            self._mention(channel, message, form)
        if form.components is not None:
            message.components = form.components
        if form.flags is not None:
            fixed = FLAG_EPHEMERAL | FLAG_LOADING
            message.flags = message.flags & fixed | form.flags & ~fixed
        if message.flags & FLAG_LOADING:
            message.flags &= ~FLAG_LOADING
        else:
            message.edited_timestamp = iso(self._wall_s())
        self._bus.publish(self.event("MESSAGE_UPDATE", channel, message))
        return message

    def delete(self, channel: Channel, message: Message) -> None:
        """Delete a message and its files."""
        del channel.messages[message.id]
        self._files.drop(channel.id, message.attachments)
        data = location_json(channel) | {"id": str(message.id)}
        if message.reader_id is not None:
            data.pop("guild_id", None)
        self._bus.publish(replace(self.event("MESSAGE_DELETE", channel, message), render=lambda _: data))

    def delete_bulk(self, channel: Channel, messages: list[Message]) -> None:
        """Delete several messages with one event."""
        for message in messages:
            del channel.messages[message.id]
            self._files.drop(channel.id, message.attachments)
        data = location_json(channel) | {"ids": [str(m.id) for m in messages]}
        self._bus.send("MESSAGE_DELETE_BULK", data, guild_id=channel.guild_id, channel_id=channel.id)

    def event(self, name: str, channel: Channel, message: Message) -> Event:
        """An event about a message. For an ephemeral one, only its reader and the bot receive it."""
        only = None
        guild_id = channel.guild_id
        if message.reader_id is not None:
            only, guild_id = frozenset({message.reader_id, message.author_id}), None
        return Event(
            name,
            lambda viewer_id: gateway_message_json(self._world, channel, message, viewer_id),
            guild_id=guild_id,
            channel_id=channel.id,
            only=only,
            author_id=message.author_id,
            mention_ids=frozenset(message.mentions),
        )

    def _by_nonce(self, author_id: int, form: MessageForm) -> Message | None:
        oldest = self._monotonic_s() - NONCE_S
        while self._nonces:
            key, (at_s, _, _) = next(iter(self._nonces.items()))
            if at_s > oldest and len(self._nonces) < _MAX_NONCES:
                break
            del self._nonces[key]
        if form.nonce is None or not form.enforce_nonce:
            return None
        _, channel_id, message_id = self._nonces.get((author_id, str(form.nonce)), (0.0, 0, 0))
        channel = self._world.find_channel(channel_id)
        return channel.messages.get(message_id) if channel is not None else None

    def _answered(self, channel: Channel, author_id: int, form: MessageForm) -> int | None:
        message_id = reference_id(form)
        if message_id is None or form.reference is None:
            return None
        target = channel.messages.get(message_id)
        if target is None or target.reader_id not in (None, author_id):
            if form.reference.get("fail_if_not_exists") is False:
                return None
            raise bad_form(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        if target.type not in USER_MESSAGES:
            code = "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"
            raise bad_form(("message_reference",), code, "Cannot reply to a system message")
        if not self._world.permissions_in(channel, author_id) & Permission.READ_MESSAGE_HISTORY:
            raise ApiError(403, 160002, "Cannot reply without permission to read message history")
        return message_id

    def _mention(self, channel: Channel, message: Message, form: MessageForm) -> None:
        replied = channel.messages.get(message.reference_id) if message.reference_id else None
        # A response to an interaction names its user without pinging them.
        pings = replied is not None and message.type == REPLY and message.interaction is None
        by_user = replied is not None and replied.webhook is None
        replied_id = replied.author_id if replied is not None and pings and by_user else None
        found = resolve_mentions(
            self._world,
            channel,
            message.author_id,
            message.content,
            allowed=form.allowed_mentions,
            replied_user_id=replied_id,
        )
        message.mentions = found.users
        message.mention_roles = found.roles
        message.mention_everyone = found.everyone

    def _attach(
        self, channel: Channel, message: Message, form: MessageForm, *, kept: list[Attachment]
    ) -> None:
        if len(kept) + len(form.files) > MAX_FILES:
            raise bad_form(("attachments",), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
        embeds = form.embeds if form.embeds is not None else message.embeds
        shown = shown_names(embeds)
        added = []
        for file in form.files:
            entry = entry_for(form, file)
            name = safe_filename(str(entry.get("filename") or file.filename))
            description = entry.get("description")
            added.append(
                self._files.put(
                    channel.id,
                    file._replace(filename=name),
                    description=str(description)[:1024] if description is not None else None,
                    embedded=name in shown,
                )
            )
        gone = [a for a in message.attachments if a not in kept]
        self._files.drop(channel.id, gone)
        message.attachments = [*kept, *added]
        by_name = {a.filename: a for a in message.attachments}
        message.embeds = [resolve_media(embed, by_name) for embed in embeds]

    def typing(self, channel: Channel, user_id: int) -> None:
        """Publish that a user is typing."""
        data = location_json(channel) | {"user_id": str(user_id), "timestamp": int(self._wall_s())}
        member = self._world.member(channel.guild_id, user_id)
        if member is not None:
            data["member"] = member_json(self._world, member)
        self._bus.send("TYPING_START", data, guild_id=channel.guild_id, channel_id=channel.id)
