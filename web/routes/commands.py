"""GET /commands: the bot's command catalog."""

from __future__ import annotations

from aiohttp import web

from state.ports import CommandInfo
from web.answers.bodies import Body, encode_json
from web.keys import COMMANDS
from web.records.commands import Commands
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH = "/commands"


async def get_commands(request: web.Request) -> web.StreamResponse:
    """The bot's commands, in catalog order."""
    commands = request.app[COMMANDS]
    return request.app[RESPONSES].serve(request, _PATH, lambda: _body(commands))


def _body(commands: tuple[CommandInfo, ...]) -> Body:
    return Body(encode_json(Commands(commands=commands, total=len(commands))))


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
