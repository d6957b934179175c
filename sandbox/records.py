"""The records of the sandbox: users, servers, channels, messages, commands.

Records have no generated `__eq__` and `__repr__`, and immutable ones are named tuples, because each full
dataclass costs up to a millisecond at startup.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.wire import JsonObject

TEXT_CHANNEL = 0
DM_CHANNEL = 1
CATEGORY = 4
PUBLIC_THREAD = 11
PRIVATE_THREAD = 12

NAME_NOTICE = 4
PIN_NOTICE = 6
JOIN_NOTICE = 7
THREAD_NOTICE = 18
REPLY = 19
THREAD_STARTER = 21
USER_MESSAGES = frozenset({0, REPLY, 20, 23})
"""The types of messages by users; all others are system messages."""

FLAG_HAS_THREAD = 1 << 5
FLAG_EPHEMERAL = 1 << 6
FLAG_LOADING = 1 << 7


@dataclass(slots=True, eq=False, repr=False)
class User:
    """An account, of a person or of the bot."""

    id: int
    username: str
    global_name: str | None
    bot: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Role:
    """A server's role; @everyone has the server's id."""

    id: int
    name: str
    permissions: int
    position: int
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True, eq=False, repr=False)
class Member:
    """A user in a server; ``roles`` excludes @everyone."""

    user_id: int
    roles: list[int]
    joined_at: str
    nick: str | None = None


class Overwrite(NamedTuple):
    """A channel's permission overwrite for a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int
    deny: int


class WebhookAuthor(NamedTuple):
    """The author of a webhook message: the webhook's name and avatar, or those in the message."""

    id: int
    name: str
    avatar: str | None


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Webhook:
    """A webhook of a channel; its token authorizes sending."""

    id: int
    channel_id: int
    guild_id: int
    name: str
    token: str
    creator_id: int
    avatar: str | None = None


class Attachment(NamedTuple):
    """A file of a message; an ``embedded`` one is shown in an embed, not listed again."""

    id: int
    filename: str
    size: int
    url: str
    content_type: str
    width: int | None = None
    height: int | None = None
    description: str | None = None
    embedded: bool = False


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Message:
    """A message. ``reader_id`` is set for an ephemeral one, which only that user sees."""

    id: int
    channel_id: int
    author_id: int
    content: str
    timestamp: str
    type: int = 0
    flags: int = 0
    tts: bool = False
    nonce: str | int | None = None
    edited_timestamp: str | None = None
    pinned_timestamp: str | None = None
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)
    reference_id: int | None = None
    reference_channel_id: int | None = None
    reader_id: int | None = None
    interaction: JsonObject | None = None
    webhook: WebhookAuthor | None = None


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Thread:
    """The additional fields of a thread; ``members`` maps members to their join times."""

    owner_id: int
    created_timestamp: str
    archive_timestamp: str
    auto_archive_min: int
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    members: dict[int, str] = field(default_factory=dict)
    messages_sent: int = 0


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Channel:
    """A text channel, a category, a thread, or a direct message (then ``recipient_id`` is the person)."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    slowmode_s: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    recipient_id: int | None = None
    last_message_id: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    thread: Thread | None = None


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Guild:
    """A server with everything in it."""

    id: int
    name: str
    owner_id: int
    description: str | None = None
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    system_channel_id: int | None = None
    icon: str | None = None
    levels: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class Application:
    """The one application that can log in.

    The three switches are those of Discord's developer portal: identifying with a disabled intent closes the
    gateway connection with 4014.
    """

    id: int
    name: str
    owner_id: int
    bot_id: int
    token: str
    presences_intent: bool = True
    members_intent: bool = True
    message_content_intent: bool = True
