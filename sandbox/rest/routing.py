"""The REST route table, and processing common to all routes: token, faults, rate limits, errors."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from aiohttp import web

from sandbox.engine import ENGINE, Engine
from sandbox.errors import ApiError, not_built, unauthorized
from sandbox.faults import Fault
from sandbox.wire import json_response

logger = logging.getLogger(__name__)

PREFIX = "/api/v10"
Handler = Callable[[web.Request, Engine], Awaitable[object]]
"""Returns the value of the JSON body, None for 204 without a body, or a whole response."""
_MAJOR = ("channel_id", "guild_id", "token")


class Route(NamedTuple):
    """One REST route.

    Attributes:
        bucket: The rate-limit bucket, which routes can share.
        public: Whether it needs no bot token, because the path contains a token.
        versionless: Whether it is served below ``/api`` too, like the webhook URLs that Discord shows.
        status: The status of a response with a body.
    """

    method: str
    path: str
    handler: Handler
    bucket: str = ""
    public: bool = False
    versionless: bool = False
    status: int = 200


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Add the routes, and a last one that answers 501 for unknown paths."""
    for route in routes:
        app.router.add_route(route.method, PREFIX + route.path, _wrap(route))
        if route.versionless:
            app.router.add_route(route.method, "/api" + route.path, _wrap(route))
    missing = Route("*", "/{rest:.*}", _missing)
    app.router.add_route("*", "/api/{rest:.*}", _wrap(missing))


def _wrap(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    bucket = route.bucket or f"{route.method} {route.path}"

    async def serve(request: web.Request) -> web.StreamResponse:
        engine = request.app[ENGINE]
        headers: dict[str, str] = {}
        try:
            path = request.path.removeprefix(PREFIX).removeprefix("/api")
            fault = engine.faults.match(request.method, path)
            if fault is not None:
                await _apply(fault)
                if fault.cut == "before":
                    return _hang_up(request)
            if not route.public:
                _check_token(request, engine)
            major = next((request.match_info[key] for key in _MAJOR if key in request.match_info), "")
            headers = engine.limits.take(bucket, major, counts_globally=not route.public)
            result = await route.handler(request, engine)
        except ApiError as error:
            return json_response(error.body, status=error.status, headers=headers | error.headers)
        except web.HTTPRequestEntityTooLarge:
            body = {"message": "Request entity too large", "code": 40005}
            return json_response(body, status=413, headers=headers)
        response = _respond(result, route.status)
        response.headers.update(headers)
        if fault is not None and fault.cut:
            _hang_up(request)
        return response

    return serve


def _respond(result: object, status: int) -> web.Response:
    if isinstance(result, web.Response):
        return result
    return web.Response(status=204) if result is None else json_response(result, status=status)


async def _apply(fault: Fault) -> None:
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    refusal = fault.refusal()
    if refusal is not None:
        raise refusal


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _check_token(request: web.Request, engine: Engine) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = engine.world.application.token
    if scheme != "Bot" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise unauthorized()


async def _missing(request: web.Request, _: Engine) -> None:
    logger.warning("sandbox.rest.missing method=%s path=%s", request.method, request.path)
    raise not_built(f"{request.method} {request.path}")
