"""The Tony Accords: their four principles, and the last decisions under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from state.directives import policy
from state.journal import Journal, JournalEntry

SHOWN: Final = 8
PRINCIPLES: Final[dict[policy.Principle, str]] = {
    "nonmaleficence": "Do no harm: what could hurt the field or what is kept waits, or is refused.",
    "autonomy": "Whoever may do a thing decides whether it is done; nobody decides beyond their powers.",
    "compassion": "Nobody is overburdened, Manus included: too much at once is put off.",
    "humility": "What nobody knows how to do well is not tried.",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision; `who` and `why` are None where there is nobody, or where they may not be shown."""

    at: datetime
    action: str
    approved: bool
    principle: str
    who: str | None
    why: str | None


async def fetch_rulings(journal: Journal, *, show_people: bool) -> tuple[Ruling, ...]:
    """The last eight decisions, newest first; without `show_people` no name and no reason is in them."""
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
