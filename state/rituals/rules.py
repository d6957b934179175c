"""What a ritual does, as a pure function, used both to run and to replay it.

Algorithm 1. `random.Random(seed)`, seeded with the ritual's id, gives one number from `random()` per step:
below 1/φ an anomaly comes, and a second number, times four and rounded down, is its index in
`folklore.KINDS`. Only `random()` is used, since Python guarantees its sequence for a seed (library reference,
"random", "Notes on Reproducibility"). A change of any of this needs a new algorithm number, and the old one
stays here, so that old rituals can be replayed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from core.errors import HelixError
from state.models import METRICS, UCF, Lore
from state.rituals.folklore import KINDS, MOVES, Kind, rank_of

RitualKind = Literal["z88", "harmony"]

ALGORITHM: Final = 1
LEAST_STEPS: Final = 1
MOST_STEPS: Final = 1000
DEFAULT_STEPS: Final = 108
ANOMALY_CHANCE: Final = 2 / (1 + 5**0.5)
# A finished ritual of KLESHA_STEPS steps lowers klesha by this; longer and shorter ones in proportion.
KLESHA_LOWERED: Final = 0.05
KLESHA_STEPS: Final = 108
# The harmony ritual: its steps (in four phases), its rise, and its limit, where harmony is good.
HARMONY_STEPS: Final = 36
HARMONY_RAISED: Final = 0.10
HARMONY_GOAL: Final = METRICS["harmony"].good_low
# Rounds values to this many decimals, so that 0.1 + 0.2 is not written as 0.30000000000000004.
_DECIMALS: Final = 9


class UnknownAlgorithm(HelixError):
    """A later version of Helix ran the ritual."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a ritual.

    Attributes:
        anomalies: how often each kind came; kinds that did not come are missing.
        promotions: such as "flare: legend", in the order of `KINDS`.
        folklore: the whole folklore afterwards.
    """

    ucf: UCF
    folklore: Mapping[str, Lore]
    anomalies: Mapping[str, int]
    promotions: tuple[str, ...]


def draw(algorithm: int, kind: RitualKind, seed: int, steps: int) -> tuple[Kind | None, ...]:
    """The anomaly of each step, or None. A harmony ritual has none.

    Raises:
        UnknownAlgorithm: this version does not know the algorithm.
    """
    if algorithm != ALGORITHM:
        raise UnknownAlgorithm(
            f"A later version of Helix ran this ritual (algorithm {algorithm}). Update Helix."
        )
    if kind == "harmony":
        return (None,) * steps
    generator = random.Random(seed)  # noqa: S311 - it has to be repeatable, not secret
    drawn: list[Kind | None] = []
    for _ in range(steps):
        comes = generator.random() < ANOMALY_CHANCE
        drawn.append(KINDS[int(generator.random() * len(KINDS))] if comes else None)
    return tuple(drawn)


def conclude(
    kind: RitualKind,
    drawn: Sequence[Kind | None],
    ucf: UCF,
    folklore: Mapping[str, Lore],
    at: datetime,
) -> Outcome:
    """The result of a ritual with these draws; values saturate at their bounds."""
    values = ucf.as_dict()
    _move(values, "klesha", -KLESHA_LOWERED * len(drawn) / KLESHA_STEPS)
    if kind == "harmony" and values["harmony"] < HARMONY_GOAL:
        _move(values, "harmony", min(HARMONY_RAISED, HARMONY_GOAL - values["harmony"]))
    met = Counter(one for one in drawn if one is not None)
    lore, promotions = dict(folklore), []
    for one in KINDS:
        if not met[one]:
            continue
        before = lore[one].encounters if one in lore else 0
        lore[one] = Lore(kind=one, encounters=before + 1, last_seen=at)
        rank = rank_of(before + 1)
        if rank is not None and rank != rank_of(before) and MOVES[rank]:
            promotions.append(f"{one}: {rank}")
            for metric, moved in MOVES[rank].items():
                _move(values, metric, moved)
    return Outcome(
        ucf=UCF(**values),
        folklore=lore,
        anomalies={one: met[one] for one in KINDS if met[one]},
        promotions=tuple(promotions),
    )


def _move(values: dict[str, float], metric: str, by: float) -> None:
    spec = METRICS[metric]
    values[metric] = min(spec.high, max(spec.low, round(values[metric] + by, _DECIMALS)))
