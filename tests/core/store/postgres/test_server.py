"""The server that the tests start: it flushes, runs without root's rights and survives a kill."""

from __future__ import annotations

from tests.postgres_server import PostgresServer


def test_the_server_flushes_to_the_disk(server: PostgresServer) -> None:
    assert server.execute("SHOW fsync") == [("on",)]
    assert server.execute("SHOW synchronous_commit") == [("on",)]
    assert server.port < 32_768


def test_what_was_committed_survives_a_kill(own_server: PostgresServer) -> None:
    own_server.execute("CREATE TABLE kept (n int)")
    own_server.execute("INSERT INTO kept VALUES (1)")
    own_server.kill()
    own_server.start()
    assert own_server.execute("SELECT n FROM kept") == [(1,)]


def test_each_address_has_a_schema_of_its_own(server: PostgresServer) -> None:
    assert server.fresh_url() != server.fresh_url()
