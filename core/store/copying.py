"""Copies the rows of any store into a new SQLite file, as of one moment; memory stays bounded."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core.store.contract import Store
from core.store.dump import FORMAT, Head, read_dump, write_dump
from core.store.migrations import Migration
from core.store.sqlite.offline import open_new_file
from core.store.sqlite.shape import shape_of
from core.store.tx import Tx


async def copy_rows(
    store: Store,
    target: Path,
    migrations: Sequence[Migration],
    *,
    app_version: str,
    on_step: Callable[[int, int], None],
    amend: Callable[[Tx], None],
) -> None:
    """Copies all rows; if the caller is cancelled, it stops soon and the caller deletes the file.

    Args:
        store: where the rows are.
        target: a new file; a single file without a log beside it.
        migrations: all migrations of both.
        app_version: the version of this program.
        on_step: called with lines copied and lines in all; what it raises ends the copy.
        amend: changes the copy.

    Raises:
        StoreError: the store could not be read.
        OSError, DatabaseUnusable: the file could not be written.
    """
    tables = shape_of(migrations)
    head = Head(format=FORMAT, app_version=app_version, schema=max(one.number for one in migrations))
    stopped = threading.Event()
    lines = 0

    def step(done: int) -> None:
        if stopped.is_set():
            raise asyncio.CancelledError
        on_step(done, max(1, 2 * lines))

    def write(file: BinaryIO, line: bytes) -> None:
        nonlocal lines
        lines += 1
        step(lines)
        file.write(line)

    def counted(file: BinaryIO) -> Iterator[bytes]:
        file.seek(0)
        for number, line in enumerate(file):
            step(lines + number)
            yield line

    def load(file: BinaryIO) -> None:
        with open_new_file(target, migrations, app_version) as tx:
            read_dump(tx, tables, counted(file), schema=head.schema)
            amend(tx)

    with await asyncio.to_thread(tempfile.TemporaryFile, "w+b", dir=target.parent) as file:
        dump = partial(write_dump, tables=tables, head=head, sink=partial(write, file))
        await _finished(store.read(dump), stopped)
        await _finished(asyncio.to_thread(load, file), stopped)


async def _finished(work: Awaitable[None], stopped: threading.Event) -> None:
    """Waits for work in a thread; a cancellation stops it, and is raised when it has ended."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
