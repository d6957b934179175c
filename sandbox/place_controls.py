"""The bodies of ``/sandbox/act/…`` for what people do with places."""

from collections.abc import Awaitable, Callable

from sandbox.control_bodies import ID, maybe, need
from sandbox.place_actions import PlaceActions
from sandbox.wire import JsonObject


async def _pin(act: PlaceActions, body: JsonObject) -> None:
    await act.pin(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        remove=maybe(body, "remove", bool, default=False),
    )


PLACE_VERBS: dict[str, Callable[[PlaceActions, JsonObject], Awaitable[JsonObject | None]]] = {"pin": _pin}
