"""GET /commands: the bot's command catalog."""

from __future__ import annotations

import msgspec
from aiohttp import web

from state.ports import CommandInfo
from web.answers.bodies import Body, encode_json
from web.keys import COMMANDS
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH = "/commands"


class Commands(msgspec.Struct, frozen=True, kw_only=True):
    """The bot's command catalog, in catalog order."""

    commands: tuple[CommandInfo, ...]
    total: int


async def get_commands(request: web.Request) -> web.StreamResponse:
    """The bot's commands, in catalog order."""
    commands = request.app[COMMANDS]
    return request.app[RESPONSES].serve(
        request, _PATH, lambda: Body(encode_json(Commands(commands=commands, total=len(commands))))
    )


ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_commands,
        summary="The bot's commands: usage, access, cooldowns, examples.",
        ttl_s=60.0,
        group="Reference",
        replies=(Reply(summary="The catalog.", record=Commands),),
    ),
)
