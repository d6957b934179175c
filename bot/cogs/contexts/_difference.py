"""What a restore would change: the UCF and the folklore, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from state.contexts.records import Context
from state.models import METRICS, Lore, Snapshot


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One of the six numbers, now and after."""

    name: str
    now: float
    then: float


@dataclass(frozen=True, slots=True)
class LoreDifference:
    """How often an anomaly was met, now and after; 0 where it was not."""

    kind: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between the state and a checkpoint; false where nothing does.

    Attributes:
        shown: the state that it was compared with.
    """

    shown: Snapshot
    metrics: tuple[MetricDifference, ...]
    lore: tuple[LoreDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.metrics or self.lore)


def compare(shown: Snapshot, context: Context) -> Difference:
    """What a restore of `context` over `shown` would change."""
    content = context.content
    return Difference(
        shown=shown,
        metrics=tuple(
            MetricDifference(name, getattr(shown.ucf, name), getattr(content.ucf, name))
            for name in METRICS
            if getattr(shown.ucf, name) != getattr(content.ucf, name)
        ),
        lore=tuple(
            LoreDifference(kind, _encounters(shown.folklore, kind), _encounters(content.folklore, kind))
            for kind in sorted(shown.folklore.keys() | content.folklore.keys())
            if shown.folklore.get(kind) != content.folklore.get(kind)
        ),
    )


def _encounters(folklore: Mapping[str, Lore], kind: str) -> int:
    lore = folklore.get(kind)
    return 0 if lore is None else lore.encounters
