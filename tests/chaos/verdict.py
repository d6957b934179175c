"""What has to be true at the end, read from the database and from those who received."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeAlias

import psycopg

from tests.chaos.receiver import Deliveries
from tests.chaos.senders import METRICS, Senders, Sent

_EXACT: Final = 1e-9
# Where to find the one row of the journal that an effect leaves.
_JOURNAL: Final = {
    "ucf.update": "SELECT reason FROM journal WHERE kind = 'ucf'",
    "agent.heartbeat": "SELECT after FROM journal WHERE kind = 'report'",
    "context.archive": "SELECT subject FROM journal WHERE kind = 'context'",
}


# A file of SQLite, or the address of a database on PostgreSQL.
Database: TypeAlias = Path | str


def _open(database: Database) -> closing[Any]:
    if isinstance(database, str):
        return closing(psycopg.connect(database, autocommit=True))
    return closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30))


def read_ucf(database: Database) -> dict[str, float]:
    """The six numbers as they are in the database."""
    with _open(database) as connection:
        found = json.loads(connection.execute("SELECT ucf FROM snapshot").fetchone()[0])
    return {name: float(found[name]) for name in METRICS}


def unfinished(database: Database) -> int:
    """How many handlings and deliveries are not over."""
    with _open(database) as connection:
        return int(
            connection.execute(
                "SELECT (SELECT count(*) FROM handling WHERE status NOT IN ('done', 'dead')) "
                "+ (SELECT count(*) FROM deliveries WHERE status = 'waiting')"
            ).fetchone()[0]
        )


def judge(
    database: Database,
    senders: Senders,
    posts: Mapping[str, int],
    deliveries: Deliveries,
    before: Mapping[str, float],
) -> list[str]:
    """What is wrong, a sentence for each; nothing lost and nothing doubled gives none."""
    with _open(database) as connection:
        return [
            *senders.faults,
            *_kept(connection, senders.sent),
            *_effects(connection, senders.sent, posts),
            *_numbers(senders.sent, before, read_ucf(database)),
            *_delivered(connection, deliveries),
        ]


def _kept(connection: Any, sent: list[Sent]) -> Iterator[str]:
    kept: dict[str, str] = dict(connection.execute("SELECT key, id FROM inbox"))
    for each in sent:
        found = kept.pop(each.key, None)
        if found is None:
            yield f"lost: {each.key} ({each.kind}) was answered {each.id}, and is not in the inbox"
        elif found != each.id:
            yield f"doubled: {each.key} was answered {each.id}, and is kept as {found}"
    for key in kept:
        yield f"kept, though its sender was never told: {key}"
    for event, handler, status, error in connection.execute(
        "SELECT id, handler, status, error FROM handling JOIN inbox ON seq = event WHERE status <> 'done'"
    ):
        yield f"not done: {event} at {handler} is {status} ({error})"


def _effects(connection: Any, sent: list[Sent], posts: Mapping[str, int]) -> Iterator[str]:
    found: dict[str, Mapping[str, int]] = {
        kind: Counter(_marked(kind, row[0]) for row in connection.execute(query))
        for kind, query in _JOURNAL.items()
    }
    found["message.post"] = posts
    for each in sent:
        times = found[each.kind].get(each.mark, 0)
        if times != 1:
            yield f"{'lost' if times == 0 else 'doubled'}: {each.kind} {each.id} took effect {times} times"


def _marked(kind: str, found: str) -> str:
    text = json.loads(found)["task"] if kind == "agent.heartbeat" else found
    return str(text).partition(" (")[0]


def _numbers(sent: list[Sent], before: Mapping[str, float], now: Mapping[str, float]) -> Iterator[str]:
    for name in METRICS:
        shifts = (each.shift[1] for each in sent if each.shift is not None and each.shift[0] == name)
        wanted = math.fsum((before[name], *shifts))
        if abs(now[name] - wanted) > _EXACT:
            yield f"{name} is {now[name]!r}, and the shifts make {wanted!r}"


def _delivered(connection: Any, deliveries: Deliveries) -> Iterator[str]:
    for event, kind, payload in connection.execute("SELECT id, type, payload FROM outbox"):
        bodies = deliveries.bodies.get(event)
        if bodies is None:
            yield f"never delivered: {kind} {event}"
        elif set(bodies) != {bytes(payload)}:
            yield f"delivered with {len(bodies)} bodies: {kind} {event}"
    changes = connection.execute("SELECT count(*) FROM outbox WHERE type = 'ucf.changed'").fetchone()[0]
    rows = connection.execute("SELECT count(*) FROM journal WHERE kind = 'ucf'").fetchone()[0]
    if changes != rows:
        yield f"{rows} changes of the numbers, and {changes} events that tell of them"
    for number, status in connection.execute("SELECT id, status FROM deliveries WHERE status <> 'delivered'"):
        yield f"delivery {number} is {status}"
