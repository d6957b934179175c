"""Finds a person's words that other people's rows quote, and erases them there.

The numbers of checkpoints, directives and alerts remain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from core.store.tx import Tx
from state.contexts.records import fold
from state.privacy import own_words_table as table
from state.privacy.personal_table import FORGOTTEN

_RESTORED: Final = re.compile(r"restored from checkpoint .*\(#(\d+), version \d+\)\Z", re.DOTALL)
# The text of a directive that sends an event.
_EMIT: Final = re.compile(r" *emit.", re.IGNORECASE | re.DOTALL)


class OwnWords(msgspec.Struct, frozen=True, kw_only=True):
    """One person's words, as far as other people's rows may quote them.

    Attributes:
        checkpoints: ids of their stored checkpoints.
        names: names of their checkpoints, as written and folded, except those that others have used too.
        directives: ids of their stored directives.
        texts: texts of their directives, except those that others have used too.
        alerts: ids of alerts, each with a summary that they gave it, or None.
        keys: keys of the alerts that they raised, by id, except those that others have used too.
        sent: outbox positions of the events that they sent by hand.
    """

    checkpoints: frozenset[int]
    names: frozenset[str]
    directives: frozenset[int]
    texts: frozenset[str]
    alerts: frozenset[tuple[int, str | None]]
    keys: Mapping[int, str]
    sent: frozenset[int]


def find_own_words(tx: Tx, user_id: int) -> OwnWords:
    """Finds a person's words; call it before they are erased."""
    checkpoints, directives = table.checkpoints(tx), table.directives(tx)
    # What the person wrote, and what others wrote.
    names, texts, alerts = _split(user_id, checkpoints), _split(user_id, directives), _Split()
    for said in table.said(tx):
        own, after = said.actor_id == user_id, read_object(said.after)
        if after is None:
            continue
        if said.kind == "alert" and isinstance(after.get("alert"), int):
            alerts.add((after.get("alert"), after.get("summary"), said.subject), own=own)
        elif said.kind == "context" and "kept" in after:
            names.add(said.subject, own=own)
        elif said.kind == "directive" and said.cause == "directive" and isinstance(after.get("task"), str):
            texts.add(after["task"], own=own)
    others = frozenset(map(fold, names.others))
    own_names = frozenset(one for one in names.own if fold(one) not in others)
    others_keys = {key for *_, key in alerts.others}
    return OwnWords(
        checkpoints=frozenset(one.id for one in checkpoints if one.actor_id == user_id),
        names=own_names | frozenset(map(fold, own_names)),
        directives=frozenset(one.id for one in directives if one.actor_id == user_id),
        texts=frozenset(texts.own) - frozenset(texts.others),
        alerts=frozenset((number, summary) for number, summary, _ in alerts.own),
        keys={number: key for number, _, key in alerts.own if key not in others_keys},
        sent=_sent_by_directive(tx, user_id) | table.sent_by_command(tx, user_id),
    )


class _Split:
    """What one person wrote, and what all others wrote."""

    def __init__(self) -> None:
        self.own: list[Any] = []
        self.others: list[Any] = []

    def add(self, words: object, *, own: bool) -> None:
        (self.own if own else self.others).append(words)


def _split(user_id: int, rows: Iterable[table.Written]) -> _Split:
    split = _Split()
    for row in rows:
        split.add(row.text, own=row.actor_id == user_id)
    return split


def _sent_by_directive(tx: Tx, user_id: int) -> frozenset[int]:
    """Outbox positions of the events that a person's directives sent."""
    sent = set()
    for seq, after in table.sent_by_directive(tx, user_id):
        ended = read_object(after) or {}
        if ended.get("status") == "done" and _EMIT.match(str(ended.get("task", ""))):
            sent.add(seq)
    return frozenset(sent)


def erase_quotations(tx: Tx, words: OwnWords, user_id: int) -> Counter[str]:
    """Erases quotations in the journal, alerts and outgoing events; returns the changed rows by table."""
    changed = Counter[str]()
    for number, summary in words.alerts:
        if summary is not None:
            changed["alerts"] += table.reword_alert(tx, number, summary, FORGOTTEN)
    for number in words.keys:
        table.rename_alert(tx, number, f"{FORGOTTEN}.{number}")
    known = {one.id for one in table.checkpoints(tx)}
    for row in table.quoting(tx):
        if (without := _without(row, words, known)) != row:
            found = table.reword(tx, without)
            # The person's own rows are counted when these are erased.
            changed["journal"] += 0 if row.actor_id == user_id else found
    changed["outbox"] += _erase_sent(tx, words)
    return +changed


def _without(row: table.Quoting, words: OwnWords, known: set[int]) -> table.Quoting:
    """A journal row without a person's words."""
    subject, reason, before, after = row.subject, row.reason, row.before, row.after
    if row.kind == "directive" and _object(after).get("task") in words.texts:
        after = _with(after, task=FORGOTTEN)
    elif row.kind == "context" and isinstance(restored := _object(after).get("restored"), int):
        if restored in words.checkpoints or (restored not in known and fold(subject) in words.names):
            subject = f"{FORGOTTEN} {restored}"
    elif row.kind == "alert":
        before, after = (_without_summary(text, words) for text in (before, after))
        if subject in words.keys.values():
            subject = FORGOTTEN
    elif reason is not None and (found := _RESTORED.match(reason)):
        of = int(found[1])
        name = reason.removeprefix("restored from checkpoint ").rpartition(" (#")[0]
        if of in words.checkpoints or (of not in known and fold(name[1:-1]) in words.names):
            reason = f"restored from checkpoint #{of}"
    return msgspec.structs.replace(row, subject=subject, reason=reason, before=before, after=after)


def _erase_sent(tx: Tx, words: OwnWords) -> int:
    """Deletes events that they sent by hand, and cleans events about their directives and alerts."""
    # An event's deliveries are deleted with it.
    changed = sum(table.delete_event(tx, seq) for seq in words.sent)
    for seq, kind, payload in table.events(tx):
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
        if event != msgspec.json.decode(payload):
            changed += table.rewrite_event(tx, seq, msgspec.json.encode(event))
    return changed


def read_object(text: str | None) -> dict[str, Any] | None:
    """A JSON object of the journal; None for any other value."""
    try:
        value = msgspec.json.decode(text or "null")
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None


def _object(text: str | None) -> dict[str, Any]:
    return read_object(text) or {}


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
