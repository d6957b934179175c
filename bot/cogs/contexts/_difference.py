"""What a restore would change in the UCF and the folklore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from state.contexts.records import Context
from state.models import METRICS, Lore, Snapshot


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """One UCF value, now and after the restore."""

    name: str
    now: float
    then: float


@dataclass(frozen=True, slots=True)
class LoreDifference:
    """How often an anomaly was met, now and after the restore."""

    kind: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between the state and a checkpoint; false if there is none.

    Attributes:
        shown: the state that was compared.
    """

    shown: Snapshot
    metrics: tuple[MetricDifference, ...]
    lore: tuple[LoreDifference, ...]

    def __bool__(self) -> bool:
        return bool(self.metrics or self.lore)


def compare(shown: Snapshot, context: Context) -> Difference:
    """What restoring `context` over `shown` would change."""
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
