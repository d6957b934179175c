"""Admission control before the handlers: limits, the token, the query, the client's budget."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, final

from aiohttp import hdrs, web

from core.health.refusals import Refusals
from core.http.loopback import is_loopback
from core.settings import Settings
from web.access.read_access import ReadAccess
from web.answers.problems import Problem, too_large
from web.edge.client_address import is_private, is_trusted
from web.edge.clients import peer_address
from web.requests.budget import Budget
from web.routing import RouteSpec

MAX_HEADERS: Final = 100
MAX_QUERY_CHARACTERS: Final = 2048
# RFC 9110 §7.2: a name, an IPv4 address or an IPv6 address in brackets, and an optional port.
_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")


@final
class Admission:
    """Admits requests, or refuses them with a `Problem`."""

    def __init__(self, settings: Settings, access: ReadAccess, refusals: Refusals, budget: Budget) -> None:
        self._refusals = refusals
        self._hosts = _HostCheck(settings.sandbox_hosts) if settings.sandbox else None
        self._max_body = settings.max_body
        self._trusted = settings.trusted_proxies
        self._access = access
        self._budget = budget

    def enter(self, request: web.Request, spec: RouteSpec | None) -> None:
        """Check a request before its handler runs.

        Raises:
            Problem: the request is refused.
        """
        # A head in the fast path's table has passed this check, because it contains the host.
        if self._hosts is not None:
            self._hosts.check(request)
        self._look_at_proxy(request)
        self._budget.begin(request, spec)
        if len(request.raw_path) > MAX_QUERY_CHARACTERS and len(request.query_string) > MAX_QUERY_CHARACTERS:
            raise Problem(414, f"A query may have at most {MAX_QUERY_CHARACTERS} characters.")
        if len(request.raw_headers) > MAX_HEADERS:
            raise Problem(431, f"A request may have at most {MAX_HEADERS} header fields.")
        if request.body_exists:
            _check_body(request, self._max_body)
        if spec is not None:
            if spec.auth == "read":
                self._access.check(request)
            # Monitors and links add parameters; a route without parameters ignores them.
            if request.query_string and spec.query_names:
                _check_query(request, spec)

    def _look_at_proxy(self, request: web.Request) -> None:
        """Report an untrusted proxy: all clients behind it count as one."""
        if "X-Forwarded-For" not in request.headers:
            return
        peer = peer_address(request.remote)
        if is_private(peer) and not is_trusted(peer, self._trusted):
            self._refusals.saw_untrusted_proxy(peer)


def _check_query(request: web.Request, spec: RouteSpec) -> None:
    names = [name for name, _ in request.query.items()]
    unknown = sorted({name[:64] for name in names if name not in spec.query_names})[:10]
    if unknown:
        raise Problem(
            400,
            f"{spec.path} has no query parameter {', '.join(map(repr, unknown))}."
            f" Known: {', '.join(spec.query_names)}.",
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
        raise too_large(max_body)
    encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity")
    if encoding.lower() != "identity":
        # RFC 9110 §12.5.3: the header names the accepted encodings.
        raise Problem(415, "Send the body uncompressed.", headers={"Accept-Encoding": "identity"})


@final
class _HostCheck:
    """Refuses requests whose `Host` is neither a loopback name or address nor one of `names`.

    With DNS rebinding, a page that a developer visits can resolve its own name to this machine. Its requests
    are then same-origin, but their `Host` still has that name.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name.casefold() for name in names)

    def check(self, request: web.BaseRequest) -> None:
        """Check the request's `Host`.

        Raises:
            Problem: 421, it is missing or not allowed.
        """
        found = _HOST.fullmatch(request.headers.get(hdrs.HOST, ""))
        name = "" if found is None else found["v6"] or found["name"]
        if not is_loopback(name) and name.casefold() not in self._names:
            raise Problem(
                421,
                "The sandbox does not accept this Host. Use 127.0.0.1 or"
                " localhost, or add the name to SANDBOX_HOSTS if it is yours.",
                kind="foreign-host",
            )
