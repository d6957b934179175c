"""Finds a person's words that other people's rows quote, and erases them there.

The numbers of checkpoints, directives and alerts remain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from core.store.tx import Tx, Value
from state.contexts.records import fold

# Replaces words in columns that must not be empty.
FORGOTTEN: Final = "forgotten"
_RESTORED: Final = re.compile(r"restored from checkpoint .*\(#(\d+), version \d+\)\Z", re.DOTALL)

# A directive's event is stored just before the event about its end, in the transaction of its journal row.
_SENT_BY_DIRECTIVE: Final = (
    "SELECT sent.seq FROM journal "
    "JOIN outbox AS told ON told.at_us = journal.at_us AND told.type = 'directive.finished' "
    "JOIN outbox AS sent ON sent.seq = told.seq - 1 AND sent.at_us >= told.at_us "
    "WHERE kind = 'directive' AND cause = 'directive' AND actor_id = :who AND json_valid(after) "
    "AND after ->> '$.status' = 'done' AND ltrim(after ->> '$.task') LIKE 'emit_%'"
)
# The command `emit` stores its event just after its journal row, in the same transaction. A later event is
# not its own: the journal is kept longer than the outbox.
_SENT_BY_COMMAND: Final = (
    "SELECT (SELECT seq FROM outbox WHERE type = subject "
    "AND outbox.at_us BETWEEN journal.at_us AND journal.at_us + 1000000 ORDER BY seq LIMIT 1) "
    "FROM journal WHERE kind = 'event' AND actor_id = :who"
)


class OwnWords(msgspec.Struct, frozen=True, kw_only=True):
    """One person's words, as far as other people's rows may quote them.

    Attributes:
        checkpoints: ids of their stored checkpoints.
        names: names of their checkpoints, as written and folded, except those that others have used too.
        directives: ids of their stored directives.
        texts: texts of their directives, except those that others have used too.
        alerts: ids of alerts, each with a summary that they gave it.
        keys: keys of the alerts that they raised, by id, except those that others have used too.
        sent: outbox positions of the events that they sent by hand.
    """

    checkpoints: frozenset[int]
    names: frozenset[str]
    directives: frozenset[int]
    texts: frozenset[str]
    alerts: frozenset[tuple[int, str]]
    keys: Mapping[int, str]
    sent: frozenset[int]


def find_own_words(tx: Tx, user_id: int) -> OwnWords:
    """Finds a person's words; call it before they are erased."""

    def column(query: str) -> frozenset[Any]:
        return frozenset(row[0] for row in tx.execute(query, {"who": user_id}) if row[0] is not None)

    name = "SELECT name FROM contexts WHERE actor_id IS {0} :who UNION SELECT subject FROM journal WHERE "
    name += (
        "kind = 'context' AND actor_id IS {0} :who AND json_valid(after) AND after -> '$.kept' IS NOT NULL"
    )
    text = (
        "SELECT text FROM directives WHERE actor_id IS {0} :who UNION SELECT after ->> '$.task' FROM journal "
    )
    text += "WHERE kind = 'directive' AND cause = 'directive' AND actor_id IS {0} :who AND json_valid(after)"
    said = tx.execute(
        "SELECT actor_id IS ?, after ->> '$.alert', after ->> '$.summary', subject FROM journal "
        "WHERE kind = 'alert' AND json_valid(after) AND json_type(after) = 'object'",
        (user_id,),
    ).fetchall()
    others_keys = {key for theirs, *_, key in said if not theirs}
    others = frozenset(map(fold, column(name.format("NOT"))))
    names = frozenset(one for one in column(name.format("")) if fold(one) not in others)
    return OwnWords(
        checkpoints=column("SELECT id FROM contexts WHERE actor_id = :who"),
        names=names | frozenset(map(fold, names)),
        directives=column("SELECT id FROM directives WHERE actor_id = :who"),
        texts=column(text.format("")) - column(text.format("NOT")),
        alerts=frozenset((number, summary) for theirs, number, summary, _ in said if theirs),
        keys={number: key for theirs, number, _, key in said if theirs and key not in others_keys},
        sent=column(_SENT_BY_DIRECTIVE) | column(_SENT_BY_COMMAND),
    )


def erase_quotations(tx: Tx, words: OwnWords, user_id: int) -> Iterator[str]:
    """Erases quotations in the journal, alerts and outgoing events; yields the table of each changed row."""
    for number, summary in words.alerts:
        update = "UPDATE alerts SET summary = ?, detail = '' WHERE id = ? AND summary = ?"
        yield from _change(tx, "alerts", update, (FORGOTTEN, number, summary))
    for number in words.keys:
        tx.execute("UPDATE alerts SET key = ? WHERE id = ?", (f"{FORGOTTEN}.{number}", number))
    query = "SELECT actor_id, id, kind, subject, reason, before, after FROM journal WHERE kind IN "
    query += "('alert', 'context', 'directive') OR reason LIKE 'restored from checkpoint %'"
    known = {row[0] for row in tx.execute("SELECT id FROM contexts")}
    for actor_id, *row in tx.execute(query).fetchall():
        if (changed := _without(tuple(row), words, known)) != tuple(row):
            number, _, *values = changed
            update = "UPDATE journal SET subject = ?, reason = ?, before = ?, after = ? WHERE id = ?"
            found = tuple(_change(tx, "journal", update, (*values, number)))
            yield from () if actor_id == user_id else found
    yield from _erase_sent(tx, words)


_Row = tuple[int, str, str, str | None, str | None, str | None]


def _without(row: _Row, words: OwnWords, known: set[int]) -> _Row:
    """A journal row without a person's words."""
    number, kind, subject, reason, before, after = row
    if kind == "directive" and _object(after).get("task") in words.texts:
        after = _with(after, task=FORGOTTEN)
    elif kind == "context" and isinstance(restored := _object(after).get("restored"), int):
        if restored in words.checkpoints or (restored not in known and fold(subject) in words.names):
            subject = f"{FORGOTTEN} {restored}"
    elif kind == "alert":
        before, after = (_without_summary(text, words) for text in (before, after))
        if subject in words.keys.values():
            subject = FORGOTTEN
    elif reason is not None and (found := _RESTORED.match(reason)):
        of = int(found[1])
        name = reason.removeprefix("restored from checkpoint ").rpartition(" (#")[0]
        if of in words.checkpoints or (of not in known and fold(name[1:-1]) in words.names):
            reason = f"restored from checkpoint #{of}"
    return number, kind, subject, reason, before, after


def _erase_sent(tx: Tx, words: OwnWords) -> Iterator[str]:
    """Deletes events that they sent by hand, and cleans events about their directives and alerts."""
    for seq in words.sent:
        # Its deliveries are deleted with it.
        yield from _change(tx, "outbox", "DELETE FROM outbox WHERE seq = ?", (seq,))
    query = "SELECT seq, type, payload FROM outbox WHERE type IN "
    query += "('directive.finished', 'alert.raised', 'alert.cleared')"
    for seq, kind, payload in tx.execute(query).fetchall():
        event = msgspec.json.decode(payload)
        data = event["data"]
        if kind == "directive.finished" and data["directive"] in words.directives:
            data["result"] = FORGOTTEN
            if data["status"] == "refused":
                # The action may be unknown, and then it is what the person typed.
                data["action"] = FORGOTTEN
        elif kind != "directive.finished":
            event["data"] = _unsaid(data, data["id"], words)
            if data["id"] in words.keys:
                event["data"]["key"] = FORGOTTEN
        if event == msgspec.json.decode(payload):
            continue
        values = (msgspec.json.encode(event), seq)
        yield from _change(tx, "outbox", "UPDATE outbox SET payload = ? WHERE seq = ?", values)


def _change(tx: Tx, table: str, statement: str, values: tuple[Value, ...]) -> Iterator[str]:
    for _ in range(tx.execute(statement, values).rowcount):
        yield table


def _object(text: str | None) -> dict[str, Any]:
    """A JSON object of the journal; empty for any other value."""
    try:
        value = msgspec.json.decode(text or "null")
    except msgspec.DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _with(text: str | None, **values: object) -> str:
    return msgspec.json.encode({**_object(text), **values}).decode()


def _without_summary(text: str | None, words: OwnWords) -> str | None:
    said = _object(text)
    return msgspec.json.encode(_unsaid(said, said["alert"], words)).decode() if "alert" in said else text


def _unsaid(said: dict[str, Any], number: int, words: OwnWords) -> dict[str, Any]:
    """The data of an alert without a summary and detail that the person gave it."""
    if (number, said.get("summary")) not in words.alerts:
        return said
    return {**said, "summary": FORGOTTEN} | ({"detail": ""} if "detail" in said else {})
