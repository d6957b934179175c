"""The middleware: admission, error responses, metrics and the access log."""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter
from typing import Final, final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from core.runtime.kernel import Kernel
from core.store.errors import StoreError
from web.answers.error_pages import page_wanted, refusal
from web.answers.headers import HTML, standard
from web.answers.problems import Problem, record_incident, store_problem
from web.dashboard.page import DASHBOARD
from web.edge.access_log import AccessLog
from web.edge.clients import address_of
from web.requests.admission import Admission
from web.requests.budget import Budget
from web.requests.unmatched import translated
from web.routing import RouteSpec, places
from web.traffic import UNMATCHED, Traffic

_READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


@final
class Middleware:
    """Common processing around each request that the fast path does not answer."""

    def __init__(
        self,
        kernel: Kernel,
        admission: Admission,
        traffic: Traffic,
        access_log: AccessLog,
        routes: tuple[RouteSpec, ...],
        *,
        budget: Budget,
    ) -> None:
        self._kernel = kernel
        self._admission = admission
        self._budget = budget
        self._traffic = traffic
        self._access_log = access_log
        self._trusted = kernel.settings.trusted_proxies
        self._below = kernel.settings.public_path
        self._specs = places(routes, self._below)
        self._paths = frozenset(spec.path for spec in routes if spec.method == "GET" and "{" not in spec.path)

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Admit a request, run its handler, and finish the response."""
        started = perf_counter()
        spec = self._spec_of(request)
        route = UNMATCHED if spec is None else spec.path
        try:
            with self._kernel.drain.work("http"):
                response = await self._handled(request, spec, handler)
        except Problem as problem:
            response = _sign_in_page(request, spec, problem) or self._refusal(request, problem)
        except web.HTTPException:
            raise
        except Exception as error:
            incident = record_incident(error, route=route, method=request.method)
            self._traffic.saw_incident(incident.id)
            if request.writer.output_size > 0:
                # Part of the response has been sent; only closing the connection shows that it is incomplete.
                raise
            response = self._refusal(request, incident, incident.instance)
        # The rest of an unread body must not be parsed as a request.
        unread = request.body_exists and not request.content.at_eof()
        if unread or not self._kernel.drain.accepting:
            response.force_close()
        seconds = perf_counter() - started
        self._traffic.lane(route, request.method, response.status).record(seconds)
        if self._access_log.wants(response.status):
            self._access_log.record(
                method=request.method,
                route=route,
                status=response.status,
                seconds=seconds,
                sent_bytes=response.body_length if response.prepared else response.content_length,
                client=address_of(request, self._trusted),
            )
        return response

    async def _handled(
        self, request: web.Request, spec: RouteSpec | None, handler: Handler
    ) -> web.StreamResponse:
        try:
            self._admission.enter(request, spec)
            return await handler(request)
        except Problem:
            # A cached answer costs no token, but a refusal does.
            self._budget.charge(request)
            raise
        except StoreError as error:
            raise store_problem(error, reading=request.method in _READING) from error
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return translated(request, error, self._paths, self._below)

    def _spec_of(self, request: web.Request) -> RouteSpec | None:
        resource = request.match_info.route.resource
        method = hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method
        return None if resource is None else self._specs.get((method, resource.canonical))

    def _refusal(self, request: web.Request, problem: Problem, instance: str | None = None) -> web.Response:
        return refusal(
            problem,
            request.rel_url.raw_path if instance is None else instance,
            as_page=page_wanted(request),
            below=self._below,
            shared=request.method in _READING,
        )


def _sign_in_page(request: web.Request, spec: RouteSpec | None, problem: Problem) -> web.Response | None:
    """The sign-in page, if a browser gets a 401 on a page route; else None.

    Other routes get the error page, which links to a route with the sign-in page.
    """
    if (
        problem.status != HTTPStatus.UNAUTHORIZED
        or spec is None
        or not spec.is_page
        or not page_wanted(request)
    ):
        return None
    page = request.app[DASHBOARD]
    headers = {
        **dict(standard(page.content_security_policy)),
        "Cache-Control": "no-store",
        "Content-Type": HTML,
        **problem.headers,
    }
    return web.Response(body=page.sign_in, status=problem.status, headers=headers)
