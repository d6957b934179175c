"""GET /badge/{name}.svg: status badges to embed in other pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import web

from core.suggestions import closest
from state.collective import Collective
from state.models import judge
from state.status.assessment import overall
from web.answers.badge import Tone, draw_badge
from web.answers.bodies import Body
from web.answers.problems import Problem
from web.keys import COLLECTIVE
from web.parameters import Choice
from web.requests.responses import RESPONSES
from web.routing import Reply, RouteSpec

_PATH: Final = "/badge/{name}.svg"
_SVG: Final = "image/svg+xml"
_STATUS: Final[Mapping[str, tuple[str, Tone]]] = MappingProxyType(
    {"pass": ("all well", "good"), "warn": ("needs attention", "fair"), "fail": ("failing", "critical")}
)


async def get_badge(request: web.Request) -> web.StreamResponse:
    """A small SVG that shows one status in a word and a colour."""
    name = request.match_info["name"]
    if name not in _BADGES:
        raise Problem(
            404,
            f"No badge has this name. Badges: {', '.join(_BADGES)}.",
            kind="unknown-badge",
            choices=tuple(_BADGES),
            suggestion=closest(name, _BADGES),
        )
    collective = request.app[COLLECTIVE]
    return request.app[RESPONSES].serve(
        request, _PATH, lambda: Body(draw_badge(*_BADGES[name](collective)), content_type=_SVG), key=name
    )


def _status(collective: Collective) -> tuple[str, str, Tone]:
    shown = overall(collective.kernel.health.overall(), collective.manager.snapshot.ucf)
    return ("helix", *_STATUS[shown])


def _agents(collective: Collective) -> tuple[str, str, Tone]:
    statuses = [agent.status for agent in collective.monitor.agents()]
    active, total = statuses.count("active"), len(statuses)
    tone: Tone = "good" if active == total else "critical" if "down" in statuses else "fair"
    return "agents", f"{active} of {total} active", tone


def _harmony(collective: Collective) -> tuple[str, str, Tone]:
    value = collective.manager.snapshot.ucf.harmony
    verdict = judge("harmony", value)
    return "ucf harmony", f"{value:.2f} {verdict}", verdict


_BADGES: Final[Mapping[str, Callable[[Collective], tuple[str, str, Tone]]]] = MappingProxyType(
    {"status": _status, "agents": _agents, "ucf-harmony": _harmony}
)

ROUTES = (
    RouteSpec(
        path=_PATH,
        handler=get_badge,
        summary="A badge: status, agents or ucf-harmony.",
        ttl_s=60.0,
        max_entries=len(_BADGES),
        tags=frozenset({"agents", "health", "state"}),
        serve_stale=True,
        group="Pages",
        parameters=(
            Choice(
                name="name",
                summary="Which badge.",
                example="status",
                place="path",
                choices=tuple(_BADGES),
            ),
        ),
        replies=(Reply(summary="The badge.", media_types=(_SVG,)),),
        problems={404: "No badge has this name; `choices` lists the badges."},
    ),
)
