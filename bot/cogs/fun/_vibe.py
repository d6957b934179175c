"""`vibe-check`: a score from 0 to 100, 60 % from the field and 40 % from the person's day.

The field's part is the mean of harmony / 2, resilience / 2, prana, drishti, 1 - klesha and 1 - |zoom - 1|.
The person's part is hashed from their id and the UTC day, so it stays the same all day.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Final

from bot.cogs.fun._day import share
from state.models import UCF

FIELD_SHARE: Final = 0.6

# The lowest score of each band, its name and its text.
_BANDS: Final[tuple[tuple[int, str, str], ...]] = (
    (85, "radiant", "People warm their hands on you. Share it around."),
    (70, "in tune", "You and the field are humming the same song."),
    (55, "steady", "Good footing. A fine day for the long task."),
    (40, "drifting", "Neither up nor down. A walk would decide it."),
    (25, "frayed", "Be kind to whoever has your face on today."),
    (0, "offline", "Nothing is wrong with you that tea and sleep do not know."),
)


@dataclass(frozen=True, slots=True)
class Vibe:
    """A vibe and its two parts, all from 0 to 100."""

    score: int
    field: int
    person: int
    band: str
    text: str


def build_vibe(ucf: UCF, user_id: int, day: int) -> Vibe:
    """A person's vibe on a day."""
    field, person = field_share(ucf), share("vibe", user_id, day)
    score = round(100 * (FIELD_SHARE * field + (1 - FIELD_SHARE) * person))
    _, band, text = next(one for one in _BANDS if score >= one[0])
    return Vibe(score, round(100 * field), round(100 * person), band, text)


def field_share(ucf: UCF) -> float:
    """The field's part, from 0 to 1."""
    return fmean(
        (
            ucf.harmony / 2,
            ucf.resilience / 2,
            ucf.prana,
            ucf.drishti,
            1 - ucf.klesha,
            1 - abs(ucf.zoom - 1),
        )
    )
