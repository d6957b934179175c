"""Typed keys of the application, for handlers; a package's own key stands beside its parts."""

from __future__ import annotations

from aiohttp import web

from core.runtime.kernel import Kernel
from state.collective import Collective
from state.ports import CommandInfo

KERNEL = web.AppKey("kernel", Kernel)
COLLECTIVE = web.AppKey("collective", Collective)
COMMANDS = web.AppKey("commands", tuple[CommandInfo, ...])
