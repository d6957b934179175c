"""Host header check of the sandbox, which protects it from DNS rebinding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, final

from aiohttp import hdrs, web

from core.http.loopback import is_loopback
from web.answers.problems import Problem

# RFC 9110 §7.2: a name, an IPv4 address or an IPv6 address in brackets, and an optional port.
_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")


@final
class HostCheck:
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
