"""What handlers find on the application, by typed key."""

from __future__ import annotations

import asyncio

from aiohttp import web

from core.runtime.kernel import Kernel
from state.collective import Collective
from state.ports import CommandInfo
from web.access.guesses import Guesses
from web.access.read_access import ReadAccess
from web.dashboard.page import DashboardPage
from web.live.streams import Streams
from web.openapi.reference import Reference
from web.requests.body_limit import BodyRoom
from web.requests.responses import Responses
from web.traffic import Traffic

KERNEL = web.AppKey("kernel", Kernel)
COLLECTIVE = web.AppKey("collective", Collective)
BODY_ROOM = web.AppKey("body_room", BodyRoom)
COMMANDS = web.AppKey("commands", tuple[CommandInfo, ...])
RESPONSES = web.AppKey("responses", Responses)
TRAFFIC = web.AppKey("traffic", Traffic)
RENDERING = web.AppKey("rendering", asyncio.Lock)
REFERENCE = web.AppKey("reference", Reference)
STREAMS = web.AppKey("streams", Streams)
SENDER_GUESSES = web.AppKey("sender_guesses", Guesses)
READ_ACCESS = web.AppKey("read_access", ReadAccess)
DASHBOARD = web.AppKey("dashboard", DashboardPage)
