"""GET /agents and /agents/{name}: the fourteen agents with their measured status."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from aiohttp import web

from state.agents import LAYERS, ROSTER, AgentStatus, UnknownAgent, find_agent
from state.collective import Collective
from web.answers.bodies import Body, encode_json
from web.answers.problems import Problem
from web.keys import COLLECTIVE
from web.parameters import Choice, Parameter
from web.records.agents import Agent, Agents, agent_body
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_LIST: Final = "/agents"
_ONE: Final = "/agents/{name}"
_STATUSES: Final[tuple[AgentStatus, ...]] = get_args(AgentStatus)
_TAGS: Final = frozenset({"agents", "state", "health"})
_LAYER: Final = Choice(
    name="layer", summary="Only agents of this layer.", example="Operational", choices=LAYERS
)
_STATUS: Final = Choice(
    name="status", summary="Only agents with this status.", example="active", choices=_STATUSES
)
_NAME: Final = Parameter(
    name="name", summary="The agent's name, case-insensitive.", example=ROSTER[0].name.lower(), place="path"
)


async def get_agents(request: web.Request) -> web.StreamResponse:
    """All agents, or those of one layer or status."""
    layer = _LAYER.read(request)
    status = _STATUS.read(request)
    build = partial(_list_body, request.app[COLLECTIVE], layer, status)
    return request.app[RESPONSES].serve(request, _LIST, build, key=(layer, status))


async def get_agent(request: web.Request) -> web.StreamResponse:
    """One agent, by name; case does not matter."""
    try:
        spec = find_agent(request.match_info["name"])
    except UnknownAgent as error:
        raise Problem(404, str(error), kind="unknown-agent", suggestion=error.suggestion) from error
    build = partial(_one_body, request.app[COLLECTIVE], spec.name)
    return request.app[RESPONSES].serve(request, _ONE, build, key=spec.name)


def _list_body(collective: Collective, layer: str | None, status: str | None) -> Body:
    agents = collective.monitor.agents()
    shown = tuple(
        agent_body(agent)
        for agent in agents
        if layer in {None, agent.layer} and status in {None, agent.status}
    )
    active = sum(agent.status == "active" for agent in agents)
    return Body(encode_json(Agents(agents=shown, shown=len(shown), active=active, total=len(agents))))


def _one_body(collective: Collective, name: str) -> Body:
    return Body(
        encode_json(next(agent_body(agent) for agent in collective.monitor.agents() if agent.name == name))
    )


ROUTES = (
    RouteSpec(
        path=_LIST,
        handler=get_agents,
        summary="The 14 agents with measured status; ?layer= and ?status= filter.",
        ttl_s=60.0,
        max_entries=(len(LAYERS) + 1) * (len(_STATUSES) + 1),
        tags=_TAGS,
        serve_stale=True,
        parameters=(_LAYER, _STATUS),
        replies=(Reply(summary="The requested agents, in the order of the roster.", record=Agents),),
    ),
    RouteSpec(
        path=_ONE,
        handler=get_agent,
        summary="One agent, by name.",
        ttl_s=60.0,
        max_entries=len(ROSTER),
        tags=_TAGS,
        serve_stale=True,
        parameters=(_NAME,),
        replies=(Reply(summary="The agent.", record=Agent),),
        problems={404: "No agent has this name; `suggestion` has a similar one."},
    ),
)
