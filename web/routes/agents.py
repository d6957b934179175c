"""GET /agents and /agents/{name}: the fourteen, and how each is measured to be."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from aiohttp import web

from state.agents import LAYERS, ROSTER, AgentStatus, AgentView, UnknownAgent, find_agent
from state.collective import Collective
from web.bodies import Body, encode_json
from web.keys import COLLECTIVE, RESPONSES
from web.problems import Problem
from web.routing import RouteSpec

_LIST: Final = "/agents"
_ONE: Final = "/agents/{name}"
_STATUSES: Final[tuple[AgentStatus, ...]] = get_args(AgentStatus)
_TAGS: Final = frozenset({"agents", "state", "health"})


async def get_agents(request: web.Request) -> web.StreamResponse:
    """All agents, or those of one layer or status."""
    layer = _choice(request, "layer", LAYERS)
    status = _choice(request, "status", _STATUSES)
    build = partial(_list_body, request.app[COLLECTIVE], layer, status)
    return request.app[RESPONSES].serve(request, _LIST, build, key=(layer, status))


async def get_agent(request: web.Request) -> web.StreamResponse:
    """One agent, by its name in any case."""
    try:
        spec = find_agent(request.match_info["name"])
    except UnknownAgent as error:
        raise Problem(404, str(error), kind="unknown-agent", suggestion=error.suggestion) from error
    build = partial(_one_body, request.app[COLLECTIVE], spec.name)
    return request.app[RESPONSES].serve(request, _ONE, build, key=spec.name)


def _choice(request: web.Request, parameter: str, choices: tuple[str, ...]) -> str | None:
    """The choice that the query names in any case, with spaces or hyphens; None where it names none."""
    given = request.query.get(parameter)
    if given is None:
        return None
    wanted = given.casefold().replace("-", " ").replace("_", " ")
    for choice in choices:
        if choice.casefold() == wanted:
            return choice
    raise Problem(
        400,
        f"{parameter} is one of: {', '.join(choices)}.",
        kind="bad-parameter",
        parameters=[parameter],
        choices=choices,
    )


def _list_body(collective: Collective, layer: str | None, status: str | None) -> Body:
    agents = collective.agents()
    shown = [
        _entry(agent) for agent in agents if layer in {None, agent.layer} and status in {None, agent.status}
    ]
    active = sum(agent.status == "active" for agent in agents)
    return Body(encode_json({"agents": shown, "shown": len(shown), "active": active, "total": len(agents)}))


def _one_body(collective: Collective, name: str) -> Body:
    return Body(encode_json(next(_entry(agent) for agent in collective.agents() if agent.name == name)))


def _entry(agent: AgentView) -> dict[str, object]:
    return {
        "name": agent.name,
        "symbol": agent.symbol,
        "layer": agent.layer,
        "role": agent.role,
        "subsystem": agent.subsystem,
        "status": agent.status,
        "load": agent.load,
        "external": agent.external,
        "detail": agent.detail,
        "since": agent.since,
        "task": agent.task,
        "counters": agent.counters,
    }


ROUTES = (
    RouteSpec(
        path=_LIST,
        handler=get_agents,
        summary="The 14 agents with measured status; ?layer= and ?status= choose.",
        ttl_s=60.0,
        max_entries=(len(LAYERS) + 1) * (len(_STATUSES) + 1),
        tags=_TAGS,
        serve_stale=True,
        parameters=("layer", "status"),
    ),
    RouteSpec(
        path=_ONE,
        handler=get_agent,
        summary="One agent, by name.",
        ttl_s=60.0,
        max_entries=len(ROSTER),
        tags=_TAGS,
        serve_stale=True,
    ),
)
