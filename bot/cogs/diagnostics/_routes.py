"""The checks of the HTTP routes: each is asked for over loopback, as a monitor would."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from bot.cogs.diagnostics._model import Bench, Finding
from core.settings import Settings
from state.ports import RouteInfo

# Enough to see that a body comes; a stream of events has no end.
_BODY_BYTES = 64 * 1024


async def check_route(route: RouteInfo, bench: Bench) -> Finding:
    """Whether a GET answers as it should; with READ_TOKEN set, also that it is refused without it."""
    settings = bench.bot.kernel.settings
    path = route.example or route.path
    if "{" in path:
        return Finding("skipped", "no example of it is known")
    if route.needs_token == "webhook" and not settings.webhook_token:  # noqa: S105 - a kind, not a token
        return Finding("skipped", "it needs WEBHOOK_TOKEN, which is not set")
    session, url = bench.bot.collective.outgoing.session(), f"{bench.bot.collective.own_url}{path}"
    headers = _credentials(route, settings)
    try:
        if headers and (status := await _status(session, url, {})) != 401:
            return Finding("fail", f"without the token it answered {status} instead of 401")
        status = await _status(session, url, headers)
    except aiohttp.ClientError as error:
        return Finding("fail", f"it did not answer: {type(error).__name__}")
    if status not in route.expected:
        return Finding("fail", f"it answered {status} instead of {' or '.join(map(str, route.expected))}")
    return Finding(text=f"{status}{', and 401 without the token' if headers else ''}")


def _credentials(route: RouteInfo, settings: Settings) -> dict[str, str]:
    tokens = {"read": settings.read_token, "webhook": settings.webhook_token}
    token = tokens.get(route.needs_token)
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}


async def _status(session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> int:
    async with session.get(url, headers=headers, allow_redirects=False) as response:
        await response.content.read(_BODY_BYTES)
        return response.status
