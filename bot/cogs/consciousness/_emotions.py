"""The emotional landscape, computed from the UCF and from what happened in 24 hours.

Each emotion is a number from 0 to 1. s(x) is the wholeness of a value (`_level.py`), and

    busy    = min(1, journal entries in 24 h / 40)
    devoted = min(1, rituals in 24 h / 5)
    pressed = min(1, open alerts / 3)

The emotions:

    joy       = 0.6·s(harmony) + 0.4·prana
    calm      = 0.7·(1 − klesha) + 0.3·(1 − busy)
    curiosity = 0.6·drishti + 0.4·busy
    courage   = 0.7·s(resilience) + 0.3·s(zoom)
    devotion  = 0.5·s(harmony) + 0.5·devoted
    worry     = 0.5·klesha + 0.5·pressed
    weariness = 0.6·(1 − prana) + 0.4·busy
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.cogs.consciousness._level import wholeness
from state.journal import Journal
from state.models import UCF

_DAY: Final = timedelta(hours=24)
_BUSY: Final = 40
_DEVOTED: Final = 5
_PRESSED: Final = 3


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened in 24 hours, and how many alerts are open."""

    entries: int
    rituals: int
    open_alerts: int


@dataclass(frozen=True, slots=True)
class Emotion:
    """One emotion, from 0 to 1, and its ingredients."""

    name: str
    value: float
    made_of: str


@dataclass(frozen=True, slots=True)
class Landscape:
    """All seven emotions, strongest first, and the activity they were computed from."""

    emotions: tuple[Emotion, ...]
    activity: Activity


async def fetch_activity(journal: Journal, now: datetime, open_alerts: int) -> Activity:
    """Count the journal entries of the last 24 hours."""
    since = now - _DAY
    return Activity(
        entries=await journal.count(since=since),
        rituals=await journal.count(kinds=("ritual",), since=since),
        open_alerts=open_alerts,
    )


def build_landscape(ucf: UCF, activity: Activity) -> Landscape:
    """Compute the emotions."""
    busy = min(1.0, activity.entries / _BUSY)
    devoted = min(1.0, activity.rituals / _DEVOTED)
    pressed = min(1.0, activity.open_alerts / _PRESSED)
    accord = wholeness("harmony", ucf.harmony)
    strength, scope = wholeness("resilience", ucf.resilience), wholeness("zoom", ucf.zoom)
    found = (
        Emotion("joy", 0.6 * accord + 0.4 * ucf.prana, "harmony, prana"),
        Emotion("calm", 0.7 * (1 - ucf.klesha) + 0.3 * (1 - busy), "little klesha, little to do"),
        Emotion("curiosity", 0.6 * ucf.drishti + 0.4 * busy, "drishti, much going on"),
        Emotion("courage", 0.7 * strength + 0.3 * scope, "resilience, zoom"),
        Emotion("devotion", 0.5 * accord + 0.5 * devoted, "harmony, rituals"),
        Emotion("worry", 0.5 * ucf.klesha + 0.5 * pressed, "klesha, open alerts"),
        Emotion("weariness", 0.6 * (1 - ucf.prana) + 0.4 * busy, "little prana, much to do"),
    )
    return Landscape(tuple(sorted(found, key=lambda one: -one.value)), activity)
