"""Schedules in the database; every function works in the open transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.store.moments import columns_of, fields_of, to_us
from core.store.tx import Tx
from state.change import Actor

_SELECT: Final = (
    "SELECT id, rule, steps, created_us, next_us, last_us, last_ritual, cause, actor, actor_id "
    "FROM schedules ORDER BY id"
)
_COLUMNS: Final = columns_of(_SELECT)


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule that starts rituals.

    Attributes:
        rule: when, as `schedule_rules.parse_rule` reads it.
        steps: steps of each ritual.
        next_at: when the next run is due.
        last_at: when the last run was due; None before the first.
        last_ritual: the id of the last run's ritual.
        actor: who created it.
    """

    id: int
    rule: str
    steps: int
    created_at: datetime
    next_at: datetime
    actor: Actor
    last_at: datetime | None = None
    last_ritual: int | None = None


def insert(tx: Tx, schedule: Schedule) -> Schedule:
    """Inserts a schedule; returns it with its id."""
    (number,) = tx.execute(
        "INSERT INTO schedules (rule, steps, created_us, next_us, cause, actor, actor_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            schedule.rule,
            schedule.steps,
            to_us(schedule.created_at),
            to_us(schedule.next_at),
            schedule.actor.cause,
            schedule.actor.name,
            schedule.actor.id,
        ),
    ).fetchone()
    return msgspec.structs.replace(schedule, id=int(number))


def update(tx: Tx, schedule: Schedule) -> None:
    """Stores the times of the next and the last run."""
    tx.execute(
        "UPDATE schedules SET next_us = ?, last_us = ?, last_ritual = ? WHERE id = ?",
        (
            to_us(schedule.next_at),
            None if schedule.last_at is None else to_us(schedule.last_at),
            schedule.last_ritual,
            schedule.id,
        ),
    )


def delete(tx: Tx, schedule: int) -> None:
    """Deletes a schedule."""
    tx.execute("DELETE FROM schedules WHERE id = ?", (schedule,))


def read_all(tx: Tx) -> tuple[Schedule, ...]:
    """All schedules, by id."""
    rows = (fields_of(_COLUMNS, row) for row in tx.execute(_SELECT))
    return tuple(
        Schedule(actor=Actor(row.pop("cause"), row.pop("actor"), row.pop("actor_id")), **row) for row in rows
    )
