"""Schedules as they stand in the database."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from core.store.moments import from_us, to_us
from state.change import Actor


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Rituals by themselves.

    Attributes:
        rule: when, as `schedule_rules.parse_rule` reads it.
        steps: of each ritual.
        next_at: when the next run is due.
        last_at: when the last one was; None before the first.
        last_ritual: that run's ritual.
        actor: who made it.
    """

    id: int
    rule: str
    steps: int
    created_at: datetime
    next_at: datetime
    actor: Actor
    last_at: datetime | None = None
    last_ritual: int | None = None


def insert(connection: sqlite3.Connection, schedule: Schedule) -> Schedule:
    """Keeps a new one; gives it with its id."""
    cursor = connection.execute(
        "INSERT INTO schedules (rule, steps, created_us, next_us, cause, actor, actor_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            schedule.rule,
            schedule.steps,
            to_us(schedule.created_at),
            to_us(schedule.next_at),
            schedule.actor.cause,
            schedule.actor.name,
            schedule.actor.id,
        ),
    )
    return msgspec.structs.replace(schedule, id=int(cursor.lastrowid or 0))


def update(connection: sqlite3.Connection, schedule: Schedule) -> None:
    """Keeps when it runs next, and when it ran last."""
    connection.execute(
        "UPDATE schedules SET next_us = ?, last_us = ?, last_ritual = ? WHERE id = ?",
        (
            to_us(schedule.next_at),
            None if schedule.last_at is None else to_us(schedule.last_at),
            schedule.last_ritual,
            schedule.id,
        ),
    )


def delete(connection: sqlite3.Connection, schedule: int) -> None:
    """Forgets it."""
    connection.execute("DELETE FROM schedules WHERE id = ?", (schedule,))


def read_all(connection: sqlite3.Connection) -> tuple[Schedule, ...]:
    """Every one of them."""
    rows = connection.execute(
        "SELECT id, rule, steps, created_us, next_us, last_us, last_ritual, cause, actor, actor_id "
        "FROM schedules ORDER BY id"
    )
    return tuple(
        Schedule(
            id=row[0],
            rule=row[1],
            steps=row[2],
            created_at=from_us(row[3]),
            next_at=from_us(row[4]),
            last_at=None if row[5] is None else from_us(row[5]),
            last_ritual=row[6],
            actor=Actor(row[7], row[8], row[9]),
        )
        for row in rows
    )
