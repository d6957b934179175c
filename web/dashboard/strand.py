"""The helix at the top of the page: two strands, and a rung for each of the fourteen agents.

Each layer is one lobe, so no rung falls on a crossing, where its length would be zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Final

from state.agents import LAYERS, AgentView

_LOBE: Final = 150.0
_MIDDLE: Final = 44.0
_HEIGHT: Final = 34.0
_POINTS: Final = 16


def draw_strand(agents: Iterable[AgentView]) -> str:
    """The drawing as SVG, 450 by 88; hidden from screen readers, because the agent list says the same."""
    shown = tuple(agents)
    rungs = []
    for lobe, layer in enumerate(LAYERS):
        members = [agent for agent in shown if agent.layer == layer]
        for place, agent in enumerate(members, start=1):
            share = place / (len(members) + 1)
            x = (lobe + share) * _LOBE
            reach = math.sin(math.pi * share) * _HEIGHT
            rungs.append(
                f'<line class="rung" data-rung="{escape(agent.name)}" data-status="{escape(agent.status)}" '
                f'x1="{x:.1f}" x2="{x:.1f}" y1="{_MIDDLE - reach:.1f}" y2="{_MIDDLE + reach:.1f}"/>'
            )
    return (
        '<svg class="strand" viewBox="-6 0 462 88" aria-hidden="true" focusable="false">'
        f'<path class="back" d="{_wave(1)}"/>{"".join(rungs)}<path class="front" d="{_wave(-1)}"/></svg>'
    )


def _wave(sign: int) -> str:
    """A sine over all lobes, as a polyline."""
    points = []
    for step in range(len(LAYERS) * _POINTS + 1):
        y = _MIDDLE + sign * math.sin(math.pi * step / _POINTS) * _HEIGHT
        points.append(f"{step * _LOBE / _POINTS:.1f} {y:.1f}")
    return "M" + "L".join(points)
