"""Which names the open sandbox answers to, so that no page of another site becomes one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, final

from aiohttp import hdrs, web

from core.http.loopback import is_loopback
from web.answers.problems import Problem

# RFC 9110 §7.2: a name, an address of IPv4 or one of IPv6 in brackets, and maybe a port.
_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")


@final
class HostCheck:
    """Refuses requests whose `Host` is neither a loopback name or address nor one of `names`.

    By DNS rebinding a page that a developer visits can lead its own name to this machine. Its requests then
    count as of the same origin, but they still carry that name.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name.casefold() for name in names)

    def check(self, request: web.BaseRequest) -> None:
        """Let a request through.

        Raises:
            Problem: 421, it names another host, or none.
        """
        found = _HOST.fullmatch(request.headers.get(hdrs.HOST, ""))
        name = "" if found is None else found["v6"] or found["name"]
        if not is_loopback(name) and name.casefold() not in self._names:
            raise Problem(
                421,
                "The sandbox answers to names of this machine only, not to this Host. Ask 127.0.0.1 or"
                " localhost, or add the name to SANDBOX_HOSTS if it is yours.",
                kind="foreign-host",
            )
