"""Folklore: the rank of an anomaly by how often it was met, and what a promotion does to the UCF."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Kind = Literal["flare", "void", "echo", "resonance"]
Rank = Literal["anomaly", "legend", "hymn", "law"]

KINDS: Final[tuple[Kind, ...]] = ("flare", "void", "echo", "resonance")

# Encounters from which on a kind has a rank, lowest first.
RANKS: Final[tuple[tuple[Rank, int], ...]] = (("anomaly", 1), ("legend", 5), ("hymn", 10), ("law", 20))

# How a promotion to a rank changes metrics.
MOVES: Final[Mapping[Rank, Mapping[str, float]]] = MappingProxyType(
    {
        "anomaly": MappingProxyType({}),
        "legend": MappingProxyType({"harmony": 0.10, "drishti": 0.05}),
        "hymn": MappingProxyType({"harmony": 0.20, "prana": 0.10}),
        "law": MappingProxyType({"resilience": 0.30, "klesha": 0.15}),
    }
)


class NextPromotion(msgspec.Struct, frozen=True):
    """The next promotion of a kind.

    Attributes:
        rank: the next rank.
        at: its number of encounters.
        missing: encounters still needed.
    """

    rank: Rank
    at: int
    missing: int


def rank_of(encounters: int) -> Rank | None:
    """The rank of a kind after that many encounters; None before the first."""
    return next((rank for rank, at in reversed(RANKS) if encounters >= at), None)


def next_promotion(encounters: int) -> NextPromotion | None:
    """The next rank of a kind; None once it is law."""
    coming = (NextPromotion(rank, at, at - encounters) for rank, at in RANKS if encounters < at)
    return next(coming, None)
