"""`python main.py forget USER_ID`: erases a person from the database, including freed bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from core.errors import StartError
from core.files.flush import flush
from core.store import Store, Tx
from core.store.migrations import Migration
from core.store.sqlite.files import earlier_copies
from core.store.sqlite.offline import open_to_erase
from core.version import VERSION
from state.backups.backup_table import named_moment
from state.backups.folder import FOLDER
from state.change import JournalRow
from state.journal import insert_rows
from state.privacy.personal import Erased, erase

_LONGEST_ID: Final = 20


class WrongUser(StartError):
    """The id is not valid, or there is no database."""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """The result of `forget`.

    Attributes:
        copies: older copies that still contain the person: backups, and copies from before migrations.
        removed: how many of these were deleted.
        aside: data folders that a restore moved aside, which are not changed.
    """

    erased: Erased
    copies: tuple[Path, ...]
    removed: int
    aside: tuple[Path, ...]


def parse_user(text: str | None) -> int:
    """The id that was typed.

    Raises:
        WrongUser: it is missing, or not a Discord id.
    """
    if text is None:
        raise WrongUser(
            "Name a person: python main.py forget USER_ID (in Discord: right click, Copy User ID)."
        )
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID and 0 < int(text) < 2**63):
        raise WrongUser(f"USER_ID must be a Discord id of up to {_LONGEST_ID} digits, not {text[:80]!r}.")
    return int(text)


def forget(
    folder: Path, user_id: int, migrations: Sequence[Migration], now: datetime, *, remove_copies: bool
) -> Forgotten:
    """Erases a person; the caller holds the lock of the data folder.

    Rows remain, without name, id and reason: what happened stays, but no longer says who did it. The file is
    then rewritten, so that no freed page keeps old content.

    Raises:
        WrongUser: there is no database.
        StartError: it cannot be opened.
    """
    path = folder / "helix.db"
    if not path.is_file():
        raise WrongUser(
            f"There is no database in {folder}, so there is nobody to erase. Check HELIX_DATA_DIR."
        )
    with open_to_erase(path, migrations, VERSION) as tx:
        erased = _erase(tx, user_id, now)
    return _with_copies(erased, folder, remove_copies=remove_copies)


async def forget_in(
    store: Store, folder: Path, user_id: int, now: datetime, *, remove_copies: bool
) -> Forgotten:
    """Like `forget`, in a server's database that the caller has alone, and rewrites afterwards."""
    erased = await store.write(lambda tx: _erase(tx, user_id, now))
    return await asyncio.to_thread(_with_copies, erased, folder, remove_copies=remove_copies)


def _erase(tx: Tx, user_id: int, now: datetime) -> Erased:
    erased = erase(tx, user_id)
    if erased.rows:
        row = JournalRow(kind="forget", subject="a person", cause="command", after=dict(erased.rows))
        insert_rows(tx, now, (row,))
    return erased


def _with_copies(erased: Erased, folder: Path, *, remove_copies: bool) -> Forgotten:
    copies = _copies(folder, folder / "helix.db")
    if remove_copies:
        for copy in copies:
            copy.unlink()
        for place in {copy.parent for copy in copies}:
            flush(place)
    beside = folder.parent.glob(f"{folder.name}.before-restore-*")
    return Forgotten(
        erased=erased,
        copies=copies,
        removed=len(copies) if remove_copies else 0,
        aside=tuple(sorted((*beside, *folder.glob("before-restore-*")))),
    )


def describe(done: Forgotten) -> str:
    """The result, as text for the operator."""
    counts = ", ".join(f"{table} {count}" for table, count in done.erased.rows.items())
    lines = [f"Erased from: {counts}." if counts else "There is nobody with that id in the database."]
    if done.erased.mentioned:
        places = ", ".join(f"{table} {count}" for table, count in done.erased.mentioned.items())
        lines.append(f"Words that others wrote still mention their name, and are left unchanged: {places}.")
    if done.removed:
        lines.append(
            f"Deleted {done.removed} older copies. Make a new backup when Helix runs: `/backup create`."
        )
    elif done.copies:
        lines.append("These older copies may still contain the person:")
        lines += [f"  {copy}" for copy in done.copies]
        lines.append("Run it again with --copies to delete these, then make a new backup.")
    if done.aside:
        lines.append("So may data that a restore moved aside; delete it by hand when you no longer need it:")
        lines += [f"  {folder}" for folder in done.aside]
    return "\n".join(lines)


def _copies(folder: Path, path: Path) -> tuple[Path, ...]:
    archives = folder / FOLDER
    found = [one for one in archives.glob("*") if named_moment(one.name) is not None]
    return tuple(sorted((*found, *earlier_copies(path))))
