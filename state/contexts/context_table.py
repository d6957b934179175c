"""Checkpoints in the database; every function works in the open transaction."""

from __future__ import annotations

from typing import Final

import msgspec

from core.store.moments import from_us, to_us
from core.store.tx import Sql, Tx
from state.change import Actor
from state.contexts.records import Content, Context, ContextBrief, RitualThen, fold

# Limits per person, per program (such as an hourly webhook) and in all. Beyond a limit its oldest are
# deleted, so that one person cannot crowd out the others.
MOST_PER_PERSON: Final = 50
MOST_PER_PROGRAM: Final = 100
MOST: Final = 500

_NOTE_LENGTH: Final = 500
_RITUALS_KEPT: Final = 5
_SELECT: Final = (
    "SELECT id, at_us, name, version, actor, note, "
    "NOT EXISTS (SELECT 1 FROM contexts AS later WHERE later.folded = contexts.folded "
    "AND later.id > contexts.id)"
)
_PAGE: Final = Sql(
    sqlite=f"{_SELECT} FROM contexts WHERE instr(folded, ?) AND id <= ? ORDER BY id DESC LIMIT ?",
    postgres=f"{_SELECT} FROM contexts WHERE strpos(folded, ?) > 0 AND id <= ? ORDER BY id DESC LIMIT ?",
)


def insert(tx: Tx, context: Context, actor: Actor) -> Context:
    """Inserts a checkpoint and returns it with its id; deletes the oldest beyond the limits."""
    (number,) = tx.execute(
        "INSERT INTO contexts (at_us, name, folded, version, cause, actor, actor_id, note, content) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            to_us(context.at),
            context.name,
            fold(context.name),
            context.version,
            actor.cause,
            actor.name,
            actor.id,
            context.note and context.note[:_NOTE_LENGTH],
            msgspec.json.encode(context.content).decode(),
        ),
    ).fetchone()
    _make_room(tx, actor)
    return msgspec.structs.replace(context, id=int(number))


def find(tx: Tx, number: int | None, folded: str) -> Context | None:
    """The checkpoint with that id or, without an id, the newest with that folded name."""
    where, value = ("id = ?", number) if number is not None else ("folded = ?", folded)
    query = f"{_SELECT}, content FROM contexts WHERE {where} ORDER BY id DESC LIMIT 1"
    row = tx.execute(query, (value,)).fetchone()
    if row is None:
        return None
    content = msgspec.json.decode(row[7], type=Content)
    return Context(**msgspec.structs.asdict(_brief(row)), content=content)


def find_noted(tx: Tx, name: str, cause: str, note: str) -> int | None:
    """The id of a checkpoint with this name and note, made by this cause; None if there is none."""
    row = tx.execute(
        "SELECT id FROM contexts WHERE folded = ? AND cause = ? AND note = ? ORDER BY id LIMIT 1",
        (fold(name), cause, note),
    ).fetchone()
    return None if row is None else int(row[0])


def page(tx: Tx, containing: str, newest_id: int | None) -> tuple[ContextBrief, ...]:
    """Those whose folded name contains a text, newest first, up to `newest_id`."""
    rows = tx.execute(
        _PAGE,
        (containing, 2**62 if newest_id is None else newest_id, MOST),
    )
    return tuple(_brief(row) for row in rows)


def distinct_names(tx: Tx) -> list[str]:
    """Every name as it was written, newest first."""
    rows = tx.execute("SELECT name FROM contexts GROUP BY name ORDER BY max(id) DESC")
    return [str(row[0]) for row in rows]


def restorable_names(tx: Tx) -> tuple[str, ...]:
    """Every name without duplicates, ignoring case, newest first."""
    rows = tx.execute(
        "SELECT name FROM contexts WHERE id IN (SELECT max(id) FROM contexts GROUP BY folded) "
        "ORDER BY id DESC"
    )
    return tuple(str(row[0]) for row in rows)


def last_rituals(tx: Tx) -> tuple[RitualThen, ...]:
    """The last finished rituals, newest first, as a checkpoint stores them."""
    rows = tx.execute(
        "SELECT id, kind, steps, ended_us FROM rituals WHERE status = 'done' ORDER BY id DESC LIMIT ?",
        (_RITUALS_KEPT,),
    )
    return tuple(
        RitualThen(id=row[0], kind=row[1], steps=row[2], finished_at=from_us(row[3])) for row in rows
    )


def _brief(row: tuple[int, int, str, int, str | None, str | None, int]) -> ContextBrief:
    return ContextBrief(
        id=row[0],
        at=from_us(row[1]),
        name=row[2],
        version=row[3],
        actor=row[4],
        note=row[5],
        newest=bool(row[6]),
    )


def _make_room(tx: Tx, actor: Actor) -> None:
    if actor.id is not None:
        tx.execute(
            "DELETE FROM contexts WHERE actor_id = ?1 AND id NOT IN "
            "(SELECT id FROM contexts WHERE actor_id = ?1 ORDER BY id DESC LIMIT ?2)",
            (actor.id, MOST_PER_PERSON),
        )
    else:
        tx.execute(
            "DELETE FROM contexts WHERE actor_id IS NULL AND cause = ?1 AND id NOT IN "
            "(SELECT id FROM contexts WHERE actor_id IS NULL AND cause = ?1 ORDER BY id DESC LIMIT ?2)",
            (actor.cause, MOST_PER_PROGRAM),
        )
    tx.execute(
        "DELETE FROM contexts WHERE id NOT IN (SELECT id FROM contexts ORDER BY id DESC LIMIT ?)", (MOST,)
    )
