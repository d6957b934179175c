"""Requests whose answer was lost, so it is unknown whether Discord carried them out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp

from core.errors import HelixError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Errors before a connection existed, so Discord got no request.
_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class UnconfirmedError(HelixError):
    """It is unknown whether Discord has shown the message."""


def is_unheard(error: BaseException) -> bool:
    """Whether a request may have been carried out although it failed with this error."""
    unheard = isinstance(error, aiohttp.ClientError | OSError) and not isinstance(error, _UNSENT)
    if unheard:
        logger.info("discord.unheard error=%s", type(error).__name__)
    return unheard


async def repeat(act: Callable[[], Awaitable[T]]) -> T:
    """Calls `act`, and again if the outcome is unknown; only for idempotent requests.

    Raises:
        Exception: the error of the first call, or of the second if there was one.
    """
    try:
        return await act()
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
    return await act()
