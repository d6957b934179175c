"""POST /sandbox/act/… and /sandbox/control/…: people's actions and fault injection over HTTP."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.desk.actions import Actions
from sandbox.desk.bodies import ID, Kind, maybe, need
from sandbox.engine import ENGINE, Engine
from sandbox.errors import ActionError
from sandbox.faults import Fault
from sandbox.forms.messages import UploadedFile
from sandbox.wire import JsonObject, decode, json_response

ACTIONS = web.AppKey("ACTIONS", Actions)
_Control = Callable[[Engine, JsonObject], Awaitable[JsonObject]]
_SOCKET_CODES = range(3000, 5000)


class Verb(NamedTuple):
    """An action and the fields of its body."""

    act: Callable[..., Awaitable[JsonObject | None]]
    required: Mapping[str, Kind[Any]]
    optional: Mapping[str, tuple[Kind[Any], object]] = MappingProxyType({})

    def read(self, body: JsonObject) -> dict[str, Any]:
        """The arguments of the action.

        Raises:
            ActionError: 400 if one is missing or has the wrong type.
        """
        needed = {name: need(body, name, kind) for name, kind in self.required.items()}
        return needed | {
            name: maybe(body, name, kind, default) for name, (kind, default) in self.optional.items()
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
            data = base64.b64decode(need(entry, "base64", str), validate=True)
        except binascii.Error:
            raise ActionError(400, "base64 is not valid Base64.") from None
        files.append(UploadedFile(index, need(entry, "filename", str), data))
    return files


# By action: the types of required fields, and the types and defaults of optional ones.
_VERBS: dict[str, Verb] = {
    "message": Verb(
        _message,
        {"user": ID},
        {
            "channel": (ID, None),
            "dm": (bool, False),
            "content": (str, ""),
            "reply_to": (ID, None),
            "files": (list, []),
        },
    ),
    "edit": Verb(Actions.edit, {"user": ID, "message": ID, "content": str}),
    "delete": Verb(Actions.delete, {"user": ID, "message": ID}),
    "slash": Verb(Actions.slash, {"user": ID, "channel": ID, "command": str}, {"options": (dict, None)}),
    "autocomplete": Verb(
        Actions.autocomplete,
        {"user": ID, "channel": ID, "command": str, "focused": str},
        {"options": (dict, None)},
    ),
    "click": Verb(Actions.click, {"user": ID, "message": ID, "custom_id": str}),
    "select": Verb(Actions.select, {"user": ID, "message": ID, "custom_id": str, "values": list}),
    "submit_modal": Verb(Actions.submit_modal, {"user": ID, "interaction": ID}, {"values": (dict, None)}),
    "reaction": Verb(Actions.reaction, {"user": ID, "message": ID, "emoji": str}, {"remove": (bool, False)}),
    "join": Verb(Actions.join, {"user": ID, "guild": ID}),
    "leave": Verb(Actions.leave, {"user": ID, "guild": ID}),
    "typing": Verb(Actions.typing, {"user": ID, "channel": ID}),
    "pin": Verb(Actions.pin, {"user": ID, "message": ID}, {"remove": (bool, False)}),
    "start_thread": Verb(
        Actions.start_thread,
        {"user": ID, "channel": ID, "name": str},
        {"message": (ID, None), "private": (bool, False)},
    ),
    "edit_thread": Verb(
        Actions.edit_thread, {"user": ID, "thread": ID}, {"name": (str, None), "archived": (bool, None)}
    ),
    "join_thread": Verb(Actions.join_thread, {"user": ID, "thread": ID}, {"leave": (bool, False)}),
}


def add_controls(app: web.Application) -> None:
    """Add the routes."""
    for name, verb in _VERBS.items():
        app.router.add_post(f"/sandbox/act/{name}", _act(verb))
    app.router.add_post("/sandbox/control/gateway", _control(_gateway))
    app.router.add_post("/sandbox/control/fault", _control(_fault))
    app.router.add_delete("/sandbox/control/fault", _control(_clear_faults))
    app.router.add_post("/sandbox/control/intents", _control(_intents))
    app.router.add_post("/sandbox/control/limit", _control(_limit))


def _act(verb: Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            result = await verb.act(request.app[ACTIONS], **verb.read(await _body(request)))
        except ActionError as error:
            return json_response({"message": str(error)}, status=error.status)
        return json_response(result if result is not None else {})

    return serve


def _control(control: _Control) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            return json_response(await control(request.app[ENGINE], await _body(request)))
        except ActionError as error:
            return json_response({"message": str(error)}, status=error.status)

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
    action = need(body, "action", str)
    gateway = engine.gateway
    code = maybe(body, "close_code", int, default=None)
    if action == "drop":
        if code is None:
            return {"connections": gateway.drop()}
        if code not in _SOCKET_CODES and code not in (1000, 1001):
            raise ActionError(400, "close_code must be 1000, 1001 or 3000 to 4999.")
        return {"connections": await gateway.close_all(code)}
    if action == "reconnect":
        return {"connections": gateway.ask_reconnect()}
    if action == "invalid_session":
        resumable = maybe(body, "resumable", bool, default=False)
        return {"connections": gateway.invalidate(resumable=resumable)}
    raise ActionError(400, "action must be drop, reconnect or invalid_session.")


async def _fault(engine: Engine, body: JsonObject) -> JsonObject:
    fault = Fault(
        method=maybe(body, "method", str, default="*").upper(),
        route=need(body, "route", str),
        status=maybe(body, "status", int, default=None),
        delay_s=maybe(body, "delay_s", (int, float), default=0.0),
        times=maybe(body, "times", int, default=None),
        retry_after_s=maybe(body, "retry_after_s", (int, float), default=1.0),
        code=maybe(body, "code", int, default=0),
        field=maybe(body, "field", str, default=None),
        via=maybe(body, "via", bool, default=True),
        cut=maybe(body, "cut", str, default=None),
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
    app.presences_intent = maybe(body, "presences", bool, default=app.presences_intent)
    app.members_intent = maybe(body, "members", bool, default=app.members_intent)
    app.message_content_intent = maybe(body, "message_content", bool, default=app.message_content_intent)
    return {}


async def _limit(engine: Engine, body: JsonObject) -> JsonObject:
    requests, per_s = need(body, "requests", int), need(body, "per_s", (int, float))
    if requests < 1 or not 0 < per_s <= 600:
        raise ActionError(400, "requests must be at least 1 and per_s up to 600.")
    engine.limits.set(need(body, "bucket", str), requests, float(per_s))
    return {}
