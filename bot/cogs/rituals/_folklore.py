"""`folklore`: each kind of anomaly, its rank, and its next promotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import UnknownName
from state.models import Snapshot
from state.rituals.folklore import KINDS, MOVES, NextPromotion, Rank, next_promotion, rank_of

MEANINGS: Mapping[str, str] = {
    "flare": "A sudden light: more than the moment can hold.",
    "void": "A gap in the pattern, where something was expected.",
    "echo": "A step that comes again, a little later than it was.",
    "resonance": "Two things that move as one, without touching.",
}


class UnknownEntry(UnknownName):
    """No entry has this name."""

    kind = "entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind.

    Attributes:
        rank: None before the first encounter.
        encounters: the number of rituals that met it.
        coming: the next promotion; None once it is a law.
    """

    kind: str
    rank: Rank | None
    encounters: int
    last_seen: datetime | None
    coming: NextPromotion | None


def build_folklore(snapshot: Snapshot) -> tuple[Entry, ...]:
    """Every kind, the most frequent first."""
    entries = []
    for kind in KINDS:
        lore = snapshot.folklore.get(kind)
        met = 0 if lore is None else lore.encounters
        seen = None if lore is None else lore.last_seen
        entries.append(Entry(kind, rank_of(met), met, seen, next_promotion(met)))
    return tuple(sorted(entries, key=lambda entry: -entry.encounters))


def parse_entry(text: str) -> str:
    """The kind that `text` names, singular or plural, in any letter case.

    Raises:
        UnknownEntry: no kind has this name; the message suggests the nearest.
    """
    wanted = text.strip().casefold()
    for kind in KINDS:
        if wanted in {kind, f"{kind}s", f"{kind}es"}:
            return kind
    raise UnknownEntry(text.strip(), KINDS)


def moves(rank: Rank) -> str:
    """The effect of a promotion to this rank, such as "harmony +0.1, drishti +0.05"."""
    return ", ".join(f"{metric} {moved:+g}" for metric, moved in MOVES[rank].items())
