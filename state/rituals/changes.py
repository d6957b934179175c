"""What the end of a ritual changes, and its replay: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from core.text.numbers import plain
from state.change import Actor, Change, JournalRow
from state.events import RitualCompleted
from state.journal.differences import ucf_rows
from state.models import METRICS, Snapshot
from state.rituals.folklore import Kind, rank_of
from state.rituals.records import Finish, Ground, Replay, RitualRecord, RitualStatus
from state.rituals.rules import Outcome, conclude, draw


def ground_of(snapshot: Snapshot) -> Ground:
    """The parts of a snapshot that a ritual depends on."""
    return Ground(version=snapshot.version, ucf=snapshot.ucf, folklore=dict(snapshot.folklore))


def applied(
    record: RitualRecord, drawn: Sequence[Kind | None], newest: Snapshot, at: datetime
) -> tuple[RitualRecord, Change]:
    """The record and the change of a ritual that finishes on the newest snapshot."""
    outcome = conclude(record.kind, drawn, newest.ucf, newest.folklore, at)
    finish = Finish(
        before=ground_of(newest),
        ucf=outcome.ucf,
        folklore=outcome.folklore,
        anomalies=outcome.anomalies,
        promotions=outcome.promotions,
    )
    done = msgspec.structs.replace(record, status="done", ended_at=at, step=record.steps, finish=finish)
    event = RitualCompleted(
        ritual=record.id,
        kind=record.kind,
        steps=record.steps,
        started_at=record.started_at,
        finished_at=at,
        before=newest.ucf.as_dict(),
        after=outcome.ucf.as_dict(),
        anomalies=outcome.anomalies,
        promotions=outcome.promotions,
    )
    change = Change(
        ucf=outcome.ucf,
        folklore=outcome.folklore,
        journal=_rows(record, newest, outcome),
        events=(event,),
        source="ritual",
    )
    return done, change


def early_end(
    record: RitualRecord, status: RitualStatus, at: datetime, actor: Actor, reason: str | None
) -> RitualRecord:
    """The record of a ritual that ended without changing anything."""
    return msgspec.structs.replace(record, status=status, ended_at=at, ended_by=actor, reason=reason)


def replayed(record: RitualRecord, finish: Finish, ended_at: datetime) -> Replay:
    """Replays a ritual on the state it was applied to, and lists the numbers that differ.

    Raises:
        UnknownAlgorithm: a later version ran it.
    """
    drawn = draw(record.algorithm, record.kind, record.seed, record.steps)
    outcome = conclude(record.kind, drawn, finish.before.ucf, finish.before.folklore, ended_at)
    return Replay(record=record, ucf=outcome.ucf, differences=tuple(_differences(finish, outcome)))


def _rows(record: RitualRecord, newest: Snapshot, outcome: Outcome) -> tuple[JournalRow, ...]:
    """The journal rows: one for the ritual, one per changed metric, one per promotion."""
    name = f"ritual {record.id}"
    summary = {
        "status": "done",
        "kind": record.kind,
        "steps": record.steps,
        "anomalies": outcome.anomalies,
        "promotions": outcome.promotions,
    }
    by_ritual = msgspec.structs.replace(record.actor, cause="ritual")
    rows = [
        record.actor.row("ritual", str(record.id), after=summary),
        *ucf_rows(newest.ucf, outcome.ucf, by_ritual, reason=name),
    ]
    for promotion in outcome.promotions:
        kind, _, rank = promotion.partition(": ")
        known = newest.folklore.get(kind)
        was = None if known is None else rank_of(known.encounters)
        rows.append(by_ritual.row("folklore", kind, reason=name, before=was, after=rank))
    return tuple(rows)


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
