"""What happens in a site, for those who listen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.web.helpers import Site
from tests.web.live.listening import Listener

Open = Callable[..., AbstractAsyncContextManager[Listener]]


async def raise_alert(site: Site) -> None:
    await site.collective.alerts.raise_("disk", "critical", "The disk is full.", "Much more of it.")


class Wire(asyncio.Transport):
    """A connection that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def is_reading(self) -> bool:
        return True
