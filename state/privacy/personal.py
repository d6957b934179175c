"""The list of all places in the database that name people, by which `forget` erases a person.

Every table with a column for a person's id or name belongs here; a test fails for a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from core.store.tx import Tx
from state.privacy._own_words import FORGOTTEN, erase_quotations, find_own_words


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
    Personal(
        "journal",
        "actor_id",
        ("actor",),
        ("reason",),
        {
            "subject": f"CASE WHEN kind IN ({_OURS}, 'directive') "
            "OR (kind = 'policy' AND before <> '\"humility\"') "
            "OR (kind = 'context' AND json_valid(after) AND after -> '$.restored' IS NOT NULL) "
            f"THEN subject ELSE '{FORGOTTEN}' END",
            "before": f"CASE WHEN kind IN ({_OURS}, 'context', 'directive', 'policy') THEN before END",
            "after": f"CASE WHEN kind IN ({_OURS}, 'context', 'policy') THEN after "
            "WHEN kind = 'directive' AND json_valid(after) AND json_type(after) = 'object' "
            f"THEN json_set(after, '$.task', '{FORGOTTEN}') END",
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


# End of the scopes of what buttons store. Only these contain people's words; all others contain ids and our
# own words, which must not be deleted for a person called, say, "alerts".
_WORDY: Final = "#components"


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """The result of `erase`.

    Attributes:
        rows: number of cleaned rows by table; only tables with any.
        mentioned: number of rows by table in which others' words still mention a name of the person.
    """

    rows: dict[str, int]
    mentioned: dict[str, int]


def erase(tx: Tx, user_id: int) -> Erased:
    """Erases a person from every table, in the open transaction.

    Triggers update the search index; `open_to_erase` then removes old words from its pages.
    """
    rows: dict[str, int] = {}
    names: set[str] = set()
    words = find_own_words(tx, user_id)
    for table in erase_quotations(tx, words, user_id):
        rows[table] = rows.get(table, 0) + 1
    _erase_log(tx, user_id)
    for place in PERSONAL:
        for column in place.names:
            query = f"SELECT DISTINCT {column} FROM {place.table} WHERE {place.who} = ?"  # noqa: S608 - our own names
            names |= {row[0] for row in tx.execute(query, (user_id,)) if row[0]}
        values = dict.fromkeys((*place.names, *place.words, place.who), "NULL") | dict(place.instead)
        blanks = ", ".join(f"{column} = {value}" for column, value in values.items())
        count = tx.execute(
            f"UPDATE {place.table} SET {blanks} WHERE {place.who} = ?",  # noqa: S608 - our own names
            (user_id,),
        ).rowcount
        if count:
            rows[place.table] = rows.get(place.table, 0) + count
    buttons = _forget_remembered(tx, user_id, names | words.names | words.texts)
    if buttons:
        rows["remembered"] = buttons
    return Erased(rows=rows, mentioned=_mentions(tx, user_id, names))


def _erase_log(tx: Tx, user_id: int) -> None:
    """Deletes the logs of the person's directives, which may quote their arguments."""
    tx.execute(
        "DELETE FROM directive_log WHERE directive IN (SELECT id FROM directives WHERE actor_id = ?)",
        (user_id,),
    )


def _forget_remembered(tx: Tx, user_id: int, names: set[str]) -> int:
    """Deletes key-value entries about or for the person, such as what a button stores."""
    gone = 0
    for scope, key, value in tx.execute("SELECT scope, key, value FROM remembered").fetchall():
        if _says(f"{scope} {key} {value}", user_id, names if scope.endswith(_WORDY) else set()):
            tx.execute("DELETE FROM remembered WHERE scope = ? AND key = ?", (scope, key))
            gone += 1
    return gone


def _mentions(tx: Tx, user_id: int, names: set[str]) -> dict[str, int]:
    """Number of rows by table that still mention the person."""
    found: dict[str, int] = {}
    tables = tx.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND name NOT LIKE 'search%'"
    ).fetchall()
    for (table,) in tables:
        for row in tx.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
            texts = " ".join(map(_text, row))
            if _says(texts, user_id, names):
                found[table] = found.get(table, 0) + 1
    return found


def _text(value: object) -> str:
    """A column's text; payloads of webhooks are stored as bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _says(text: str, user_id: int, names: set[str]) -> bool:
    """Whether a text contains the id or a name as a separate word."""
    return any(_stands_alone(text, word) for word in (str(user_id), *names))


def _stands_alone(text: str, word: str) -> bool:
    place = text.find(word)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(word) : place + len(word) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = text.find(word, place + 1)
    return False
