"""Commands that work on the data while Helix is stopped: restore, forget and move.

Each holds the lock of the data folder and, with DATABASE_URL, has the server's database alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.errors import StartError
from core.runtime import datalock
from core.settings import Settings
from core.store import Store
from core.store.dump import FORMAT, Head
from core.store.moving import move
from core.store.opening import open_store, rewrite_server
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.store.sqlite.shape import shape_of
from core.version import VERSION
from state.backups import restore as restoring
from state.backups.server_restore import restore_into
from state.privacy import forget as forgetting
from state.schema import STATE_MIGRATIONS

_MIGRATIONS: Final = (*CORE_MIGRATIONS, *STATE_MIGRATIONS)
ENGINES: Final = ("postgres", "sqlite")


class WrongMove(StartError):
    """The move is not possible as it was asked for; nothing was changed."""


def restore(settings: Settings, archive: Path) -> str:
    """Replaces the data by a backup; returns what was done, for the operator."""
    now = datetime.now(UTC)
    with _locked(settings, "restore") as folder:
        if settings.database_url is None:
            return restoring.describe(restoring.restore(archive, folder, _MIGRATIONS, now))

        async def work() -> str:
            async with _server(settings) as store:
                return restoring.describe(await restore_into(store, archive, folder, _MIGRATIONS, now))

        return asyncio.run(work())


def forget(settings: Settings, user_id: int, *, remove_copies: bool) -> str:
    """Erases a person; returns what was done, for the operator."""
    now = datetime.now(UTC)
    with _locked(settings, "forget") as folder:
        if settings.database_url is None:
            done = forgetting.forget(folder, user_id, _MIGRATIONS, now, remove_copies=remove_copies)
            return forgetting.describe(done)

        async def work() -> str:
            async with _server(settings) as store:
                done = await forgetting.forget_in(store, folder, user_id, now, remove_copies=remove_copies)
            await asyncio.to_thread(rewrite_server, settings)
            return forgetting.describe(done)

        return asyncio.run(work())


def move_to(settings: Settings, engine: str | None) -> str:
    """Copies everything into the other engine, and proves it equal; returns what to do next.

    Raises:
        WrongMove: no engine was named, DATABASE_URL is not set, or there is nothing to move.
        NotMoved: the target has rows already, or did not take all rows.
    """
    if engine not in ENGINES:
        raise WrongMove(f"Name where to: python main.py move {' or python main.py move '.join(ENGINES)}.")
    if settings.database_url is None:
        raise WrongMove(
            "move needs DATABASE_URL, the address of the PostgreSQL database, in both directions. "
            "Nothing was changed."
        )
    if engine == "postgres" and not settings.database_path.is_file():
        raise WrongMove(f"There is no database in {settings.data_dir} to move. Check HELIX_DATA_DIR.")

    async def work(folder: Path) -> str:
        async with _server(settings) as server:
            file = await SqliteStore.open(settings.database_path, _MIGRATIONS, app_version=VERSION)
            try:
                source, target = (file, server) if engine == "postgres" else (server, file)
                head = Head(format=FORMAT, app_version=VERSION, schema=max(one.number for one in _MIGRATIONS))
                moved = await move(source, target, shape_of(_MIGRATIONS), head, folder)
            finally:
                await file.close()
        rows = sum(moved.rows.values())
        follow = (
            "Start Helix with DATABASE_URL set. The SQLite file stays as it is; delete it when you no longer "
            "need it."
            if engine == "postgres"
            else "Unset DATABASE_URL and start Helix. The rows on the server stay as they are."
        )
        return f"Copied {rows:,} rows from {moved.source} to {moved.target}; both hold the same.\n{follow}"

    with _locked(settings, "move") as folder:
        return asyncio.run(work(folder))


@contextmanager
def _locked(settings: Settings, what: str) -> Iterator[Path]:
    """The data folder, locked; refused, with the holder's name, while Helix uses it."""
    describe = f"Helix {VERSION}, {what}"
    lock = asyncio.run(datalock.acquire(settings.data_dir, wait_s=0, describe=describe))
    try:
        yield settings.data_dir
    finally:
        lock.release()


@asynccontextmanager
async def _server(settings: Settings) -> AsyncIterator[Store]:
    store = await open_store(settings, _MIGRATIONS, app_version=VERSION, alone=True)
    try:
        yield store
    finally:
        await store.close()
