"""The four principles of the Tony Accords, and the last decisions under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from state.directives import policy
from state.journal import Journal, JournalEntry

SHOWN: Final = 8
PRINCIPLES: Final[dict[policy.Principle, str]] = {
    "nonmaleficence": "Do no harm: what could damage the field or stored data waits or is refused.",
    "autonomy": "People decide about what they are allowed to do, and about nothing beyond that.",
    "compassion": "Nobody is overburdened, Manus included: too much at once is postponed.",
    "humility": "Helix does not try what it does not know how to do well.",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision; `who` and `why` are None if unknown or not to be shown."""

    at: datetime
    action: str
    approved: bool
    principle: str
    who: str | None
    why: str | None


async def fetch_rulings(journal: Journal, *, show_people: bool) -> tuple[Ruling, ...]:
    """The last eight decisions, newest first; names and reasons only with `show_people`."""
    entries = await journal.entries(kinds=(policy.KIND,), limit=SHOWN)
    return tuple(_ruling(entry, show_people=show_people) for entry in entries)


def _ruling(entry: JournalEntry, *, show_people: bool) -> Ruling:
    return Ruling(
        at=entry.at,
        action=entry.subject,
        approved=entry.after == policy.APPROVED,
        principle=str(entry.before or ""),
        who=entry.actor if show_people else None,
        why=entry.reason if show_people else None,
    )
