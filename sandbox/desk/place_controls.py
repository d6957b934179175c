"""The bodies of ``/sandbox/act/…`` for what people do with places."""

from collections.abc import Awaitable, Callable

from sandbox.desk.bodies import ID, maybe, need
from sandbox.desk.place_actions import PlaceActions
from sandbox.wire import JsonObject


async def _pin(act: PlaceActions, body: JsonObject) -> None:
    await act.pin(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        remove=maybe(body, "remove", bool, default=False),
    )


async def _start_thread(act: PlaceActions, body: JsonObject) -> JsonObject:
    return await act.start_thread(
        user=need(body, "user", ID),
        channel=need(body, "channel", ID),
        name=need(body, "name", str),
        message=maybe(body, "message", ID),
        private=maybe(body, "private", bool, default=False),
    )


async def _edit_thread(act: PlaceActions, body: JsonObject) -> None:
    await act.edit_thread(
        user=need(body, "user", ID),
        thread=need(body, "thread", ID),
        name=maybe(body, "name", str),
        archived=maybe(body, "archived", bool),
    )


async def _join_thread(act: PlaceActions, body: JsonObject) -> None:
    await act.join_thread(
        user=need(body, "user", ID),
        thread=need(body, "thread", ID),
        leave=maybe(body, "leave", bool, default=False),
    )


PLACE_VERBS: dict[str, Callable[[PlaceActions, JsonObject], Awaitable[JsonObject | None]]] = {
    "pin": _pin,
    "start_thread": _start_thread,
    "edit_thread": _edit_thread,
    "join_thread": _join_thread,
}
