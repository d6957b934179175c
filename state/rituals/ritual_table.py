"""Rituals in the database; every function works in the open transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.store.moments import columns_of, fields_of, to_us
from core.store.tx import Row, Rows, Tx
from state.change import Actor
from state.rituals.records import Finish, Ground, RitualRecord

_SELECT: Final = (
    "SELECT id, kind, steps, seed, algorithm, status, started_us, ended_us, step, key, place, start, finish, "
    "cause, actor, actor_id, ended_cause, ended_by, ended_by_id, reason FROM rituals"
)
_COLUMNS: Final = columns_of(_SELECT)
_PRUNE_CHUNK: Final = 500


def insert(tx: Tx, record: RitualRecord) -> RitualRecord:
    """Inserts a ritual that starts; returns it with its id, which is also its seed."""
    (number,) = tx.execute(
        "INSERT INTO rituals (kind, steps, seed, algorithm, status, started_us, key, place, start, "
        "cause, actor, actor_id) VALUES (?, ?, 0, ?, 'running', ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            record.kind,
            record.steps,
            record.algorithm,
            to_us(record.started_at),
            record.key,
            record.place,
            msgspec.json.encode(record.start).decode(),
            record.actor.cause,
            record.actor.name,
            record.actor.id,
        ),
    ).fetchone()
    ritual = int(number)
    tx.execute("UPDATE rituals SET seed = id WHERE id = ?", (ritual,))
    return msgspec.structs.replace(record, id=ritual, seed=ritual)


def update(tx: Tx, record: RitualRecord) -> None:
    """Stores how a ritual ended."""
    ended_by = record.ended_by
    tx.execute(
        "UPDATE rituals SET status = ?, ended_us = ?, step = ?, finish = ?, ended_cause = ?, ended_by = ?, "
        "ended_by_id = ?, reason = ? WHERE id = ?",
        (
            record.status,
            None if record.ended_at is None else to_us(record.ended_at),
            record.step,
            None if record.finish is None else msgspec.json.encode(record.finish).decode(),
            None if ended_by is None else ended_by.cause,
            None if ended_by is None else ended_by.name,
            None if ended_by is None else ended_by.id,
            record.reason,
            record.id,
        ),
    )


def find(tx: Tx, ritual: int) -> RitualRecord | None:
    """The ritual with this id; None if there is none."""
    return _one(tx.execute(f"{_SELECT} WHERE id = ?", (ritual,)))


def find_done(tx: Tx, key: str) -> RitualRecord | None:
    """The finished ritual with this key; None if there is none."""
    return _one(tx.execute(f"{_SELECT} WHERE key = ? AND status = 'done'", (key,)))


def find_last_at(tx: Tx, place: str) -> RitualRecord | None:
    """The newest finished ritual held at a place; None if there is none."""
    query = f"{_SELECT} WHERE place = ? AND status = 'done' ORDER BY id DESC LIMIT 1"
    return _one(tx.execute(query, (place,)))


def find_last_of(tx: Tx, actor_id: int, place: str) -> RitualRecord | None:
    """The newest ritual that this person started at a place, whatever its status."""
    query = f"{_SELECT} WHERE actor_id = ? AND place = ? ORDER BY id DESC LIMIT 1"
    return _one(tx.execute(query, (actor_id, place)))


def find_last(tx: Tx) -> RitualRecord | None:
    """The newest ritual that has ended, whatever its status."""
    return _one(tx.execute(f"{_SELECT} WHERE status != 'running' ORDER BY id DESC LIMIT 1"))


def find_running(tx: Tx) -> tuple[RitualRecord, ...]:
    """The rituals without an end."""
    rows = tx.execute(f"{_SELECT} WHERE status = 'running' ORDER BY id")
    return tuple(_record(row) for row in rows)


def page(tx: Tx, offset: int, limit: int) -> tuple[RitualRecord, ...]:
    """One page of them, newest first."""
    rows = tx.execute(f"{_SELECT} ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset))
    return tuple(_record(row) for row in rows)


def count(tx: Tx) -> int:
    """How many are stored."""
    return int(tx.execute("SELECT count(*) FROM rituals").fetchone()[0])


def prune(tx: Tx, older_than: datetime) -> int:
    """Deletes a batch of rituals that ended before a time; returns how many."""
    return tx.execute(
        "DELETE FROM rituals WHERE id IN (SELECT id FROM rituals WHERE ended_us < ? ORDER BY id LIMIT ?)",
        (to_us(older_than), _PRUNE_CHUNK),
    ).rowcount


def _one(rows: Rows) -> RitualRecord | None:
    row = rows.fetchone()
    return None if row is None else _record(row)


def _record(row: Row) -> RitualRecord:
    fields = fields_of(_COLUMNS, row)
    ended_by = [fields.pop(column) for column in ("ended_cause", "ended_by", "ended_by_id")]
    finish = fields.pop("finish")
    return RitualRecord(
        actor=Actor(fields.pop("cause"), fields.pop("actor"), fields.pop("actor_id")),
        ended_by=None if ended_by[0] is None else Actor(*ended_by),
        start=msgspec.json.decode(fields.pop("start"), type=Ground),
        finish=None if finish is None else msgspec.json.decode(finish, type=Finish),
        **fields,
    )
