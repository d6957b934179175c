"""Actions on pins and threads."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.desk.people import People, Ref
from sandbox.engine import Engine
from sandbox.errors import ActionError, ApiError
from sandbox.forms.threads import parse_thread
from sandbox.permissions import Permission
from sandbox.records import PRIVATE_THREAD, PUBLIC_THREAD, Channel, Thread, User
from sandbox.render import channel_json
from sandbox.wire import JsonObject


class PlaceActions:
    """The actions of ``/sandbox/act/…`` for pins and threads; see ``Actions`` for the rest.

    Args:
        engine: The sandbox.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people = People(engine)

    async def pin(self, *, user: Ref, message: Ref, remove: bool = False) -> None:
        """Pin or unpin a message."""
        actor = self._people.user(user)
        channel, target = self._people.message(message, actor, Permission.PIN_MESSAGES)
        with for_people():
            if remove:
                self._engine.pins.unpin(channel, target)
            else:
                self._engine.pins.pin(channel, target, actor.id)

    async def start_thread(
        self, *, user: Ref, channel: Ref, name: str, message: Ref | None = None, private: bool = False
    ) -> JsonObject:
        """Start a thread, from a message or without one; returns the thread."""
        actor = self._people.user(user)
        source = None
        if message is not None:
            place, source = self._people.message(message, actor)
        else:
            place = self._people.channel(channel, actor)
        kind = PRIVATE_THREAD if private else PUBLIC_THREAD
        with for_people():
            fields = parse_thread({"name": name}, new=True)
            started = self._engine.threads.start(place, actor.id, fields, kind=kind, source=source)
        return channel_json(self._engine.world, started, actor.id)

    async def edit_thread(
        self, *, user: Ref, thread: Ref, name: str | None = None, archived: bool | None = None
    ) -> None:
        """Rename, archive or reopen a thread."""
        actor = self._people.user(user)
        channel, target = self._thread(thread, actor)
        given = {"name": name, "archived": archived}
        with for_people():
            fields = parse_thread({key: value for key, value in given.items() if value is not None})
            self._engine.threads.edit(channel, target, actor.id, fields)

    async def join_thread(self, *, user: Ref, thread: Ref, leave: bool = False) -> None:
        """Join or leave a thread."""
        actor = self._people.user(user)
        channel, target = self._thread(thread, actor)
        members = self._engine.threads.members
        with for_people():
            (members.remove if leave else members.add)(channel, target, actor.id, actor.id)

    def _thread(self, ref: Ref, actor: User) -> tuple[Channel, Thread]:
        channel = self._people.channel(ref, actor)
        if channel.thread is None:
            raise ActionError(400, "This is not a thread.")
        return channel, channel.thread

    def _reopen(self, channel: Channel, actor: User) -> None:
        """Reopen an archived thread for an action in it."""
        with for_people():
            self._engine.threads.reopen(channel, actor.id)


@contextmanager
def for_people() -> Iterator[None]:
    """Turn the block's errors of the REST API into errors for people."""
    try:
        yield
    except ApiError as error:
        raise ActionError(error.status, _first_message(error.body.get("errors")) or str(error)) from error


def _first_message(errors: object) -> str | None:
    """The first message in a form error's tree, which is more specific than "Invalid Form Body"."""
    if not isinstance(errors, dict):
        return None
    if "_errors" in errors:
        message: str = errors["_errors"][0]["message"]
        return message
    return next(filter(None, map(_first_message, errors.values())), None)
