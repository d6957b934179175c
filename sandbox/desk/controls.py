"""POST /sandbox/act/… and /sandbox/control/…: people's actions and fault injection over HTTP."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from aiohttp import web

from sandbox.desk.actions import Actions
from sandbox.engine import ENGINE, Engine
from sandbox.errors import ActionError
from sandbox.faults import Fault
from sandbox.forms.messages import UploadedFile
from sandbox.guard import Handler
from sandbox.wire import JsonObject, decode, json_response

T = TypeVar("T")
D = TypeVar("D")

_Kind = type[T] | tuple[type[T], ...]
_ID: _Kind[object] = (str, int)
"""An id in a control body."""

ACTIONS = web.AppKey("ACTIONS", Actions)
_Control = Callable[[Engine, JsonObject], Awaitable[JsonObject]]
_SOCKET_CODES = range(3000, 5000)


def _need(body: JsonObject, key: str, kind: _Kind[T]) -> T:
    """The value at ``key``.

    Raises:
        ActionError: 400 if it is missing or has another type.
    """
    value = body.get(key)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ActionError(400, f"{key} is missing or has the wrong type.")
    return value


def _maybe(body: JsonObject, key: str, kind: _Kind[T], default: D) -> T | D:
    """The value at ``key``, or the default.

    Raises:
        ActionError: 400 if it has another type.
    """
    return default if body.get(key) is None else _need(body, key, kind)


class _Action(NamedTuple):
    """An action and the fields of its body."""

    act: Callable[..., Awaitable[JsonObject | None]]
    required: Mapping[str, _Kind[Any]]
    optional: Mapping[str, tuple[_Kind[Any], object]] = MappingProxyType({})

    def read(self, body: JsonObject) -> dict[str, Any]:
        """The arguments of the action.

        Raises:
            ActionError: 400 if one is missing or has the wrong type.
        """
        needed = {name: _need(body, name, kind) for name, kind in self.required.items()}
        return needed | {
            name: _maybe(body, name, kind, default) for name, (kind, default) in self.optional.items()
        }


async def _message(act: Actions, *, files: list[object], **given: str | int | None) -> JsonObject:
    send: Callable[..., Awaitable[JsonObject]] = act.message
    return await send(files=_files(files), **given)


def _files(raw: list[object]) -> list[UploadedFile]:
    files: list[UploadedFile] = []
    for index, entry in enumerate(raw):
        if not isinstance(entry, dict):
            raise ActionError(400, "files must be a list of objects.")
        try:
            data = base64.b64decode(_need(entry, "base64", str), validate=True)
        except binascii.Error:
            raise ActionError(400, "base64 is not valid Base64.") from None
        files.append(UploadedFile(index, _need(entry, "filename", str), data))
    return files


# By action: the types of required fields, and the types and defaults of optional ones.
_ACTIONS: dict[str, _Action] = {
    "message": _Action(
        _message,
        {"user": _ID},
        {
            "channel": (_ID, None),
            "dm": (bool, False),
            "content": (str, ""),
            "reply_to": (_ID, None),
            "files": (list, []),
        },
    ),
    "edit": _Action(Actions.edit, {"user": _ID, "message": _ID, "content": str}),
    "delete": _Action(Actions.delete, {"user": _ID, "message": _ID}),
    "slash": _Action(Actions.slash, {"user": _ID, "channel": _ID, "command": str}, {"options": (dict, None)}),
    "autocomplete": _Action(
        Actions.autocomplete,
        {"user": _ID, "channel": _ID, "command": str, "focused": str},
        {"options": (dict, None)},
    ),
    "click": _Action(Actions.click, {"user": _ID, "message": _ID, "custom_id": str}),
    "select": _Action(Actions.select, {"user": _ID, "message": _ID, "custom_id": str, "values": list}),
    "submit_modal": _Action(
        Actions.submit_modal, {"user": _ID, "interaction": _ID}, {"values": (dict, None)}
    ),
    "reaction": _Action(
        Actions.reaction, {"user": _ID, "message": _ID, "emoji": str}, {"remove": (bool, False)}
    ),
    "join": _Action(Actions.join, {"user": _ID, "guild": _ID}),
    "leave": _Action(Actions.leave, {"user": _ID, "guild": _ID}),
    "typing": _Action(Actions.typing, {"user": _ID, "channel": _ID}),
    "pin": _Action(Actions.pin, {"user": _ID, "message": _ID}, {"remove": (bool, False)}),
    "start_thread": _Action(
        Actions.start_thread,
        {"user": _ID, "channel": _ID, "name": str},
        {"message": (_ID, None), "private": (bool, False)},
    ),
    "edit_thread": _Action(
        Actions.edit_thread, {"user": _ID, "thread": _ID}, {"name": (str, None), "archived": (bool, None)}
    ),
    "join_thread": _Action(Actions.join_thread, {"user": _ID, "thread": _ID}, {"leave": (bool, False)}),
}


@web.middleware
async def answer_action_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers an ``ActionError`` with its status and message."""
    try:
        return await handler(request)
    except ActionError as error:
        return json_response({"message": str(error)}, status=error.status)


def add_controls(app: web.Application) -> None:
    """Add the routes."""
    for name, action in _ACTIONS.items():
        app.router.add_post(f"/sandbox/act/{name}", _act(action))
    app.router.add_post("/sandbox/control/gateway", _control(_gateway))
    app.router.add_post("/sandbox/control/fault", _control(_fault))
    app.router.add_delete("/sandbox/control/fault", _control(_clear_faults))
    app.router.add_post("/sandbox/control/intents", _control(_intents))
    app.router.add_post("/sandbox/control/limit", _control(_limit))


def _act(action: _Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        result = await action.act(request.app[ACTIONS], **action.read(await _body(request)))
        return json_response(result if result is not None else {})

    return serve


def _control(control: _Control) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        return json_response(await control(request.app[ENGINE], await _body(request)))

    return serve


async def _body(request: web.Request) -> JsonObject:
    raw = await request.read()
    try:
        body = decode(raw) if raw else {}
    except ValueError:
        raise ActionError(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ActionError(400, "The body must be a JSON object.")
    return body


async def _gateway(engine: Engine, body: JsonObject) -> JsonObject:
    action = _need(body, "action", str)
    gateway = engine.gateway
    code = _maybe(body, "close_code", int, None)
    if action == "drop":
        if code is None:
            return {"connections": gateway.drop()}
        if code not in _SOCKET_CODES and code not in (1000, 1001):
            raise ActionError(400, "close_code must be 1000, 1001 or 3000 to 4999.")
        return {"connections": await gateway.close_all(code)}
    if action == "reconnect":
        return {"connections": gateway.ask_reconnect()}
    if action == "invalid_session":
        resumable = _maybe(body, "resumable", bool, False)
        return {"connections": gateway.invalidate(resumable=resumable)}
    raise ActionError(400, "action must be drop, reconnect or invalid_session.")


async def _fault(engine: Engine, body: JsonObject) -> JsonObject:
    fault = Fault(
        method=_maybe(body, "method", str, "*").upper(),
        route=_need(body, "route", str),
        status=_maybe(body, "status", int, None),
        delay_s=_maybe(body, "delay_s", (int, float), 0.0),
        times=_maybe(body, "times", int, None),
        retry_after_s=_maybe(body, "retry_after_s", (int, float), 1.0),
        code=_maybe(body, "code", int, 0),
        field=_maybe(body, "field", str, None),
        via=_maybe(body, "via", bool, True),
        cut=_maybe(body, "cut", str, None),
    )
    try:
        return {"id": engine.faults.add(fault)}
    except ValueError as error:
        raise ActionError(400, str(error)) from error


async def _clear_faults(engine: Engine, _: JsonObject) -> JsonObject:
    engine.faults.clear()
    return {}


async def _intents(engine: Engine, body: JsonObject) -> JsonObject:
    app = engine.world.application
    app.presences_intent = _maybe(body, "presences", bool, app.presences_intent)
    app.members_intent = _maybe(body, "members", bool, app.members_intent)
    app.message_content_intent = _maybe(body, "message_content", bool, app.message_content_intent)
    return {}


async def _limit(engine: Engine, body: JsonObject) -> JsonObject:
    requests, per_s = _need(body, "requests", int), _need(body, "per_s", (int, float))
    if requests < 1 or not 0 < per_s <= 600:
        raise ActionError(400, "requests must be at least 1 and per_s up to 600.")
    engine.limits.set(_need(body, "bucket", str), requests, float(per_s))
    return {}
