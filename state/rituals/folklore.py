"""Folklore: what an anomaly is called the more often it is met, and what that does to the UCF."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Kind = Literal["flare", "void", "echo", "resonance"]
Rank = Literal["anomaly", "legend", "hymn", "law"]

KINDS: Final[tuple[Kind, ...]] = ("flare", "void", "echo", "resonance")

# How many encounters make a kind what, lowest first.
RANKS: Final[tuple[tuple[Rank, int], ...]] = (("anomaly", 1), ("legend", 5), ("hymn", 10), ("law", 20))

# What a promotion to a rank moves, by metric.
MOVES: Final[Mapping[Rank, Mapping[str, float]]] = MappingProxyType(
    {
        "anomaly": MappingProxyType({}),
        "legend": MappingProxyType({"harmony": 0.10, "drishti": 0.05}),
        "hymn": MappingProxyType({"harmony": 0.20, "prana": 0.10}),
        "law": MappingProxyType({"resilience": 0.30, "klesha": 0.15}),
    }
)


class NextPromotion(msgspec.Struct, frozen=True):
    """What comes next for a kind.

    Attributes:
        rank: what it becomes.
        at: with how many encounters.
        missing: how many are still to come.
    """

    rank: Rank
    at: int
    missing: int


def rank_of(encounters: int) -> Rank | None:
    """What a kind that was met in so many rituals is called; None before the first."""
    found: Rank | None = None
    for rank, at in RANKS:
        if encounters >= at:
            found = rank
    return found


def next_promotion(encounters: int) -> NextPromotion | None:
    """What it becomes next, and when; None once it is law."""
    for rank, at in RANKS:
        if encounters < at:
            return NextPromotion(rank, at, at - encounters)
    return None
