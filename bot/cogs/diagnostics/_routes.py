"""The checks of the HTTP routes: each is asked for over loopback, as a monitor would."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from bot.cogs.diagnostics._model import Bench, Finding
from core.settings import Settings
from state.ports import RouteInfo

# What a WebSocket answers to a handshake; to a mere GET it does not.
_UPGRADED = (101,)
# Enough to see that a body comes; a stream of events has no end.
_BODY_BYTES = 64 * 1024
# How long a WebSocket may take to say its first word, in seconds.
_FIRST_WORD_S = 5.0


async def check_route(route: RouteInfo, bench: Bench) -> Finding:
    """Whether a GET answers as it should; with READ_TOKEN set, also that it is refused without it."""
    settings = bench.bot.kernel.settings
    path = route.example or route.path
    if "{" in path:
        return Finding("skipped", "no example of it is known")
    if route.needs_token == "webhook" and not settings.webhook_token:  # noqa: S105 - a kind, not a token
        return Finding("skipped", "it needs WEBHOOK_TOKEN, which is not set")
    session, url = bench.bot.collective.outgoing.session(), f"{bench.bot.collective.probes.own_url}{path}"
    headers = _credentials(route, settings)
    try:
        ask = _handshake if route.stream == "ws" else _status
        if headers and (status := await ask(session, url, {})) != 401:
            return Finding("fail", f"without the token it answered {status} instead of 401")
        status = await ask(session, url, headers)
    except (aiohttp.ClientError, TimeoutError) as error:
        return Finding("fail", f"it did not answer: {type(error).__name__}")
    expected = _UPGRADED if route.stream == "ws" else route.expected
    if status not in expected:
        return Finding("fail", f"it answered {status} instead of {' or '.join(map(str, expected))}")
    return Finding(text=f"{status}{', and 401 without the token' if headers else ''}")


def _credentials(route: RouteInfo, settings: Settings) -> dict[str, str]:
    tokens = {"read": settings.read_token, "webhook": settings.webhook_token}
    token = tokens.get(route.needs_token)
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}


async def _status(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> int:
    async with session.get(url, headers=headers, allow_redirects=False) as response:
        await response.content.read(_BODY_BYTES)
        return response.status


async def _handshake(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> int:
    """The status of a WebSocket's handshake; 101 only where a first message came."""
    try:
        async with session.ws_connect(url, headers=headers) as connection:
            await connection.receive_str(timeout=_FIRST_WORD_S)
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status
