"""Webhooks, by Discord's rules: creating, editing, executing, deleting."""

import hmac
import secrets

from sandbox.errors import ApiError, unknown, wrong_channel_type
from sandbox.events import Event
from sandbox.forms.messages import MessageForm, require_something
from sandbox.forms.webhooks import WebhookFields
from sandbox.parts import Core, Part
from sandbox.permissions import Permission
from sandbox.pictures import Picture, Pictures
from sandbox.places.threads import Threads
from sandbox.posts.messages import Messages, Origin
from sandbox.records import TEXT_CHANNEL, Channel, Message, Webhook, WebhookAuthor
from sandbox.wire import JsonObject

MAX_WEBHOOKS = 15
"""The maximum number of webhooks in a channel."""


class Webhooks(Part):
    """Changes webhooks and creates their messages. ``actor_id`` is the acting user; over REST, the bot."""

    def __init__(self, core: Core, messages: Messages, threads: Threads, pictures: Pictures) -> None:
        super().__init__(core)
        self._messages = messages
        self._threads = threads
        self._pictures = pictures
        self._bus.subscribe(self._on_event)

    def create(self, channel: Channel, actor_id: int, fields: WebhookFields) -> Webhook:
        """Create a webhook with a random token.

        Raises:
            ApiError: 400 (50024) if this channel cannot have one, 403 (50013) without permission, 400 (30007)
                if there are 15.
        """
        self._require(channel, actor_id)
        if len(self.of_channel(channel.id)) >= MAX_WEBHOOKS:
            raise ApiError(400, 30007, f"Maximum number of webhooks reached ({MAX_WEBHOOKS})")
        webhook = Webhook(
            id=self._next_id(),
            channel_id=channel.id,
            guild_id=channel.guild_id or 0,
            name=fields["name"],
            token=secrets.token_urlsafe(51),
            creator_id=actor_id,
        )
        webhook.avatar = self._store_avatar(webhook, fields.get("avatar"))
        self._world.webhooks[webhook.id] = webhook
        self._publish(webhook.guild_id, channel.id)
        return webhook

    def of_channel(self, channel_id: int) -> list[Webhook]:
        """The webhooks of a channel."""
        return [w for w in self._world.webhooks.values() if w.channel_id == channel_id]

    def managed(self, webhook_id: int, actor_id: int) -> Webhook:
        """A webhook that the actor may manage.

        Raises:
            ApiError: 404 with code 10015, 403 with code 50013.
        """
        webhook = self._find(webhook_id)
        self._require(self._channel(webhook), actor_id)
        return webhook

    def with_token(self, webhook_id: int, token: str) -> Webhook:
        """A webhook by id and token.

        Raises:
            ApiError: 404 with code 10015, 401 with code 50027.
        """
        webhook = self._find(webhook_id)
        if not hmac.compare_digest(token.encode(), webhook.token.encode()):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return webhook

    def edit(self, webhook: Webhook, fields: WebhookFields, actor_id: int | None = None) -> None:
        """Change the given fields; moving it to another channel needs an actor with permission.

        Raises:
            ApiError: 404 (10003) for an unknown channel of its server, 403 (50013), 400 (50024).
        """
        target = fields.get("channel_id", webhook.channel_id)
        if target != webhook.channel_id and actor_id is not None:
            channel = self._world.guilds[webhook.guild_id].channels.get(target)
            if channel is None:
                raise unknown("Channel")
            self._require(channel, actor_id)
            self._publish(webhook.guild_id, webhook.channel_id)
            webhook.channel_id = target
        webhook.name = fields.get("name", webhook.name)
        if "avatar" in fields:
            webhook.avatar = self._store_avatar(webhook, fields["avatar"])
        self._publish(webhook.guild_id, webhook.channel_id)

    def delete(self, webhook: Webhook) -> None:
        """Delete a webhook; its messages stay."""
        del self._world.webhooks[webhook.id]
        self._publish(webhook.guild_id, webhook.channel_id)

    def place(self, webhook: Webhook, thread_id: int | None) -> Channel:
        """The place of a webhook's messages: its channel, or a thread of it.

        Raises:
            ApiError: 404 with code 10003.
        """
        if thread_id is None:
            return self._channel(webhook)
        thread = self._world.guilds[webhook.guild_id].threads.get(thread_id)
        if thread is None or thread.parent_id != webhook.channel_id:
            raise unknown("Channel")
        return thread

    def execute(
        self, webhook: Webhook, place: Channel, form: MessageForm, name: str | None, avatar: Picture | None
    ) -> Message:
        """Create a message, with the webhook's name and avatar unless others are given.

        Raises:
            ApiError: 400 (50006) for an empty message, 403 (160005) in a locked thread.
        """
        require_something(form)
        self._threads.reopen(place, webhook.id)
        picture = self._store_avatar(webhook, avatar) or webhook.avatar
        author = WebhookAuthor(webhook.id, name or webhook.name, picture)
        return self._messages.post(place, webhook.id, form, Origin(webhook=author))

    def find_message(self, webhook: Webhook, place: Channel, message_id: int) -> Message:
        """A message of the webhook.

        Raises:
            ApiError: 404 with code 10008.
        """
        message = self._world.find_message(place, message_id, None)
        if message.webhook is None or message.webhook.id != webhook.id:
            raise unknown("Message")
        return message

    def _find(self, webhook_id: int) -> Webhook:
        webhook = self._world.webhooks.get(webhook_id)
        if webhook is None:
            raise unknown("Webhook")
        return webhook

    def _store_avatar(self, webhook: Webhook, picture: Picture | None) -> str | None:
        return self._pictures.put(webhook.id, picture) if picture is not None else None

    def _channel(self, webhook: Webhook) -> Channel:
        return self._world.guilds[webhook.guild_id].channels[webhook.channel_id]

    def _require(self, channel: Channel, actor_id: int) -> None:
        if channel.type != TEXT_CHANNEL:
            raise wrong_channel_type()
        self._world.require(channel, actor_id, Permission.MANAGE_WEBHOOKS)

    def _on_event(self, event: Event) -> None:
        if event.name == "CHANNEL_DELETE":
            for webhook in self.of_channel(int(event.data(0)["id"])):
                del self._world.webhooks[webhook.id]

    def _publish(self, guild_id: int, channel_id: int) -> None:
        data: JsonObject = {"guild_id": str(guild_id), "channel_id": str(channel_id)}
        self._bus.send("WEBHOOKS_UPDATE", data, guild_id=guild_id, channel_id=channel_id)
