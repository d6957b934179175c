"""The HTTP sessions for requests to other servers, except Discord."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Final, NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from core.http._status_line import Answered, Response, StatusProtocol
from core.http.aiohttp_internals import Connector
from core.http.look_ups import LookUps

# Limits for reading a body to its end, which lets the connection be reused.
_BODY_BYTES: Final = 16 * 1024
_BODY_S: Final = 2.0


class Resolver(AbstractResolver):
    """A session's resolver with its own look-up threads; the owner of `look_ups` closes them."""

    def __init__(self, look_ups: LookUps) -> None:
        self._look_ups = look_ups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host name.

        Raises:
            OSError: it has none, or the DNS server does not answer.
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
        """Does nothing: the owner of `look_ups` closes them."""


class Answer(NamedTuple):
    """Status and headers of an answer; the headers are empty if they could not be read."""

    status: int
    headers: Mapping[str, str]


def build_session(resolver: Resolver, *, user_agent: str) -> aiohttp.ClientSession:
    """A session for `ask`, without cookies and without a proxy from the environment.

    The number of connections is limited by the senders, not per host: many destinations share a host (all of
    Zapier's do), and hanging connections must not use up those of the others.
    """
    return aiohttp.ClientSession(
        connector=Connector(StatusProtocol, resolver=resolver, ttl_dns_cache=10, limit=0, limit_per_host=0),
        response_class=Response,
        cookie_jar=aiohttp.DummyCookieJar(),
        # Bodies are discarded, so they are requested uncompressed and never decompressed.
        headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
    )


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout_s: float,
    connect_s: float | None = None,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Sends one request and returns the answer. Errors while its body is read are ignored.

    Redirects are not followed. `timeout_s` limits the whole request, `connect_s` the time to connect.

    Raises:
        aiohttp.ClientError, OSError, ValueError: no status was received.
        TimeoutError: no status was received in time.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s, connect=connect_s)
    answer: Answer | None = None
    try:
        async with session.request(
            method, url, data=data, headers=headers, allow_redirects=False, timeout=timeout
        ) as response:
            answer = Answer(response.status, response.headers)
            await _read_some(response)
    except Answered as answered:
        return Answer(answered.status, {})
    except (aiohttp.ClientError, OSError):
        if answer is None:
            raise
    return answer


async def _read_some(response: aiohttp.ClientResponse) -> None:
    """Reads a short answer to its end, so that the connection can be reused; closes a long one."""
    left = _BODY_BYTES
    try:
        async with asyncio.timeout(_BODY_S):
            while left > 0 and (chunk := await response.content.read(left)):
                left -= len(chunk)
    except (TimeoutError, aiohttp.ClientError, OSError):
        left = 0
    if left <= 0:
        response.close()
