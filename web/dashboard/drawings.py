"""Drawings of the dashboard: the agents' symbols, and the helix at the top of the page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from typing import Final

from state.agents import LAYERS, AgentView

# Measures of the helix. Each layer of agents is one lobe, so no rung falls on a crossing, where its length
# would be zero.
_LOBE: Final = 150.0
_MIDDLE: Final = 44.0
_HEIGHT: Final = 34.0
_POINTS: Final = 16
# Line drawings, because fonts often lack emoji and almost always 🜂.
_PATHS: Final = {
    "🜂": "M12 4 21 19.5H3Z",
    "🌕": "M12 3a9 9 0 1 0 .1 0ZM9.5 8a1.5 1.5 0 1 0 .1 0ZM15.5 12a1.5 1.5 0 1 0 .1 0ZM9 15v.1",
    "🌊": "M21 20.5H2.5V14C4 7.5 9 4 14.5 5c4 1 6.3 3.5 6 6-1.5-2-4.5-2-5.5 0-1.2 2.6 1.5 5 6.5 5",
    "🌠": "M15 3l1.5 4.5L21 9l-4.5 1.5L15 15l-1.5-4.5L9 9l4.5-1.5ZM9.5 14.5l-6 6M6.5 11l-3 3M13 17.5l-3 3",
    "🤲": "M11 21C6 19.5 3.2 15.5 2.7 9.5c1-1 2.4-.5 2.8.5L6 5.5c1-1 2.5-.5 2.7.8l.8 5.7c1 2 1.5 5 1.5 9Z"
    "M13 21c5-1.5 7.8-5.5 8.3-11.5-1-1-2.4-.5-2.8.5L18 5.5c-1-1-2.5-.5-2.7.8l-.8 5.7c-1 2-1.5 5-1.5 9Z",
    "🌐": "M12 2.5a9.5 9.5 0 1 0 .1 0ZM2.5 12h19M12 2.5c-5.5 5-5.5 14 0 19M12 2.5c5.5 5 5.5 14 0 19",
    "🛡️": "M12 2.5l8.5 3C20.5 13 18 18 12 21.5 6 18 3.5 13 3.5 5.5Z",
    "🔥": "M12 2c1 4 6 6 6 12.5a6 6 0 0 1-12 .5c0-2.5 1.5-4 2-6 1 .5 1.5 1.5 1.5 2.5C11.5 9 12.5 6 12 2Z",
    "🎭": "M2 4h11v6a5.5 5.5 0 0 1-11 0ZM5 10.5c1.5 1.5 3.5 1.5 5 0M16 9h6v6.5a5.5 5.5 0 0 1-10.5 2.3"
    "M15 18.5c1.2-1 2.8-1 4 0",
    "🙏": "M12 2.5c1.8 0 2.2 1.5 2.2 3l.3 6.5 4 5.5-3.5 4-3-3-3 3-3.5-4 4-5.5.3-6.5c0-1.5.4-3 2.2-3ZM12 6v12",
    "📜": "M6 3h13v15a3 3 0 0 1-3 3H7M6 3a2.5 2.5 0 0 0-2.5 2.5V8H8V5A2 2 0 0 0 6 3ZM8 8v10.5"
    "A2.5 2.5 0 0 1 5.5 21M11.5 8H15.5M11.5 12h4",
    "🕯️": "M8.5 11h7v10.5h-7ZM12 11V9M12 9c-2.5-1.5-2-4 0-7 2 3 2.5 5.5 0 7Z",
    "🔮": "M12 2.5a8 8 0 1 0 .1 0ZM5.5 21.5c1-3 12-3 13 0ZM8 9a4.5 4.5 0 0 1 3-3.5",
    "🧠": "M12 5C9.5 2.5 6.5 4 6 6.5 3.5 7 2 9.5 3 12c-1 2.5.5 5 3 5.5.5 3 4 3.5 6 1.5 2 2 5.5 1.5 6-1.5"
    " 2.5-.5 4-3 3-5.5 1-2.5-.5-5-3-5.5C17.5 4 14.5 2.5 12 5ZM12 5v14M8.5 "
    "9c-1 1.5 0 3 1 3M15.5 9c1 1.5 0 3-1 3",
}


def draw_sign(symbol: str) -> str:
    """The SVG of an agent's symbol.

    Raises:
        KeyError: there is no drawing of this symbol.
    """
    return (
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
        f'stroke-linejoin="round" stroke-linecap="round"><path d="{_PATHS[symbol]}"/></svg>'
    )


def draw_strand(agents: Iterable[AgentView]) -> str:
    """The helix as SVG, 450 by 88: two strands, and a rung for each agent.

    It is hidden from screen readers, because the agent list says the same.
    """
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
