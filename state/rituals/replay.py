"""Replays a ritual and compares the result with what was stored."""

from __future__ import annotations

from datetime import datetime

from core.text.numbers import plain
from state.models import METRICS
from state.rituals.records import Finish, Replay, RitualRecord
from state.rituals.rules import Outcome, play


def replayed(record: RitualRecord, finish: Finish, ended_at: datetime) -> Replay:
    """Replays a ritual on the state it was applied to, and lists the numbers that differ.

    Raises:
        UnknownAlgorithm: a later version ran it.
    """
    outcome = play(
        algorithm=record.algorithm,
        kind=record.kind,
        seed=record.seed,
        steps=record.steps,
        ucf=finish.before.ucf,
        folklore=finish.before.folklore,
        at=ended_at,
    )
    return Replay(record=record, ucf=outcome.ucf, differences=tuple(_differences(finish, outcome)))


def _differences(kept: Finish, now: Outcome) -> list[str]:
    found = [
        f"{name}: kept {plain(getattr(kept.ucf, name))}, now {plain(getattr(now.ucf, name))}"
        for name in METRICS
        if getattr(kept.ucf, name) != getattr(now.ucf, name)
    ]
    for kind in sorted(kept.folklore.keys() | now.folklore.keys()):
        before, after = kept.folklore.get(kind), now.folklore.get(kind)
        if before != after:
            counts = (0 if one is None else one.encounters for one in (before, after))
            found.append("folklore of {}: kept {}, now {}".format(kind, *counts))
    found += [
        f"{kind} anomalies: kept {kept.anomalies.get(kind, 0)}, now {now.anomalies.get(kind, 0)}"
        for kind in sorted(kept.anomalies.keys() | now.anomalies.keys())
        if kept.anomalies.get(kind, 0) != now.anomalies.get(kind, 0)
    ]
    if kept.promotions != now.promotions:
        found.append(f"promotions: kept {list(kept.promotions)}, now {list(now.promotions)}")
    return found
