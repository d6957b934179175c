"""POST /sandbox/act/… and /sandbox/control/…: people's actions and mishaps on request, over HTTP."""

import base64
import binascii
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.desk.actions import Actions
from sandbox.desk.bodies import ID, maybe, need
from sandbox.desk.place_controls import PLACE_VERBS
from sandbox.engine import ENGINE, Engine
from sandbox.errors import ActionError
from sandbox.faults import Fault
from sandbox.forms.messages import UploadedFile
from sandbox.wire import JsonObject, decode, json_response

ACTIONS = web.AppKey("ACTIONS", Actions)
_Verb = Callable[[Actions, JsonObject], Awaitable[JsonObject | None]]
_Control = Callable[[Engine, JsonObject], Awaitable[JsonObject]]
_SOCKET_CODES = range(3000, 5000)


def add_controls(app: web.Application) -> None:
    """Adds the routes that act."""
    for name, verb in (_VERBS | PLACE_VERBS).items():
        app.router.add_post(f"/sandbox/act/{name}", _act(verb))
    app.router.add_post("/sandbox/control/gateway", _control(_gateway))
    app.router.add_post("/sandbox/control/fault", _control(_fault))
    app.router.add_delete("/sandbox/control/fault", _control(_clear_faults))
    app.router.add_post("/sandbox/control/intents", _control(_intents))
    app.router.add_post("/sandbox/control/limit", _control(_limit))


def _act(verb: _Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            result = await verb(request.app[ACTIONS], await _body(request))
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
        raise ActionError(400, "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise ActionError(400, "The body must be a JSON object.")
    return body


async def _message(act: Actions, body: JsonObject) -> JsonObject:
    return await act.message(
        user=need(body, "user", ID),
        channel=maybe(body, "channel", ID),
        dm=maybe(body, "dm", bool, default=False),
        content=maybe(body, "content", str, default=""),
        reply_to=maybe(body, "reply_to", ID),
        files=_files(maybe(body, "files", list, default=[])),
    )


def _files(raw: list[object]) -> list[UploadedFile]:
    files: list[UploadedFile] = []
    for index, entry in enumerate(raw):
        if not isinstance(entry, dict):
            raise ActionError(400, "files must be a list of objects.")
        try:
            data = base64.b64decode(need(entry, "base64", str), validate=True)
        except binascii.Error:
            raise ActionError(400, "base64 cannot be decoded.") from None
        files.append(UploadedFile(index, need(entry, "filename", str), data))
    return files


async def _edit(act: Actions, body: JsonObject) -> JsonObject:
    return await act.edit(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        content=need(body, "content", str),
    )


async def _delete(act: Actions, body: JsonObject) -> None:
    await act.delete(user=need(body, "user", ID), message=need(body, "message", ID))


async def _slash(act: Actions, body: JsonObject) -> JsonObject:
    return await act.slash(
        user=need(body, "user", ID),
        channel=need(body, "channel", ID),
        command=need(body, "command", str),
        options=maybe(body, "options", dict),
    )


async def _autocomplete(act: Actions, body: JsonObject) -> JsonObject:
    return await act.autocomplete(
        user=need(body, "user", ID),
        channel=need(body, "channel", ID),
        command=need(body, "command", str),
        focused=need(body, "focused", str),
        options=maybe(body, "options", dict),
    )


async def _click(act: Actions, body: JsonObject) -> JsonObject:
    return await act.click(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        custom_id=need(body, "custom_id", str),
    )


async def _select(act: Actions, body: JsonObject) -> JsonObject:
    return await act.select(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        custom_id=need(body, "custom_id", str),
        values=need(body, "values", list),
    )


async def _submit_modal(act: Actions, body: JsonObject) -> JsonObject:
    return await act.submit_modal(
        user=need(body, "user", ID),
        interaction=need(body, "interaction", ID),
        values=maybe(body, "values", dict),
    )


async def _reaction(act: Actions, body: JsonObject) -> None:
    await act.reaction(
        user=need(body, "user", ID),
        message=need(body, "message", ID),
        emoji=need(body, "emoji", str),
        remove=maybe(body, "remove", bool, default=False),
    )


async def _join(act: Actions, body: JsonObject) -> None:
    await act.join(user=need(body, "user", ID), guild=need(body, "guild", ID))


async def _leave(act: Actions, body: JsonObject) -> None:
    await act.leave(user=need(body, "user", ID), guild=need(body, "guild", ID))


async def _typing(act: Actions, body: JsonObject) -> None:
    await act.typing(user=need(body, "user", ID), channel=need(body, "channel", ID))


_VERBS: dict[str, _Verb] = {
    "message": _message,
    "edit": _edit,
    "delete": _delete,
    "slash": _slash,
    "autocomplete": _autocomplete,
    "click": _click,
    "select": _select,
    "submit_modal": _submit_modal,
    "reaction": _reaction,
    "join": _join,
    "leave": _leave,
    "typing": _typing,
}


async def _gateway(engine: Engine, body: JsonObject) -> JsonObject:
    action = need(body, "action", str)
    gateway = engine.gateway
    code = maybe(body, "close_code", int)
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
        status=maybe(body, "status", int),
        delay_s=maybe(body, "delay_s", (int, float), default=0.0),
        times=maybe(body, "times", int),
        retry_after_s=maybe(body, "retry_after_s", (int, float), default=1.0),
        code=maybe(body, "code", int, default=0),
        field=maybe(body, "field", str),
        via=maybe(body, "via", bool, default=True),
        cut=maybe(body, "cut", str),
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
