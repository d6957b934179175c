"""A start says whether the last process closed the store."""

from __future__ import annotations

from core.store.postgres import PostgresStore
from tests.core.store.postgres.notes import opened
from tests.postgres_server import PostgresServer


async def ended_by_the_server(server: PostgresServer, store: PostgresStore) -> None:
    """The store's connections end, as those of a killed process do, and then it is closed without them."""
    server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ '^helix'")
    await store.close()


async def test_an_unclean_stop_is_noticed_and_counted(own_server: PostgresServer) -> None:
    url = own_server.fresh_url()
    async with opened(url) as first:
        assert (first.recovery.unclean, first.recovery.unclean_stops) == (False, 0)
    async with opened(url) as second:
        assert (second.recovery.unclean, second.recovery.unclean_stops) == (False, 0)
        await ended_by_the_server(own_server, second)
    async with opened(url) as after:
        assert (after.recovery.unclean, after.recovery.unclean_stops) == (True, 1)
    async with opened(url) as later:
        assert (later.recovery.unclean, later.recovery.unclean_stops) == (False, 1)


async def test_a_process_that_runs_beside_is_no_unclean_stop(own_server: PostgresServer) -> None:
    url = own_server.fresh_url()
    async with opened(url):
        async with opened(url) as second:
            assert not second.recovery.unclean
            assert second.recovery.unclean_stops == 0
        # The first one still runs, and may yet be killed.
        assert own_server.execute("SELECT value FROM test_1.meta WHERE key = 'run'") == [("running",)]
    assert own_server.execute("SELECT value FROM test_1.meta WHERE key = 'run'") == [("stopped",)]
