"""Directives in the database; every function works in the open transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from core.store.moments import columns_of, fields_of, from_us, to_us
from core.store.tx import Rows, Tx
from state.change import Actor
from state.directives.policy import Rank
from state.directives.records import STATUSES, Directive, DirectiveStatus, Halt, LogLine

# Number of directives kept; the journal keeps their effects longer.
KEPT: Final = 1_000
LOG_LINES: Final = 100
_LINE_LENGTH: Final = 300
_RESULT_LENGTH: Final = 600
_SELECT: Final = (
    "SELECT id, text, action, arguments, rank, cause, actor, actor_id, status, result, attempts, queued_us, "
    "started_us, finished_us FROM directives"
)
_COLUMNS: Final = columns_of(_SELECT)


def next_number(tx: Tx) -> int:
    """The id of the next new directive; no id is used twice, since the newest one is never deleted."""
    return int(tx.execute("SELECT coalesce(max(id), 0) + 1 FROM directives").fetchone()[0])


def insert(tx: Tx, directive: Directive, key: str | None) -> None:
    """Inserts a new directive, and deletes old finished ones."""
    actor = directive.actor
    tx.execute(
        "INSERT INTO directives (id, key, text, action, arguments, rank, cause, actor, actor_id, status, "
        "result, queued_us, finished_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            directive.id,
            key,
            directive.text,
            directive.action,
            msgspec.json.encode(directive.arguments).decode(),
            int(directive.rank),
            actor.cause,
            actor.name,
            actor.id,
            directive.status,
            directive.result,
            to_us(directive.queued_at),
            None if directive.finished_at is None else to_us(directive.finished_at),
        ),
    )
    tx.execute(
        "DELETE FROM directives WHERE id <= ? AND status NOT IN ('queued', 'running')", (directive.id - KEPT,)
    )


def find(tx: Tx, number: int) -> Directive | None:
    """The directive with that id; None if there is none."""
    return _one(tx.execute(f"{_SELECT} WHERE id = ?", (number,)))


def find_key(tx: Tx, key: str) -> Directive | None:
    """The directive with this key; None if there is none."""
    return _one(tx.execute(f"{_SELECT} WHERE key = ?", (key,)))


def newest(tx: Tx, limit: int) -> tuple[Directive, ...]:
    """Open directives in the order in which they run, then the others, newest first."""
    query = (
        f"{_SELECT} ORDER BY "
        "CASE status WHEN 'running' THEN 0 WHEN 'queued' THEN 1 ELSE 2 END, "
        "CASE WHEN status IN ('running', 'queued') THEN id ELSE -id END LIMIT ?"
    )
    return tuple(_directive(row) for row in tx.execute(query, (limit,)))


def next_queued(tx: Tx) -> Directive | None:
    """The next directive to run; None if none is queued."""
    return _one(tx.execute(f"{_SELECT} WHERE status = 'queued' ORDER BY id LIMIT 1"))


def find_running(tx: Tx) -> tuple[Directive, ...]:
    """Directives running when the process ended."""
    query = f"{_SELECT} WHERE status = 'running' ORDER BY id"
    return tuple(_directive(row) for row in tx.execute(query))


def update(tx: Tx, directive: Directive) -> None:
    """Updates status, result, attempts and times of a directive."""
    tx.execute(
        "UPDATE directives SET status = ?, result = ?, attempts = ?, started_us = ?, finished_us = ? "
        "WHERE id = ?",
        (
            directive.status,
            None if directive.result is None else directive.result[:_RESULT_LENGTH],
            directive.attempts,
            None if directive.started_at is None else to_us(directive.started_at),
            None if directive.finished_at is None else to_us(directive.finished_at),
            directive.id,
        ),
    )


def add_line(tx: Tx, number: int, at: datetime, text: str) -> None:
    """Adds a line to a directive's log, and deletes its oldest lines beyond the limit."""
    tx.execute(
        "INSERT INTO directive_log (directive, at_us, text) VALUES (?, ?, ?)",
        (number, to_us(at), text[:_LINE_LENGTH]),
    )
    tx.execute(
        "DELETE FROM directive_log WHERE directive = ?1 AND id NOT IN "
        "(SELECT id FROM directive_log WHERE directive = ?1 ORDER BY id DESC LIMIT ?2)",
        (number, LOG_LINES),
    )


def log_of(tx: Tx, number: int) -> tuple[LogLine, ...]:
    """A directive's log, oldest line first."""
    query = "SELECT at_us, text FROM directive_log WHERE directive = ? ORDER BY id"
    return tuple(LogLine(from_us(at_us), text) for at_us, text in tx.execute(query, (number,)))


def counts(tx: Tx) -> Mapping[DirectiveStatus, int]:
    """Number of directives by status."""
    found = dict(tx.execute("SELECT status, count(*) FROM directives GROUP BY status").fetchall())
    return {status: int(found.get(status, 0)) for status in STATUSES}


_LOAD: Final = (
    "SELECT count(*) FILTER (WHERE status IN ('queued', 'running')), "
    "count(*) FILTER (WHERE queued_us >= ? AND status != 'refused') FROM directives"
)


def load_of(tx: Tx, actor: Actor, since: datetime) -> tuple[int, int]:
    """Number of an asker's open directives, and of all accepted since a time."""
    who = "actor_id = ?" if actor.id is not None else "actor_id IS NULL AND cause = ?"
    row = tx.execute(
        f"{_LOAD} WHERE {who}", (to_us(since), actor.cause if actor.id is None else actor.id)
    ).fetchone()
    return int(row[0]), int(row[1])


def cap_times(tx: Tx, now: datetime) -> None:
    """Sets future request times to now, so that they count for one hour in an asker's limit."""
    tx.execute("UPDATE directives SET queued_us = ?1 WHERE queued_us > ?1", (to_us(now),))


def read_halt(tx: Tx) -> Halt | None:
    """The present halt; None if there is none."""
    row = tx.execute("SELECT since_us, cause, actor, actor_id, reason FROM manus").fetchone()
    if row is None:
        return None
    return Halt(since=from_us(row[0]), actor=Actor(row[1], row[2], row[3]), reason=row[4])


def write_halt(tx: Tx, halt: Halt | None) -> None:
    """Stores a halt, or its end."""
    tx.execute("DELETE FROM manus")
    if halt is not None:
        tx.execute(
            "INSERT INTO manus (id, since_us, cause, actor, actor_id, reason) VALUES (1, ?, ?, ?, ?, ?)",
            (to_us(halt.since), halt.actor.cause, halt.actor.name, halt.actor.id, halt.reason),
        )


def _one(rows: Rows) -> Directive | None:
    row = rows.fetchone()
    return None if row is None else _directive(row)


def _directive(row: tuple[Any, ...]) -> Directive:
    fields = fields_of(_COLUMNS, row)
    return Directive(
        arguments=msgspec.json.decode(fields.pop("arguments"), type=dict[str, object]),
        rank=Rank(fields.pop("rank")),
        actor=Actor(fields.pop("cause"), fields.pop("actor"), fields.pop("actor_id")),
        **fields,
    )
