"""The actions of people in the sandbox: messages, reactions, commands, components, membership."""

import asyncio
from collections.abc import Mapping, Sequence

from sandbox.desk.people import Ref
from sandbox.desk.place_actions import PlaceActions, for_people
from sandbox.errors import ActionError
from sandbox.forms.components import BUTTON, find_component
from sandbox.forms.messages import UploadedFile, parse_message
from sandbox.interactions.invocations import build_invocation
from sandbox.interactions.modals import fill_in
from sandbox.interactions.record import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from sandbox.interactions.selections import choose
from sandbox.permissions import Permission
from sandbox.records import Channel, Guild, Message, User
from sandbox.render.messages import message_json
from sandbox.wire import JsonObject, as_id


class Actions(PlaceActions):
    """The actions of ``/sandbox/act/…``, also for tests in the same process.

    Users, channels and messages are ids (numbers or decimal strings); users may also be seeded names. All
    actions raise ``ActionError`` with a message for people and an HTTP status.

    Args:
        engine: The sandbox.
    """

    async def message(
        self,
        *,
        user: Ref,
        content: str = "",
        channel: Ref | None = None,
        dm: bool = False,
        reply_to: Ref | None = None,
        files: Sequence[UploadedFile] = (),
    ) -> JsonObject:
        """Send a message to a channel or to the bot directly; returns the message object."""
        author = self._people.user(user)
        needed = Permission.SEND_MESSAGES | (Permission.ATTACH_FILES if files else 0)
        if dm:
            place = self._people.dm(author)
        elif channel is not None:
            place = self._people.channel(channel, author, needed)
        else:
            raise ActionError(400, "A message needs channel or dm.")
        body: JsonObject = {"content": content}
        if reply_to is not None:
            body["message_reference"] = {"message_id": str(reply_to)}
        with for_people():
            self._engine.threads.reopen(place, author.id)
            message = self._engine.messages.create(place, author.id, parse_message(body, list(files)))
        return self._show(place, message, author)

    async def edit(self, *, user: Ref, message: Ref, content: str) -> JsonObject:
        """Edit one's own message; returns the message object."""
        author = self._people.user(user)
        channel, target = self._people.message(message, author)
        if target.author_id != author.id:
            raise ActionError(403, "Only its author can edit a message.")
        with for_people():
            self._engine.messages.edit(channel, target, parse_message({"content": content}, []))
        return self._show(channel, target, author)

    async def delete(self, *, user: Ref, message: Ref) -> None:
        """Delete one's own message, or with permission another's."""
        actor = self._people.user(user)
        channel, target = self._people.message(message, actor)
        own = actor.id in (target.author_id, target.reader_id)
        if not own and not self._people.may(channel, actor, Permission.MANAGE_MESSAGES):
            raise ActionError(403, "This user may not delete this message.")
        self._engine.messages.delete(channel, target)

    async def slash(
        self, *, user: Ref, channel: Ref, command: str, options: Mapping[str, object] | None = None
    ) -> JsonObject:
        """Use a slash command; returns ``{"interaction_id"}``. Subcommands follow the name after a space."""
        actor = self._people.user(user)
        place = self._people.channel(channel, actor, Permission.USE_APPLICATION_COMMANDS)
        found, path = self._command(place, actor, command)
        data, _ = build_invocation(self._engine.world, place, found, path, options or {})
        self._reopen(place, actor)
        interaction = self._engine.interactions.start(COMMAND, actor.id, place, data)
        return {"interaction_id": str(interaction.id)}

    async def autocomplete(
        self,
        *,
        user: Ref,
        channel: Ref,
        command: str,
        focused: str,
        options: Mapping[str, object] | None = None,
    ) -> JsonObject:
        """Request completions of an option; returns ``{"choices": [{"name", "value"}]}``.

        Raises:
            ActionError: 504 if the bot does not answer within 3 s.
        """
        actor = self._people.user(user)
        place = self._people.channel(channel, actor, Permission.USE_APPLICATION_COMMANDS)
        found, path = self._command(place, actor, command)
        data, kind = build_invocation(self._engine.world, place, found, path, options or {}, focused=focused)
        interaction = self._engine.interactions.start(AUTOCOMPLETE, actor.id, place, data, focused_type=kind)
        if interaction.choices is None:
            raise ActionError(504, "The application did not respond.")
        done, _ = await asyncio.wait([interaction.choices])
        answer = done.pop()
        if answer.cancelled():
            raise ActionError(504, "The application did not respond.")
        return {"choices": answer.result()}

    async def click(self, *, user: Ref, message: Ref, custom_id: str) -> JsonObject:
        """Press a button; returns ``{"interaction_id"}``."""
        return self._component(user, message, custom_id, None)

    async def select(self, *, user: Ref, message: Ref, custom_id: str, values: Sequence[str]) -> JsonObject:
        """Choose in a menu; returns ``{"interaction_id"}``."""
        return self._component(user, message, custom_id, [str(value) for value in values])

    async def submit_modal(
        self, *, user: Ref, interaction: Ref, values: Mapping[str, object] | None = None
    ) -> JsonObject:
        """Submit the modal that the bot opened for an interaction; returns ``{"interaction_id"}``.

        Args:
            user: The user of the interaction.
            interaction: The interaction that the modal responds to.
            values: By custom id a text, or a list of values for menus. Omitted fields keep their values.

        Raises:
            ActionError: 404 if no modal is open, 400 for an invalid value.
        """
        actor = self._people.user(user)
        interactions = self._engine.interactions
        asked = interactions.find_modal(as_id(interaction) or 0, actor.id)
        if asked is None or asked.modal is None:
            raise ActionError(404, "This user has no such form open.")
        data = fill_in(self._engine.world, asked.channel, asked.modal, values or {})
        source = asked.channel.messages.get(asked.source_id or 0)
        started = interactions.start(
            MODAL_SUBMIT, actor.id, asked.channel, data, source=source, opened_by=asked
        )
        return {"interaction_id": str(started.id)}

    async def reaction(self, *, user: Ref, message: Ref, emoji: str, remove: bool = False) -> None:
        """Add or remove a reaction."""
        actor = self._people.user(user)
        channel, target = self._people.message(message, actor)
        if not remove and emoji not in target.reactions:
            self._people.channel(channel.id, actor, Permission.ADD_REACTIONS)
        act = self._engine.reactions.remove if remove else self._engine.reactions.add
        with for_people():
            act(channel, target, actor.id, emoji)

    async def join(self, *, user: Ref, guild: Ref) -> None:
        """Join a server."""
        actor, place = self._people.user(user), self._guild(guild)
        if actor.id in place.members:
            raise ActionError(400, "This user is a member already.")
        self._engine.members.add(place, actor.id)

    async def leave(self, *, user: Ref, guild: Ref) -> None:
        """Leave a server; its owner cannot."""
        actor, place = self._people.user(user), self._guild(guild)
        if actor.id not in place.members:
            raise ActionError(404, "This user is not a member.")
        if place.owner_id == actor.id:
            raise ActionError(403, "The owner cannot leave the server.")
        self._engine.members.remove(place, actor.id)

    async def typing(self, *, user: Ref, channel: Ref) -> None:
        """Show that the user is typing."""
        actor = self._people.user(user)
        self._engine.messages.typing(self._people.channel(channel, actor, Permission.SEND_MESSAGES), actor.id)

    def _show(self, channel: Channel, message: Message, viewer: User) -> JsonObject:
        return message_json(self._engine.world, channel, message, viewer.id)

    def _guild(self, ref: Ref) -> Guild:
        guild = self._engine.world.guilds.get(as_id(ref) or 0)
        if guild is None:
            raise ActionError(404, "There is no such server.")
        return guild

    def _command(self, channel: Channel, user: User, typed: str) -> tuple[JsonObject, list[str]]:
        name, *path = typed.removeprefix("/").split() or [""]
        command = self._engine.commands.find(channel.guild_id, name)
        if command is None:
            raise ActionError(404, f"There is no command /{name} here.")
        contexts = command["contexts"]
        context = 1 if channel.guild_id is None else 0
        here = context in contexts if contexts is not None else context == 0 or command["dm_permission"]
        if not here:
            raise ActionError(403, f"/{name} does not work here.")
        needed = command["default_member_permissions"]
        if needed is not None and channel.guild_id is not None:
            has = self._engine.world.permissions_in(channel, user.id)
            administrator = has & Permission.ADMINISTRATOR
            if not administrator and (int(needed) == 0 or has & int(needed) != int(needed)):
                raise ActionError(403, f"This user may not use /{name}.")
        return command, path

    def _component(self, user: Ref, message: Ref, custom_id: str, values: list[str] | None) -> JsonObject:
        actor = self._people.user(user)
        channel, source = self._people.message(message, actor)
        item = find_component(source.components, custom_id)
        if item is None:
            raise ActionError(404, "The message has no such button or menu.")
        if item.get("disabled"):
            raise ActionError(400, "This component is disabled.")
        kind = item["type"]
        if (kind == BUTTON) != (values is None):
            raise ActionError(400, "Use click for buttons and select for menus.")
        data: JsonObject = {"custom_id": custom_id, "component_type": kind, "id": item["id"]}
        if values is not None:
            data |= choose(self._engine.world, channel, item, values)
        self._reopen(channel, actor)
        interaction = self._engine.interactions.start(COMPONENT, actor.id, channel, data, source=source)
        return {"interaction_id": str(interaction.id)}
