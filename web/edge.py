"""The one middleware: who may, what is refused, how errors read, what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from http import HTTPStatus
from time import perf_counter
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from core.kernel import Kernel
from core.settings import Settings
from core.suggestions import closest
from web.access_log import log_access
from web.headers import CORS, standard
from web.problems import Problem, plain_problem, record_incident
from web.routing import RouteSpec
from web.traffic import UNMATCHED, Traffic

_SCHEME: Final = "bearer"
_PREFLIGHT_HOLDS_S: Final = 600


def build_edge(kernel: Kernel, traffic: Traffic, routes: tuple[RouteSpec, ...]) -> Middleware:
    """The middleware through which every request goes that is not answered from the hot table."""
    specs: dict[tuple[str, str], RouteSpec] = {(spec.method, spec.path): spec for spec in routes}
    paths = frozenset(spec.path for spec in routes if spec.method == "GET" and "{" not in spec.path)
    settings = kernel.settings

    @web.middleware
    async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = perf_counter()
        resource = request.match_info.route.resource
        method = hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method
        spec = None if resource is None else specs.get((method, resource.canonical))
        route = UNMATCHED if spec is None else spec.path
        try:
            with kernel.drain.work("http"):
                _admit(request, spec, settings)
                response = await handler(request)
        except Problem as problem:
            if problem.status == HTTPStatus.UNAUTHORIZED:
                kernel.refusals.count("token")
            response = problem.response(request.rel_url.raw_path)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = _translated(request, error, paths)
        except Exception as error:
            incident = record_incident(error, route=route, method=request.method)
            traffic.saw_incident(incident.id)
            if request.writer.output_size > 0:
                # Half an answer is out; only closing the connection can say that it is not whole.
                raise
            response = incident.response(incident.instance)
        # What follows a body that nobody read must not be taken for a request.
        unread = request.body_exists and not request.content.at_eof()
        if unread or not kernel.drain.accepting:
            response.force_close()
        seconds = perf_counter() - started
        traffic.lane(route, request.method, response.status).record(seconds)
        log_access(request, route, response.status, seconds, settings)
        return response

    return edge


def _admit(request: web.Request, spec: RouteSpec | None, settings: Settings) -> None:
    if request.body_exists:
        _check_body(request, settings.max_body)
    if spec is not None:
        _check_token(request, spec, settings)
        if request.query_string:
            _check_query(request, spec)


def _check_token(request: web.Request, spec: RouteSpec, settings: Settings) -> None:
    token = settings.read_token
    if not token or spec.needs_token != "read":  # noqa: S105 - the kind of token, not one
        return
    offered = request.headers.get(hdrs.AUTHORIZATION)
    challenge = 'Bearer realm="helix"'
    if offered is None:
        raise Problem(
            401,
            "Reading needs the token of this server: Authorization: Bearer …",
            headers={"WWW-Authenticate": challenge},
        )
    scheme, _, credentials = offered.partition(" ")
    if scheme.lower() != _SCHEME or not token.matches(credentials.strip()):
        raise Problem(
            401,
            "This token does not open this server.",
            headers={"WWW-Authenticate": f'{challenge}, error="invalid_token"'},
        )


def _check_query(request: web.Request, spec: RouteSpec) -> None:
    names = [name for name, _ in request.query.items()]
    unknown = sorted({name[:64] for name in names if name not in spec.query_names})[:10]
    if unknown:
        known = f"Known: {', '.join(spec.query_names)}." if spec.query_names else "It takes none."
        raise Problem(
            400,
            f"{spec.path} does not know the query parameter {', '.join(map(repr, unknown))}. {known}",
            kind="unknown-parameter",
            parameters=unknown,
        )
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise Problem(
            400,
            f"The query parameter {', '.join(map(repr, repeated))} is given more than once.",
            kind="repeated-parameter",
            parameters=repeated,
        )


def _check_body(request: web.Request, max_body: int) -> None:
    length = request.content_length
    if length is not None and length > max_body:
        raise Problem(413, f"A body may have at most {max_body} bytes.", max_body_bytes=max_body)
    encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity")
    if encoding.lower() != "identity":
        # RFC 9110 §12.5.3: the header names what would have been taken.
        raise Problem(
            415, "A body is taken as it is, not compressed.", headers={"Accept-Encoding": "identity"}
        )


def _translated(request: web.Request, error: web.HTTPException, paths: Collection[str]) -> web.StreamResponse:
    """What aiohttp refuses, in our words."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allow = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return _options(allow)
        return Problem(
            405, f"{request.method[:32]} is not possible here. Allowed: {allow}.", headers={"Allow": allow}
        ).response(request.rel_url.raw_path)
    if isinstance(error, web.HTTPNotFound):
        return _not_found(request.path, paths).response(request.rel_url.raw_path)
    return plain_problem(error.status).response(request.rel_url.raw_path)


def _not_found(path: str, known: Collection[str]) -> Problem:
    suggestion = closest(path.rstrip("/"), known)
    if suggestion is None:
        return Problem(404, "There is nothing here.")
    return Problem(404, f"There is nothing here. Did you mean {suggestion}?", suggestion=suggestion)


def _options(allow: str) -> web.Response:
    """What may be done here, also for a browser that asks ahead (Fetch standard, CORS preflight)."""
    headers = {
        "Allow": allow,
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Authorization, If-None-Match",
        "Access-Control-Max-Age": str(_PREFLIGHT_HOLDS_S),
    }
    return web.Response(status=204, headers={**dict((*standard(), *CORS)), **headers})
