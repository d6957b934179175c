"""The HTTP sessions in which this process calls others, Discord apart."""

from __future__ import annotations

import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from core.look_ups import LookUps


class Resolver(AbstractResolver):
    """Gives a session look-ups that wait for those of no other session; whoever made them closes them."""

    def __init__(self, look_ups: LookUps) -> None:
        self._look_ups = look_ups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            OSError: it has none, or the resolver does not answer.
        """
        found = await self._look_ups.find(
            host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=str(to[0]), port=port, family=kind, proto=protocol, flags=flags)
            for kind, _, protocol, _, to in found
        ]

    async def close(self) -> None:
        """Nothing: the look-ups belong to whoever made them."""


def build_session(resolver: Resolver, *, user_agent: str) -> aiohttp.ClientSession:
    """A session without cookies, and without a proxy from the environment.

    Its connections are bounded by those who send, not by host: many destinations share one, as all of
    Zapier's do, and those that hang must leave the others theirs.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, ttl_dns_cache=10, limit=0, limit_per_host=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent},
        trust_env=False,
    )
