"""`agents` and `agent`: the agents by layer, and one agent in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.arguments.parsing import parse_word
from core.errors import UnknownName
from core.health import Check, HealthRegistry
from state.agents import LAYERS, AgentSpec, AgentView, Layer


class UnknownLayer(UnknownName):
    """No layer has this name."""

    kind = "layer"


@dataclass(frozen=True, slots=True)
class Roster:
    """Agents by layer, and how many of all agents are active."""

    layers: tuple[tuple[Layer, tuple[AgentView, ...]], ...]
    active: int
    total: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One agent and the check that measures it, if any."""

    view: AgentView
    check: Check | None


def parse_layer(word: str | None) -> Layer | None:
    """The layer that `word` names or begins, in any letter case; None means all layers.

    Raises:
        UnknownLayer: no layer has this name; the message suggests the nearest.
    """
    return None if word is None else parse_word(word, LAYERS, UnknownLayer, or_start=True)


def build_roster(views: Sequence[AgentView], layer: Layer | None) -> Roster:
    """The agents of one layer or of all, in roster order."""
    shown = (layer,) if layer is not None else LAYERS
    return Roster(
        layers=tuple((one, tuple(view for view in views if view.layer == one)) for one in shown),
        active=sum(view.status == "active" for view in views),
        total=len(views),
    )


def build_sheet(spec: AgentSpec, views: Sequence[AgentView], health: HealthRegistry) -> Sheet:
    """The current state of one agent."""
    view = next(view for view in views if view.name == spec.name)
    return Sheet(view, None if view.external else health.get(spec.check))
