"""The list of all places in the database that name people, and the statements that erase a person there.

Every table with a column for a person's id or name belongs here; a test fails for a missing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from core.store.names import with_names
from core.store.tx import Row, Sql, Tx

# Replaces words in columns that must not be empty.
FORGOTTEN: Final = "forgotten"
# All tables but those of the search, which triggers fill from the others.
_TABLES: Final = Sql(
    sqlite="SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "AND name NOT LIKE 'search%' ORDER BY name",
    postgres="SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
    "AND tablename NOT LIKE 'search%' ORDER BY tablename",
)


class Personal(msgspec.Struct, frozen=True):
    """One place that names people.

    Attributes:
        who: the column of the id.
        names: columns of the name.
        words: columns of the person's words, which are erased with the name.
        instead: for columns with their words that must not be empty: SQL for the replacement.
    """

    table: str
    who: str
    names: tuple[str, ...]
    words: tuple[str, ...] = ()
    instead: Mapping[str, str] = {}


# Journal kinds whose subject and values are words of Helix or the server. In all other kinds they may be the
# person's own words.
_OURS: Final = (
    "'agent', 'alert', 'backup', 'breaker', 'cache', 'cog', 'content', 'event', 'flag', 'folklore', 'halt', "
    "'icon', 'report', 'ritual', 'roles', 'schedule', 'self-test', 'setup', 'storage', 'ucf', 'webhook', "
    "'welcome'"
)
# The action may be unknown, and then it is what the person typed.
_UNKNOWN_ACTION: Final = "status = 'refused' AND result LIKE '%(humility)'"
_OPEN: Final = "status IN ('queued', 'running')"

PERSONAL: Final = (
    # The words in its JSON are erased before, row by row.
    Personal(
        "journal",
        "actor_id",
        ("actor",),
        ("reason",),
        {
            "subject": f"CASE WHEN kind IN ({_OURS}, 'context', 'directive') "
            "OR (kind = 'policy' AND before <> '\"humility\"') "
            f"THEN subject ELSE '{FORGOTTEN}' END",
            "before": f"CASE WHEN kind IN ({_OURS}, 'context', 'directive', 'policy') THEN before END",
            "after": f"CASE WHEN kind IN ({_OURS}, 'context', 'directive', 'policy') THEN after END",
        },
    ),
    Personal("rituals", "actor_id", ("actor",)),
    Personal("rituals", "ended_by_id", ("ended_by",), ("reason",)),
    Personal("schedules", "actor_id", ("actor",)),
    Personal("alerts", "acked_by_id", ("acked_by",)),
    Personal(
        "contexts",
        "actor_id",
        ("actor",),
        ("note",),
        dict.fromkeys(("name", "folded"), f"'{FORGOTTEN} ' || id"),
    ),
    Personal(
        "directives",
        "actor_id",
        ("actor",),
        ("key", "result"),
        {
            **dict.fromkeys(
                ("text", "action"), f"CASE WHEN {_UNKNOWN_ACTION} THEN '{FORGOTTEN}' ELSE action END"
            ),
            "arguments": "'{}'",
            # It cannot run without its arguments.
            "status": f"CASE WHEN {_OPEN} THEN 'cancelled' ELSE status END",
            "finished_us": f"CASE WHEN {_OPEN} THEN coalesce(started_us, queued_us) ELSE finished_us END",
        },
    ),
    Personal("manus", "actor_id", ("actor",), ("reason",)),
    Personal("backups", "actor_id", ("actor",)),
)


def names_at(tx: Tx, place: Personal, user_id: int) -> set[str]:
    """The names of a person at a place."""
    names: set[str] = set()
    for column in place.names:
        query = with_names(
            "SELECT DISTINCT {column} FROM {table} WHERE {who} = ?",
            column=column,
            table=place.table,
            who=place.who,
        )
        names |= {row[0] for row in tx.execute(query, (user_id,)) if row[0]}
    return names


def blank(tx: Tx, place: Personal, user_id: int) -> int:
    """Erases a person at a place; returns the number of rows."""
    values = dict.fromkeys((*place.names, *place.words, place.who), "NULL") | dict(place.instead)
    blanks = ", ".join(f"{column} = {value}" for column, value in values.items())
    update = with_names("UPDATE {table} SET ", table=place.table)
    of_person = with_names(" WHERE {who} = ?", who=place.who)
    return tx.execute(f"{update}{blanks}{of_person}", (user_id,)).rowcount


def journal_values(tx: Tx, user_id: int) -> list[tuple[int, str, str | None]]:
    """Id, kind and value of a person's journal rows whose value says which of their words stay."""
    return tx.execute(
        "SELECT id, kind, after FROM journal WHERE actor_id = ? AND kind IN ('context', 'directive') "
        "ORDER BY id",
        (user_id,),
    ).fetchall()


def set_subject(tx: Tx, number: int, subject: str) -> None:
    """Replaces the subject of a journal row."""
    tx.execute("UPDATE journal SET subject = ? WHERE id = ?", (subject, number))


def set_after(tx: Tx, number: int, after: str | None) -> None:
    """Replaces the value of a journal row."""
    tx.execute("UPDATE journal SET after = ? WHERE id = ?", (after, number))


def erase_log(tx: Tx, user_id: int) -> None:
    """Deletes the logs of a person's directives, which may quote their arguments."""
    tx.execute(
        "DELETE FROM directive_log WHERE directive IN (SELECT id FROM directives WHERE actor_id = ?)",
        (user_id,),
    )


def remembered(tx: Tx) -> list[tuple[str, str, str]]:
    """Scope, key and value of all key-value entries."""
    return tx.execute("SELECT scope, key, value FROM remembered ORDER BY scope, key").fetchall()


def forget_remembered(tx: Tx, scope: str, key: str) -> None:
    """Deletes a key-value entry."""
    tx.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key))


def tables(tx: Tx) -> list[str]:
    """The names of all tables that people's words may be in."""
    return [str(name) for (name,) in tx.execute(_TABLES).fetchall()]


def rows_of(tx: Tx, table: str) -> Iterable[Row]:
    """All rows of a table."""
    return tx.execute(with_names("SELECT * FROM {table}", table=table))
