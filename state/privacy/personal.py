"""Erases a person from the database, and finds what others wrote about them."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from core.store.tx import Tx
from state.privacy import personal_table as table
from state.privacy._own_words import erase_quotations, find_own_words, read_object
from state.privacy.personal_table import FORGOTTEN, PERSONAL

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
    words = find_own_words(tx, user_id)
    rows = Counter(erase_quotations(tx, words, user_id))
    names: set[str] = set()
    table.erase_log(tx, user_id)
    _erase_values(tx, user_id)
    for place in PERSONAL:
        names |= table.names_at(tx, place, user_id)
        rows[place.table] += table.blank(tx, place, user_id)
    rows["remembered"] += _forget_remembered(tx, user_id, names | words.names | words.texts)
    return Erased(rows=dict(+rows), mentioned=_mentions(tx, user_id, names))


def _erase_values(tx: Tx, user_id: int) -> None:
    """Erases the person's words in the JSON of their journal rows, and names of their own checkpoints."""
    for number, kind, after in table.journal_values(tx, user_id):
        value = read_object(after)
        if kind == "context":
            # A restored checkpoint may be another's, and its name was erased before if it was their own.
            if value is None or "restored" not in value:
                table.set_subject(tx, number, FORGOTTEN)
        else:
            kept = None if value is None else msgspec.json.encode({**value, "task": FORGOTTEN}).decode()
            table.set_after(tx, number, kept)


def _forget_remembered(tx: Tx, user_id: int, names: set[str]) -> int:
    """Deletes key-value entries about or for the person, such as what a button stores."""
    gone = 0
    for scope, key, value in table.remembered(tx):
        if _says(f"{scope} {key} {value}", user_id, names if scope.endswith(_WORDY) else set()):
            table.forget_remembered(tx, scope, key)
            gone += 1
    return gone


def _mentions(tx: Tx, user_id: int, names: set[str]) -> dict[str, int]:
    """Number of rows by table that still mention the person."""
    found = Counter[str]()
    for name in table.tables(tx):
        for row in table.rows_of(tx, name):
            found[name] += _says(" ".join(map(_text, row)), user_id, names)
    return dict(+found)


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
