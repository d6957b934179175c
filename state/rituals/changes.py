"""The changes that the end of a ritual makes: pure functions of the newest snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from state.change import Actor, Change, JournalRow
from state.events import RitualCompleted
from state.models import METRICS, Snapshot
from state.rituals.folklore import Kind, rank_of
from state.rituals.records import Finish, Ground, RitualRecord, RitualStatus
from state.rituals.rules import Outcome, conclude


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


def _rows(record: RitualRecord, newest: Snapshot, outcome: Outcome) -> tuple[JournalRow, ...]:
    """The journal rows: one for the ritual, one per changed metric, one per promotion."""
    name = f"ritual {record.id}"
    told = {
        "status": "done",
        "kind": record.kind,
        "steps": record.steps,
        "anomalies": outcome.anomalies,
        "promotions": outcome.promotions,
    }
    rows = [record.actor.row("ritual", str(record.id), after=told)]
    before, after = newest.ucf.as_dict(), outcome.ucf.as_dict()
    by_ritual = msgspec.structs.replace(record.actor, cause="ritual")
    rows += [
        by_ritual.row("ucf", metric, reason=name, before=before[metric], after=after[metric])
        for metric in METRICS
        if before[metric] != after[metric]
    ]
    for promotion in outcome.promotions:
        kind, _, rank = promotion.partition(": ")
        known = newest.folklore.get(kind)
        was = None if known is None else rank_of(known.encounters)
        rows.append(by_ritual.row("folklore", kind, reason=name, before=was, after=rank))
    return tuple(rows)
