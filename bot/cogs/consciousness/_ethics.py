"""The four principles of the Tony Accords, and the last decisions under them."""

from __future__ import annotations

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


async def fetch_decisions(journal: Journal) -> tuple[JournalEntry, ...]:
    """The last eight decisions, newest first."""
    return await journal.entries(kinds=(policy.KIND,), limit=SHOWN)
