"""Interactions: from the user's click or command to the bot's answer, with Discord's deadlines."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.errors import ApiError, unknown
from sandbox.events import Event, EventBus
from sandbox.files import MAX_FILE_BYTES
from sandbox.records import Channel, Message
from sandbox.render import channel_json, member_json, user_json
from sandbox.render_messages import gateway_message_json
from sandbox.wire import JsonObject
from sandbox.world import World

ANSWER_S = 3.0
"""How long the bot has for its first answer, in seconds."""
TOKEN_S = 900.0
"""How long an interaction's token lives, in seconds."""
_MAX_KEPT = 2000

COMMAND = 2
COMPONENT = 3
AUTOCOMPLETE = 4

NOT_RESPONDING = "The application did not respond"


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Interaction:
    """One interaction and how far its answer has come.

    Attributes:
        source_id: The message whose component was used.
        original_id: The message that ``@original`` stands for, once there is one.
        waiting: A deferred answer is shown as loading; the next follow-up or edit fills it.
        focused_type: The type of the option being completed.
        choices: Where autocomplete's choices go.
    """

    id: int
    token: str
    type: int
    user_id: int
    channel: Channel
    started_s: float
    command_name: str | None = None
    command_id: str | None = None
    source_id: int | None = None
    acknowledged: bool = False
    failed: bool = False
    original_id: int | None = None
    waiting: bool = False
    focused_type: int = 3
    choices: asyncio.Future[list[JsonObject]] | None = None
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class Interactions:
    """All interactions of the last fifteen minutes.

    Args:
        world: The records.
        bus: Where INTERACTION_CREATE and its results go.
        next_id: Gives new snowflakes.
        monotonic_s: A clock that never steps back, in seconds.
    """

    def __init__(
        self,
        world: World,
        bus: EventBus,
        next_id: Callable[[], int],
        monotonic_s: Callable[[], float],
    ) -> None:
        self.answer_s = ANSWER_S
        self.token_s = TOKEN_S
        self._world = world
        self._bus = bus
        self._next_id = next_id
        self._monotonic_s = monotonic_s
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()

    def start(
        self,
        kind: int,
        user_id: int,
        channel: Channel,
        data: JsonObject,
        *,
        source: Message | None = None,
        focused_type: int = 3,
    ) -> Interaction:
        """Sends an interaction to the bot and starts its deadline."""
        self._expire()
        loop = asyncio.get_running_loop()
        interaction = Interaction(
            id=self._next_id(),
            token=secrets.token_urlsafe(64),
            type=kind,
            user_id=user_id,
            channel=channel,
            started_s=self._monotonic_s(),
            command_name=data.get("name"),
            command_id=data.get("id"),
            source_id=source.id if source is not None else None,
            focused_type=focused_type,
            choices=loop.create_future() if kind == AUTOCOMPLETE else None,
        )
        self._by_token[interaction.token] = interaction
        payload = self._payload(interaction, data, source)
        only = frozenset({self._world.application.bot_id})
        self._bus.publish(
            Event("INTERACTION_CREATE", lambda _: payload, guild_id=channel.guild_id, only=only)
        )
        interaction.timer = loop.call_later(self.answer_s, self._time_out, interaction)
        return interaction

    def for_callback(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that a first answer is for.

        Raises:
            ApiError: 404 (10062) where it is unknown or too late, 400 (40060) where it has been answered.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self._is_dead(interaction):
            raise unknown("interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.failed:
            raise unknown("interaction")
        return interaction

    def for_webhook(self, application_id: int, token: str) -> Interaction:
        """The interaction that a follow-up is for.

        Raises:
            ApiError: 404 (10015) where it is unknown or not answered yet, 401 (50027) where it has expired.
        """
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._world.application.id:
            raise unknown("Webhook")
        if self._is_dead(interaction):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if not interaction.acknowledged:
            raise unknown("Webhook")
        return interaction

    def acknowledge(self, interaction: Interaction, state: str) -> None:
        """Notes the first answer and tells the user: ``deferred`` or ``answered``."""
        interaction.acknowledged = True
        if interaction.timer is not None:
            interaction.timer.cancel()
        self.tell(interaction, state)

    def tell(self, interaction: Interaction, state: str, message: str | None = None) -> None:
        """Tells the user's page how the interaction stands."""
        data: JsonObject = {"interaction_id": str(interaction.id), "state": state}
        if message is not None:
            data["message"] = message
        self._bus.publish(Event("INTERACTION_RESULT", lambda _: data, only=frozenset({interaction.user_id})))

    def message_fields(self, interaction: Interaction) -> JsonObject:
        """What a message says about the interaction that it answers."""
        user = user_json(self._world.users[interaction.user_id])
        metadata: JsonObject = {
            "id": str(interaction.id),
            "type": interaction.type,
            "user": user,
            "authorizing_integration_owners": _owners(interaction.channel),
        }
        if interaction.type == COMPONENT:
            metadata["interacted_message_id"] = str(interaction.source_id)
            return {"interaction_metadata": metadata}
        legacy = {
            "id": str(interaction.id),
            "type": interaction.type,
            "name": interaction.command_name,
            "user": user,
        }
        metadata |= {"name": interaction.command_name, "command_type": 1}
        return {"interaction_metadata": metadata, "interaction": legacy}

    def close(self) -> None:
        """Stops every deadline."""
        for interaction in self._by_token.values():
            _stop(interaction)

    def _time_out(self, interaction: Interaction) -> None:
        interaction.failed = True
        if interaction.choices is not None and not interaction.choices.done():
            interaction.choices.cancel()
        if interaction.type != AUTOCOMPLETE:
            self.tell(interaction, "failed", NOT_RESPONDING)

    def _is_dead(self, interaction: Interaction) -> bool:
        return self._monotonic_s() - interaction.started_s >= self.token_s

    def _expire(self) -> None:
        # Dead ones stay for as long again, so that a late follow-up hears 50027 and not 10015.
        oldest = self._monotonic_s() - 2 * self.token_s
        while self._by_token:
            token, interaction = next(iter(self._by_token.items()))
            if interaction.started_s > oldest and len(self._by_token) < _MAX_KEPT:
                return
            del self._by_token[token]
            _stop(interaction)

    def _payload(self, interaction: Interaction, data: JsonObject, source: Message | None) -> JsonObject:
        channel, user_id = interaction.channel, interaction.user_id
        bot_id = self._world.application.bot_id
        user_permissions = str(self._world.permissions_in(channel, user_id))
        payload: JsonObject = {
            "id": str(interaction.id),
            "application_id": str(self._world.application.id),
            "type": interaction.type,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": channel_json(self._world, channel) | {"permissions": user_permissions},
            "locale": "en-US",
            "app_permissions": str(self._world.permissions_in(channel, bot_id)),
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": _owners(channel),
            "context": 1 if channel.guild_id is None else 0,
            "attachment_size_limit": MAX_FILE_BYTES,
        }
        member = self._world.member(channel.guild_id, user_id)
        if channel.guild_id is not None and member is not None:
            payload["guild_id"] = str(channel.guild_id)
            payload["guild_locale"] = "en-US"
            payload["guild"] = {"id": str(channel.guild_id), "locale": "en-US", "features": []}
            payload["member"] = member_json(self._world, member) | {"permissions": user_permissions}
        else:
            payload["user"] = user_json(self._world.users[user_id])
        if source is not None:
            payload["message"] = gateway_message_json(self._world, channel, source, bot_id)
        return payload


def _stop(interaction: Interaction) -> None:
    if interaction.timer is not None:
        interaction.timer.cancel()
    if interaction.choices is not None:
        interaction.choices.cancel()


def _owners(channel: Channel) -> JsonObject:
    # Key 0 is an installation in a server; "0" as its value stands for the bot's direct messages.
    return {"0": str(channel.guild_id) if channel.guild_id is not None else "0"}
