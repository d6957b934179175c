"""Draws docs/architecture.svg from the imports: `make docs` writes it, a test compares it.

Each package is a panel and each of its rooms a box. A box stands above every room of its package that it
imports, in functions and for type checks too. So every import points downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

import grimp

PATH: Final = Path(__file__).resolve().parents[1] / "docs" / "architecture.svg"
PACKAGES: Final = ("bot", "web", "state", "core", "sandbox")
WORDS: Final = {
    "bot": "what knows Discord",
    "web": "what knows HTTP",
    "state": "the collective and its rules",
    "core": "mechanisms of any service",
    "sandbox": "a small Discord, on its own",
}
_WIDTH, _MARGIN, _GAP = 960, 20, 8
_BOX, _CHARACTER, _LINE = 24, 6.9, 32
_TOP: Final = 60.0
# The sandbox has a column of its own on the right.
_SANDBOX: Final = 300.0
_BETWEEN: Final = 36.0
_HALF: Final = (_WIDTH - 3 * _MARGIN - _SANDBOX - _BETWEEN) / 2
_COLUMNS: Final = (_MARGIN, _MARGIN + _HALF + _BETWEEN, 2 * (_MARGIN + _HALF) + _BETWEEN)
_STYLE: Final = """
    svg { background: #fff; font: 12px ui-sans-serif, system-ui, sans-serif }
    .panel { fill: #f6f6fb; stroke: #b9b9d6 }
    .room { fill: #e3e6fa; stroke: #8b93cf }
    .module { fill: #fff; stroke: #c3c3d2 }
    text { fill: #1d1d2b }
    .name { font-weight: 600; font-size: 14px }
    .arrow { stroke: #5c64a8; stroke-width: 2; marker-end: url(#head) }
    #head path { fill: #5c64a8 }
    @media (prefers-color-scheme: dark) {
      svg { background: #14141c }
      .panel { fill: #1c1c28; stroke: #44445e }
      .room { fill: #2b3058; stroke: #6d76c0 }
      .module { fill: #22222e; stroke: #4a4a60 }
      text { fill: #ececf4 }
      .arrow { stroke: #9aa3ea }
      #head path { fill: #9aa3ea }
    }
"""


def draw() -> str:
    """The drawing as SVG."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    parts: list[str] = []
    edges: list[float] = []
    top = _TOP
    for row in (("bot", "web"), ("state", "core")):
        drawn = [_rooms(graph, package, _HALF) for package in row]
        height = max(height for _, height in drawn)
        for package, (rooms, _), x in zip(row, drawn, _COLUMNS, strict=False):
            parts.append(_panel(package, rooms, (x, top), (_HALF, height)))
        edges += [top, top + height]
        top += height + 40
    rooms, height = _rooms(graph, "sandbox", _SANDBOX)
    parts.append(_panel("sandbox", rooms, (_COLUMNS[2], _TOP), (_SANDBOX, height)))
    return _document([*parts, *_arrows(edges)], max(edges[-1], _TOP + height) + _MARGIN)


def levels(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """Names by level, highest first: each stands above all that it imports.

    Raises:
        ValueError: some import each other in a circle.
    """
    remaining = {name: set(imported) - {name} for name, imported in imports.items()}
    found: list[list[str]] = []
    while remaining:
        level = sorted(name for name, imported in remaining.items() if not imported & remaining.keys())
        if not level:
            raise ValueError(f"these import each other in a circle: {', '.join(sorted(remaining))}")
        found.append(level)
        for name in level:
            del remaining[name]
    return found[::-1]


def rooms_of(graph: grimp.ImportGraph, package: str) -> dict[str, set[str]]:
    """The rooms and modules right below a package, each with those beside it that it imports."""
    rooms = {child: {child} | graph.find_descendants(child) for child in graph.find_children(package)}
    return {
        room: {
            other
            for other, members in rooms.items()
            if other != room and any(graph.find_modules_directly_imported_by(one) & members for one in inside)
        }
        for room, inside in rooms.items()
    }


def _panel(package: str, rooms: str, at: tuple[float, float], size: tuple[float, float]) -> str:
    return (
        f'<g transform="translate({at[0]:g} {at[1]:g})">'
        f'<rect class="panel" width="{size[0]:g}" height="{size[1]:g}" rx="8"/>'
        f'<text class="name" x="12" y="24">{package}/</text>'
        f'<text x="{26 + len(package) * 9}" y="24">{escape(WORDS[package])}</text>{rooms}</g>'
    )


def _rooms(graph: grimp.ImportGraph, package: str, width: float) -> tuple[str, float]:
    """The boxes of a package, and how high its panel must be."""
    parts: list[str] = []
    y = 36.0
    for level in levels(rooms_of(graph, package)):
        x = 12.0
        for room in level:
            is_room = bool(graph.find_children(room))
            label = room.removeprefix(f"{package}.") + ("/" if is_room else "")
            wide = len(label) * _CHARACTER + 14
            if x + wide > width - 12:
                x, y = 12.0, y + _BOX + 2
            parts.append(
                f'<rect class="{"room" if is_room else "module"}" x="{x:g}" y="{y:g}" width="{wide:g}"'
                f' height="{_BOX}" rx="4"/><text x="{x + 7:g}" y="{y + 16:g}">{escape(label)}</text>'
            )
            x += wide + _GAP
        y += _LINE
    return "".join(parts), y + 6


def _arrows(edges: Sequence[float]) -> list[str]:
    """One for each import between packages; `edges` are top and bottom of both rows."""
    upper, upper_end, lower, lower_end = edges
    bot, web, middle = _COLUMNS[0] + _HALF / 2, _COLUMNS[1] + _HALF / 2, _COLUMNS[1] - _BETWEEN / 2
    half_way = (lower + lower_end) / 2
    lines = (
        (middle - 50, 36.0, bot, upper - 6),
        (middle + 50, 36.0, web, upper - 6),
        (bot, upper_end, bot, lower - 6),
        (_COLUMNS[1] + 60, upper_end, _COLUMNS[0] + _HALF - 60, lower - 6),
        (_COLUMNS[0] + _HALF, half_way, _COLUMNS[1] - 6, half_way),
    )
    return [
        f'<line class="arrow" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>' for x1, y1, x2, y2 in lines
    ]


def _document(parts: Iterable[str], height: float) -> str:
    body = "\n  ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" role="img"'
        ' aria-labelledby="title desc">\n'
        '  <title id="title">The packages of Helix and their rooms</title>\n'
        '  <desc id="desc">main starts bot and web. Both import state, and state imports core. The sandbox'
        " stands alone. In each package a room stands above the rooms that it imports.</desc>\n"
        f"  <style>{_STYLE}  </style>\n"
        '  <defs><marker id="head" markerWidth="8" markerHeight="8" refX="5" refY="3" orient="auto">'
        '<path d="M0,0 L6,3 L0,6 z"/></marker></defs>\n'
        f'  <text class="name" x="{_COLUMNS[1] - _BETWEEN / 2:g}" y="30" text-anchor="middle">'
        "main.py</text>\n"
        f"  {body}\n</svg>\n"
    )


if __name__ == "__main__":
    PATH.write_text(draw(), encoding="utf-8")
