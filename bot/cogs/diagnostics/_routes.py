"""The checks of the HTTP routes: one request to each over loopback, as a monitor would send."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from bot.cogs.diagnostics._model import Bench, Finding
from core.settings import Settings
from state.ports import RouteInfo

# The expected answer of a WebSocket route.
_UPGRADED = (101,)
# Read no further: a stream of events never ends.
_BODY_BYTES = 64 * 1024
# Time limit for the first message of a WebSocket.
_FIRST_MESSAGE_S = 5.0


async def check_route(route: RouteInfo, bench: Bench) -> Finding:
    """Send a GET and compare the status; if a token is set, also check for 401 without it."""
    settings = bench.bot.kernel.settings
    path = route.example or route.path
    if "{" in path:
        return Finding("skipped", "no example address is known")
    if route.auth == "webhook" and not settings.webhook_token:
        return Finding("skipped", "WEBHOOK_TOKEN is not set")
    session, url = bench.bot.collective.outgoing.session(), f"{bench.bot.collective.probes.own_url}{path}"
    headers = _credentials(route, settings)
    try:
        ask = _handshake if route.stream == "ws" else _status
        if headers and (status := await ask(session, url, {})) != 401:
            return Finding("fail", f"without the token the status was {status} instead of 401")
        status = await ask(session, url, headers)
    except (aiohttp.ClientError, TimeoutError) as error:
        return Finding("fail", f"no answer: {type(error).__name__}")
    expected = _UPGRADED if route.stream == "ws" else route.expected
    if status not in expected:
        return Finding("fail", f"the status was {status} instead of {' or '.join(map(str, expected))}")
    return Finding(text=f"{status}{', and 401 without the token' if headers else ''}")


def _credentials(route: RouteInfo, settings: Settings) -> dict[str, str]:
    tokens = {"read": settings.read_token, "webhook": settings.webhook_token}
    token = tokens.get(route.auth)
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}


async def _status(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> int:
    async with session.get(url, headers=headers, allow_redirects=False) as response:
        await response.content.read(_BODY_BYTES)
        return response.status


async def _handshake(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> int:
    """The status of a WebSocket's handshake; 101 only if a first message arrived."""
    try:
        async with session.ws_connect(url, headers=headers) as connection:
            await connection.receive_str(timeout=_FIRST_MESSAGE_S)
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status
