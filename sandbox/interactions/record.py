"""The interaction record, and its JSON for the bot and in messages."""

import asyncio
from dataclasses import dataclass, field

from sandbox.posts.files import MAX_FILE_BYTES
from sandbox.records import Channel, Message
from sandbox.render import channel_json, member_json, user_json
from sandbox.render.messages import gateway_message_json
from sandbox.wire import JsonObject
from sandbox.world import World

COMMAND = 2
COMPONENT = 3
AUTOCOMPLETE = 4
MODAL_SUBMIT = 5


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Interaction:
    """An interaction and the state of its response.

    Attributes:
        source_id: The message whose component was used.
        original_id: The message that is ``@original``, once there is one.
        waiting: Whether a deferred response is loading; the next follow-up or edit fills it.
        focused_type: The type of the option being completed.
        choices: Receives autocomplete's choices.
        modal: The form sent as response, until it has been submitted and delivered.
        opened_by: The interaction whose response was the submitted form.
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
    modal: JsonObject | None = None
    opened_by: "Interaction | None" = None
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


def message_fields(world: World, interaction: Interaction) -> JsonObject:
    """The interaction fields of a message."""
    user = user_json(world.users[interaction.user_id])
    metadata: JsonObject = {
        "id": str(interaction.id),
        "type": interaction.type,
        "user": user,
        "authorizing_integration_owners": _owners(interaction.channel),
    }
    if interaction.type == COMPONENT:
        metadata["interacted_message_id"] = str(interaction.source_id)
        return {"interaction_metadata": metadata}
    if interaction.opened_by is not None:
        opener = message_fields(world, interaction.opened_by)["interaction_metadata"]
        metadata["triggering_interaction_metadata"] = opener
        return {"interaction_metadata": metadata}
    legacy = {
        "id": str(interaction.id),
        "type": interaction.type,
        "name": interaction.command_name,
        "user": user,
    }
    metadata |= {"name": interaction.command_name, "command_type": 1}
    return {"interaction_metadata": metadata, "interaction": legacy}


def interaction_json(
    world: World, interaction: Interaction, data: JsonObject, source: Message | None
) -> JsonObject:
    """The interaction as sent to the bot, with the message whose component was used."""
    channel, user_id = interaction.channel, interaction.user_id
    bot_id = world.application.bot_id
    user_permissions = str(world.permissions_in(channel, user_id))
    payload: JsonObject = {
        "id": str(interaction.id),
        "application_id": str(world.application.id),
        "type": interaction.type,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": channel_json(world, channel) | {"permissions": user_permissions},
        "locale": "en-US",
        "app_permissions": str(world.permissions_in(channel, bot_id)),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": _owners(channel),
        "context": 1 if channel.guild_id is None else 0,
        "attachment_size_limit": MAX_FILE_BYTES,
    }
    member = world.member(channel.guild_id, user_id)
    if channel.guild_id is not None and member is not None:
        payload["guild_id"] = str(channel.guild_id)
        payload["guild_locale"] = "en-US"
        payload["guild"] = {"id": str(channel.guild_id), "locale": "en-US", "features": []}
        payload["member"] = member_json(world, member) | {"permissions": user_permissions}
    else:
        payload["user"] = user_json(world.users[user_id])
    if source is not None:
        payload["message"] = gateway_message_json(world, channel, source, bot_id)
    return payload


def _owners(channel: Channel) -> JsonObject:
    # Key 0 is an installation in a server; the value "0" means the bot's direct messages.
    return {"0": str(channel.guild_id) if channel.guild_id is not None else "0"}
