"""Reading a request's body, in bounded time."""

from __future__ import annotations

import asyncio

from aiohttp import web

from web.keys import KERNEL
from web.problems import Problem, too_large


async def read_body(request: web.Request) -> bytes:
    """The whole body as it came.

    Raises:
        Problem: 408, it took longer than BODY_TIMEOUT_S; 413, it crosses MAX_BODY.
    """
    settings = request.app[KERNEL].settings
    longest_s = settings.body_timeout_s
    try:
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(longest_s):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large(settings.max_body) from error
    except TimeoutError as error:
        raise Problem(408, f"The body did not come within {longest_s:g} s.") from error
