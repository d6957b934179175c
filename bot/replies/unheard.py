"""Requests whose answer was lost: Discord may have done what they asked, and nobody knows."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp

from core.errors import HelixError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# No connection came about, so nothing was asked.
_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class UnconfirmedError(HelixError):
    """Discord may have shown the message, and may not."""


def is_unheard(error: BaseException) -> bool:
    """Whether a request may have been carried out although it failed with this error."""
    unheard = isinstance(error, aiohttp.ClientError | OSError) and not isinstance(error, _UNSENT)
    if unheard:
        logger.info("discord.unheard error=%s", type(error).__name__)
    return unheard


async def repeat(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, and once more where its outcome is unknown: only for what, done twice, is as if done once.

    Raises:
        Exception: whatever the first attempt raised, unless its outcome is unknown; then the second one's.
    """
    try:
        return await act()
    except (aiohttp.ClientError, OSError) as error:
        if not is_unheard(error):
            raise
    return await act()
