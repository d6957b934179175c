"""What `folklore` shows: each kind of anomaly, what it has become, and what comes next."""

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
    """Folklore has no such entry."""

    kind = "entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind.

    Attributes:
        rank: what it is called; None before it was met.
        encounters: in how many rituals it was met.
        coming: the next promotion; None once it is law.
    """

    kind: str
    rank: Rank | None
    encounters: int
    last_seen: datetime | None
    coming: NextPromotion | None


def build_folklore(snapshot: Snapshot) -> tuple[Entry, ...]:
    """Every kind, the best known first."""
    entries = []
    for kind in KINDS:
        lore = snapshot.folklore.get(kind)
        met = 0 if lore is None else lore.encounters
        seen = None if lore is None else lore.last_seen
        entries.append(Entry(kind, rank_of(met), met, seen, next_promotion(met)))
    return tuple(sorted(entries, key=lambda entry: -entry.encounters))


def parse_entry(text: str) -> str:
    """The kind that `text` names, in any case, one or many.

    Raises:
        UnknownEntry: there is none; the text suggests the nearest.
    """
    wanted = text.strip().casefold()
    for kind in KINDS:
        if wanted in {kind, f"{kind}s", f"{kind}es"}:
            return kind
    raise UnknownEntry(text.strip(), KINDS)


def moves(rank: Rank) -> str:
    """What a promotion to a rank does, such as "harmony +0.1, drishti +0.05"."""
    return ", ".join(f"{metric} {moved:+g}" for metric, moved in MOVES[rank].items())
