"""Memory that goes back together with a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from core.store.contract import Participant

Captured: TypeAlias = "list[tuple[Participant, object]]"


def capture(participants: Sequence[Participant]) -> Captured:
    """What each holds now."""
    return [(participant, participant.capture()) for participant in participants]


def restore(captured: Captured) -> None:
    """Gives each back what it held."""
    for participant, memory in captured:
        participant.restore(memory)
