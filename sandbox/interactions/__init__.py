"""Interactions, from the user's click or command to the bot's response, with Discord's deadlines."""

import asyncio
import secrets
from collections import OrderedDict

from sandbox.errors import ApiError, unknown
from sandbox.interactions.record import AUTOCOMPLETE, Interaction, interaction_json
from sandbox.parts import Core, Part
from sandbox.records import Channel, Message
from sandbox.wire import JsonObject

ANSWER_S = 3.0
"""The deadline for the bot's first response, in seconds."""
TOKEN_S = 900.0
"""How long an interaction's token is valid, in seconds."""
_MAX_KEPT = 2000

NOT_RESPONDING = "The application did not respond"


class Interactions(Part):
    """The interactions of the last fifteen minutes."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self.answer_s = ANSWER_S
        self.token_s = TOKEN_S
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
        opened_by: Interaction | None = None,
    ) -> Interaction:
        """Send an interaction to the bot and start its deadline."""
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
            opened_by=opened_by,
        )
        self._by_token[interaction.token] = interaction
        payload = interaction_json(self._world, interaction, data, source)
        only = frozenset({self._world.application.bot_id})
        self._bus.send("INTERACTION_CREATE", payload, guild_id=channel.guild_id, only=only)
        interaction.timer = loop.call_later(self.answer_s, self._time_out, interaction)
        return interaction

    def for_callback(self, interaction_id: int, token: str) -> Interaction:
        """The interaction of a first response.

        Raises:
            ApiError: 404 (10062) if it is unknown or past its deadline, 400 (40060) if it has a response.
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id or self._has_expired(interaction):
            raise unknown("interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if interaction.failed:
            raise unknown("interaction")
        return interaction

    def for_webhook(self, application_id: int, token: str) -> Interaction:
        """The interaction of a follow-up.

        Raises:
            ApiError: 404 (10015) if it is unknown or has no response yet, 401 (50027) if it has expired.
        """
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._world.application.id:
            raise unknown("Webhook")
        if self._has_expired(interaction):
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if not interaction.acknowledged:
            raise unknown("Webhook")
        return interaction

    def acknowledge(self, interaction: Interaction, state: str) -> None:
        """Record the first response, and publish ``deferred`` or ``answered`` to the user."""
        interaction.acknowledged = True
        if interaction.timer is not None:
            interaction.timer.cancel()
        if interaction.opened_by is not None:
            interaction.opened_by.modal = None
        self.publish_state(interaction, state)

    def find_modal(self, interaction_id: int, user_id: int) -> Interaction | None:
        """The interaction whose modal this user has open."""
        return next(
            (
                one
                for one in self._by_token.values()
                if one.id == interaction_id and one.user_id == user_id and one.modal is not None
            ),
            None,
        )

    def publish_state(self, interaction: Interaction, state: str, message: str | None = None) -> None:
        """Publish the state to the user's page; ``modal`` includes the form."""
        data: JsonObject = {"interaction_id": str(interaction.id), "state": state}
        if state == "modal":
            data["modal"] = interaction.modal
        if message is not None:
            data["message"] = message
        self._bus.send("INTERACTION_RESULT", data, only=frozenset({interaction.user_id}))

    def close(self) -> None:
        """Cancel all deadlines."""
        for interaction in self._by_token.values():
            _stop(interaction)

    def _time_out(self, interaction: Interaction) -> None:
        interaction.failed = True
        if interaction.choices is not None and not interaction.choices.done():
            interaction.choices.cancel()
        if interaction.type != AUTOCOMPLETE:
            self.publish_state(interaction, "failed", NOT_RESPONDING)

    def _has_expired(self, interaction: Interaction) -> bool:
        return self._monotonic_s() - interaction.started_s >= self.token_s

    def _expire(self) -> None:
        # Expired ones are kept as long again, so that a late follow-up gets 50027 instead of 10015.
        oldest = self._monotonic_s() - 2 * self.token_s
        while self._by_token:
            token, interaction = next(iter(self._by_token.items()))
            if interaction.started_s > oldest and len(self._by_token) < _MAX_KEPT:
                return
            del self._by_token[token]
            _stop(interaction)


def _stop(interaction: Interaction) -> None:
    if interaction.timer is not None:
        interaction.timer.cancel()
    if interaction.choices is not None:
        interaction.choices.cancel()
