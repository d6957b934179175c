"""Opens the store that the settings name: SQLite in the data folder, or PostgreSQL with DATABASE_URL.

The engine of PostgreSQL and its driver are imported only where DATABASE_URL is set.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.settings import Settings
from core.store.contract import Store
from core.store.migrations import Migration
from core.store.sqlite import SqliteStore, version


async def open_store(
    settings: Settings, migrations: Sequence[Migration], *, app_version: str, alone: bool = False
) -> Store:
    """Opens the store and brings its schema up to date.

    Args:
        settings: name the engine and the place.
        migrations: every migration that this program knows, of all packages.
        app_version: kept in the store, to name the version that wrote a newer schema.
        alone: whether no other process may use a server's database meanwhile; the lock of the data folder
            does that for SQLite.

    Raises:
        DatabaseCorrupt, DatabaseTooNew, DatabaseUnusable: it cannot be opened; the text says what to do.
    """
    if settings.database_url is None:
        return await SqliteStore.open(
            settings.database_path, migrations, app_version=app_version, node=settings.node
        )
    from core.store.postgres import PostgresStore

    return await PostgresStore.open(
        settings.database_url.reveal(), migrations, app_version=app_version, alone=alone, node=settings.node
    )


def place_of(settings: Settings) -> str:
    """Where the store is, as error messages name it: a path, or the server without its password."""
    if settings.database_url is None:
        return str(settings.database_path)
    from core.store.postgres.opening import place

    return place(settings.database_url.reveal())


def describe_engine(settings: Settings) -> str:
    """The engine and its version, for an operator. Asks the server where DATABASE_URL is set; blocks.

    Raises:
        DatabaseUnusable: the server cannot be reached or used; the text says what to do.
    """
    if settings.database_url is None:
        return version.describe()
    from core.store.postgres.connection import Limits
    from core.store.postgres.opening import open_first

    connection, server = open_first(settings.database_url.reveal(), "helix-check", Limits())
    connection.close()
    return f"PostgreSQL {server.version} at {place_of(settings)}"


def rewrite_server(settings: Settings) -> None:
    """Writes a server's tables anew, so that its files keep nothing that was deleted; blocks.

    Raises:
        DatabaseUnusable: the server was not reached.
    """
    if settings.database_url is not None:
        from core.store.postgres.rewriting import rewrite_tables

        rewrite_tables(settings.database_url.reveal())
