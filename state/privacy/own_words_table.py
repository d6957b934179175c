"""The rows in which people's words stand or are quoted; every function works in the open transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from core.store.tx import Tx

# A directive's event is stored just before the event about its end, in the transaction of its journal row.
_SENT_BY_DIRECTIVE: Final = (
    "SELECT sent.seq, after FROM journal "
    "JOIN outbox AS told ON told.at_us = journal.at_us AND told.type = 'directive.finished' "
    "JOIN outbox AS sent ON sent.seq = told.seq - 1 AND sent.at_us >= told.at_us "
    "WHERE kind = 'directive' AND cause = 'directive' AND actor_id = ?"
)
# The command `emit` stores its event just after its journal row, in the same transaction. A later event is
# not its own: the journal is kept longer than the outbox.
_SENT_BY_COMMAND: Final = (
    "SELECT (SELECT seq FROM outbox WHERE type = subject "
    "AND outbox.at_us BETWEEN journal.at_us AND journal.at_us + 1000000 ORDER BY seq LIMIT 1) "
    "FROM journal WHERE kind = 'event' AND actor_id = ?"
)
_QUOTING: Final = (
    "SELECT id, kind, subject, reason, before, after, actor_id FROM journal "
    "WHERE kind IN ('alert', 'context', 'directive') OR reason LIKE 'restored from checkpoint %' ORDER BY id"
)


class Written(msgspec.Struct, frozen=True):
    """A checkpoint with its name or a directive with its text, and who wrote it."""

    id: int
    text: str
    actor_id: int | None


class Said(msgspec.Struct, frozen=True):
    """The columns of a journal row that hold somebody's words."""

    kind: str
    cause: str
    subject: str
    after: str | None
    actor_id: int | None


class Quoting(msgspec.Struct, frozen=True):
    """A journal row that may quote somebody."""

    id: int
    kind: str
    subject: str
    reason: str | None
    before: str | None
    after: str | None
    actor_id: int | None


def checkpoints(tx: Tx) -> list[Written]:
    """All checkpoints."""
    return [Written(*row) for row in tx.execute("SELECT id, name, actor_id FROM contexts ORDER BY id")]


def directives(tx: Tx) -> list[Written]:
    """All directives."""
    return [Written(*row) for row in tx.execute("SELECT id, text, actor_id FROM directives ORDER BY id")]


def said(tx: Tx) -> Iterator[Said]:
    """The journal's rows about checkpoints, directives and alerts."""
    rows = tx.execute(
        "SELECT kind, cause, subject, after, actor_id FROM journal "
        "WHERE kind IN ('alert', 'context', 'directive') ORDER BY kind, id"
    )
    return (Said(*row) for row in rows)


def sent_by_directive(tx: Tx, user_id: int) -> list[tuple[int, str | None]]:
    """Where the outbox would have events of a person's directives, with what the journal says of each."""
    return tx.execute(_SENT_BY_DIRECTIVE, (user_id,)).fetchall()


def sent_by_command(tx: Tx, user_id: int) -> frozenset[int]:
    """Outbox positions of the events that a person sent by command."""
    return frozenset(row[0] for row in tx.execute(_SENT_BY_COMMAND, (user_id,)) if row[0] is not None)


def quoting(tx: Tx) -> list[Quoting]:
    """The journal's rows that may quote somebody."""
    return [Quoting(*row) for row in tx.execute(_QUOTING).fetchall()]


def reword(tx: Tx, row: Quoting) -> int:
    """Stores the texts of a journal row; returns 1, or 0 if it is gone."""
    return tx.execute(
        "UPDATE journal SET subject = ?, reason = ?, before = ?, after = ? WHERE id = ?",
        (row.subject, row.reason, row.before, row.after, row.id),
    ).rowcount


def reword_alert(tx: Tx, alert: int, summary: str, instead: str) -> int:
    """Replaces the summary of an alert and empties its detail, if it has that summary; returns how many."""
    return tx.execute(
        "UPDATE alerts SET summary = ?, detail = '' WHERE id = ? AND summary = ?", (instead, alert, summary)
    ).rowcount


def rename_alert(tx: Tx, alert: int, key: str) -> None:
    """Replaces the key of an alert."""
    tx.execute("UPDATE alerts SET key = ? WHERE id = ?", (key, alert))


def delete_event(tx: Tx, seq: int) -> int:
    """Deletes an outgoing event with its deliveries; returns 1, or 0 if it is gone."""
    return tx.execute("DELETE FROM outbox WHERE seq = ?", (seq,)).rowcount


def events(tx: Tx) -> list[tuple[int, str, Any]]:
    """Position, type and payload of the outgoing events about directives and alerts."""
    return tx.execute(
        "SELECT seq, type, payload FROM outbox "
        "WHERE type IN ('directive.finished', 'alert.raised', 'alert.cleared') ORDER BY seq"
    ).fetchall()


def rewrite_event(tx: Tx, seq: int, payload: bytes) -> int:
    """Replaces the payload of an outgoing event; returns 1, or 0 if it is gone."""
    return tx.execute("UPDATE outbox SET payload = ? WHERE seq = ?", (payload, seq)).rowcount
