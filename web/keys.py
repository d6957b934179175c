"""What every room finds on the application, by typed key; a room's own parts have their key beside them."""

from __future__ import annotations

from aiohttp import web

from core.runtime.kernel import Kernel
from state.collective import Collective
from state.ports import CommandInfo

KERNEL = web.AppKey("kernel", Kernel)
COLLECTIVE = web.AppKey("collective", Collective)
COMMANDS = web.AppKey("commands", tuple[CommandInfo, ...])
