"""The bot's responses to interactions: first responses, follow-ups and the original message."""

from collections.abc import Callable

from sandbox.errors import ApiError, FormErrors, bad_form, unknown
from sandbox.forms.commands import check_choice_list
from sandbox.forms.messages import MessageForm, UploadedFile, parse_message, require_something
from sandbox.interactions import Interactions
from sandbox.interactions.modals import parse_modal
from sandbox.interactions.record import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    message_fields,
)
from sandbox.posts.messages import Messages, Origin
from sandbox.records import FLAG_EPHEMERAL, Message
from sandbox.render.messages import message_json
from sandbox.wire import JsonObject
from sandbox.world import World

CHANNEL_MESSAGE = 4
DEFERRED_MESSAGE = 5
DEFERRED_UPDATE = 6
UPDATE_MESSAGE = 7
AUTOCOMPLETE_RESULT = 8
MODAL = 9
_REPLY = 19
_SLASH_REPLY = 20
_ALLOWED = {
    COMMAND: {CHANNEL_MESSAGE, DEFERRED_MESSAGE, MODAL},
    COMPONENT: {CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE, MODAL},
    MODAL_SUBMIT: {CHANNEL_MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE_MESSAGE},
    AUTOCOMPLETE: {AUTOCOMPLETE_RESULT},
}


class Responses:
    """Applies the bot's responses."""

    def __init__(self, world: World, messages: Messages, interactions: Interactions) -> None:
        self._world = world
        self._messages = messages
        self._interactions = interactions

    def respond(self, interaction: Interaction, body: JsonObject, files: list[UploadedFile]) -> JsonObject:
        """The first response; returns the callback object for ``with_response``.

        Raises:
            ApiError: 400 if type or data are invalid; the interaction stays open then.
        """
        kind = body.get("type")
        if not isinstance(kind, int) or kind not in _ALLOWED[interaction.type]:
            choices = tuple(sorted(_ALLOWED[interaction.type]))
            raise bad_form(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")
        data = body.get("data") or {}
        if not isinstance(data, dict):
            raise bad_form(("data",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        handlers: dict[int, Callable[[Interaction, JsonObject, list[UploadedFile]], Message | None]] = {
            CHANNEL_MESSAGE: self._answer,
            DEFERRED_MESSAGE: self._defer,
            DEFERRED_UPDATE: self._defer_update,
            UPDATE_MESSAGE: self._update,
            AUTOCOMPLETE_RESULT: self._complete,
            MODAL: self._open_modal,
        }
        message = handlers[kind](interaction, data, files)
        return self._callback(interaction, kind, message)

    def follow_up(self, interaction: Interaction, body: JsonObject, files: list[UploadedFile]) -> Message:
        """A follow-up; the first one after a deferral fills the loading message.

        Raises:
            ApiError: 400 for an invalid form.
        """
        form = parse_message(body, files)
        require_something(form)
        if interaction.waiting and interaction.original_id is not None:
            original = self._find(interaction, interaction.original_id)
            return self._edit(interaction, original, form)
        reader = interaction.user_id if (form.flags or 0) & FLAG_EPHEMERAL else None
        origin = Origin(
            type=_REPLY if interaction.original_id else 0,
            interaction=message_fields(self._world, interaction),
            reader_id=reader,
            reference_id=interaction.original_id,
        )
        return self._messages.post(interaction.channel, self._world.bot.id, form, origin)

    def find(self, interaction: Interaction, which: str) -> Message:
        """The message of this interaction with an id, or ``@original``.

        Raises:
            ApiError: 404 with code 10008.
        """
        if which == "@original":
            if interaction.original_id is None:
                raise unknown("Message")
            return self._find(interaction, interaction.original_id)
        if not which.isascii() or not which.isdigit():
            raise unknown("Message")
        message = self._find(interaction, int(which))
        metadata = (message.interaction or {}).get("interaction_metadata", {})
        if metadata.get("id") != str(interaction.id) and message.id != interaction.original_id:
            raise unknown("Message")
        return message

    def edit(
        self, interaction: Interaction, which: str, body: JsonObject, files: list[UploadedFile]
    ) -> Message:
        """Edit the original response or a follow-up.

        Raises:
            ApiError: 404 for an unknown message, 400 for an invalid form.
        """
        message = self.find(interaction, which)
        return self._edit(interaction, message, parse_message(body, files))

    def delete(self, interaction: Interaction, which: str) -> None:
        """Delete the original response or a follow-up.

        Raises:
            ApiError: 404 with code 10008.
        """
        message = self.find(interaction, which)
        if message.id == interaction.original_id:
            interaction.waiting = False
        self._messages.delete(interaction.channel, message)

    def _find(self, interaction: Interaction, message_id: int) -> Message:
        return self._world.find_message(interaction.channel, message_id, interaction.user_id)

    def _edit(self, interaction: Interaction, message: Message, form: MessageForm) -> Message:
        edited = self._messages.edit(interaction.channel, message, form)
        if interaction.waiting and message.id == interaction.original_id:
            interaction.waiting = False
            self._interactions.publish_state(interaction, "answered")
        return edited

    def _answer(self, interaction: Interaction, data: JsonObject, files: list[UploadedFile]) -> Message:
        form = parse_message(data, files)
        require_something(form)
        message = self._post_original(interaction, form, loading=False)
        self._interactions.acknowledge(interaction, "answered")
        return message

    def _defer(self, interaction: Interaction, data: JsonObject, _: list[UploadedFile]) -> Message:
        form = MessageForm(flags=parse_message({"flags": data.get("flags")}, []).flags)
        message = self._post_original(interaction, form, loading=True)
        interaction.waiting = True
        self._interactions.acknowledge(interaction, "deferred")
        return message

    def _defer_update(self, interaction: Interaction, _: JsonObject, __: list[UploadedFile]) -> None:
        interaction.original_id = interaction.source_id
        self._interactions.acknowledge(interaction, "deferred")

    def _update(self, interaction: Interaction, data: JsonObject, files: list[UploadedFile]) -> Message:
        if interaction.source_id is None:
            raise unknown("Message")
        source = self._find(interaction, interaction.source_id)
        edited = self._messages.edit(interaction.channel, source, parse_message(data, files))
        interaction.original_id = source.id
        self._interactions.acknowledge(interaction, "answered")
        return edited

    def _complete(self, interaction: Interaction, data: JsonObject, _: list[UploadedFile]) -> None:
        choices = data.get("choices") or []
        errors = FormErrors()
        check_choice_list(errors, ("data", "choices"), choices, interaction.focused_type)
        errors.raise_if_any()
        if interaction.choices is None or interaction.choices.done():
            raise ApiError(404, 10062, "Unknown interaction")
        interaction.choices.set_result(choices)
        self._interactions.acknowledge(interaction, "answered")

    def _open_modal(self, interaction: Interaction, data: JsonObject, _: list[UploadedFile]) -> None:
        interaction.modal = parse_modal(data)
        self._interactions.acknowledge(interaction, "modal")

    def _post_original(self, interaction: Interaction, form: MessageForm, *, loading: bool) -> Message:
        ephemeral = bool((form.flags or 0) & FLAG_EPHEMERAL)
        from_component = interaction.source_id is not None
        origin = Origin(
            type=_REPLY if from_component else _SLASH_REPLY,
            interaction=message_fields(self._world, interaction),
            reader_id=interaction.user_id if ephemeral else None,
            reference_id=interaction.source_id if from_component else None,
            loading=loading,
        )
        message = self._messages.post(interaction.channel, self._world.bot.id, form, origin)
        interaction.original_id = message.id
        return message

    def _callback(self, interaction: Interaction, kind: int, message: Message | None) -> JsonObject:
        about: JsonObject = {"id": str(interaction.id), "type": interaction.type}
        if message is None:
            return {"interaction": about}
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": kind == DEFERRED_MESSAGE,
            "response_message_ephemeral": message.reader_id is not None,
        }
        rendered = message_json(self._world, interaction.channel, message, self._world.bot.id)
        return {"interaction": about, "resource": {"type": kind, "message": rendered}}
