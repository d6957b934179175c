"""Copies the whole content of one store into another, empty one, and compares them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from core.errors import StartError
from core.store.contract import Store
from core.store.dump import Head, TableShape, digests, read_dump, write_dump
from core.store.tx import Tx


class NotMoved(StartError):
    """The content could not be copied; the source is as it was. The text says what to do."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What was copied: the two stores, and the number of rows by table."""

    source: str
    target: str
    rows: dict[str, int]


async def move(source: Store, target: Store, tables: Sequence[TableShape], head: Head, folder: Path) -> Moved:
    """Copies all rows; returns once the target is proved equal.

    Args:
        source: where the rows are; only read.
        target: an opened store without rows.
        tables: all tables that are copied.
        head: the format and schema step of both.
        folder: where a temporary file of the size of the content fits.

    Raises:
        NotMoved: the target has rows already, or did not become equal (then it is empty again).
        StoreError: one of them could not be read or written.
    """
    filled = [
        table.name for table in (await target.read(partial(digests, tables=tables))).values() if table.rows
    ]
    if filled:
        raise NotMoved(
            f"{target.place} is not empty: {', '.join(filled)} have rows. Nothing was copied. "
            "Use an empty database, or move the data folder's helix.db away."
        )
    with await asyncio.to_thread(tempfile.TemporaryFile, "w+b", dir=folder) as file:
        await source.read(lambda tx: write_dump(tx, tables, head, file.write))
        await asyncio.to_thread(file.flush)

        def load(tx: Tx) -> None:
            file.seek(0)
            read_dump(tx, tables, file, schema=head.schema)
            copied = digests(tx, tables)
            wrong = [name for name, end in expected.items() if copied[name] != end]
            if wrong:
                raise NotMoved(
                    f"{target.place} did not take all rows as they are: {', '.join(wrong)} differ. Nothing "
                    f"was kept there, and {source.place} is unchanged. Report this."
                )

        expected = await source.read(partial(digests, tables=tables))
        await target.write(load)
    return Moved(
        source=source.place, target=target.place, rows={name: end.rows for name, end in expected.items()}
    )
