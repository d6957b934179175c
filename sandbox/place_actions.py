"""What people do with places: pin what should stay in sight."""

from sandbox.engine import Engine
from sandbox.errors import ActionError, ApiError
from sandbox.people import People, Ref
from sandbox.permissions import Permission


class PlaceActions:
    """The verbs of ``/sandbox/act/…`` that are about channels; see ``Actions`` for the rest.

    Args:
        engine: The sandbox.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people = People(engine)

    async def pin(self, *, user: Ref, message: Ref, remove: bool = False) -> None:
        """Pins a message, or unpins it."""
        actor = self._people.user(user)
        channel, target = self._people.message(message, actor, Permission.PIN_MESSAGES)
        try:
            if remove:
                self._engine.pins.unpin(channel, target)
            else:
                self._engine.pins.pin(channel, target, actor.id)
        except ApiError as error:
            raise as_action(error) from error


def as_action(error: ApiError) -> ActionError:
    """What a REST call would have been refused with, as an error for people."""
    return ActionError(error.status, _first_message(error.body.get("errors")) or str(error))


def _first_message(errors: object) -> str | None:
    """The first message in a form error's tree, which says more than "Invalid Form Body"."""
    if not isinstance(errors, dict):
        return None
    if "_errors" in errors:
        message: str = errors["_errors"][0]["message"]
        return message
    return next(filter(None, map(_first_message, errors.values())), None)
