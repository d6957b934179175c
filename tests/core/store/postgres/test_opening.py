"""Servers and poolers that cannot be used are refused with what to do, and sessions get safe settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from core.store.errors import DatabaseUnusable, StoreAway
from core.store.postgres import connection as connection_module
from core.store.postgres import opening
from core.store.postgres.connection import Limits, Link, connect
from core.store.postgres.opening import open_first, place
from tests.postgres_server import PostgresServer


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the server's process is said to be at each question, as behind a pooler."""
    said: list[int] = []
    monkeypatch.setattr(opening, "_process", lambda _: said.pop(0))
    return said


@pytest.mark.parametrize("answers", [[4711, 4711], [4711, 4712, 4713]], ids=["lent", "moved"])
def test_a_pooler_that_lends_the_session_to_others_is_refused(
    server: PostgresServer, processes: list[int], answers: list[int]
) -> None:
    processes += answers
    with pytest.raises(DatabaseUnusable, match="pool_mode = session"):
        open_first(server.url(), "helix-test", Limits())


def test_a_pooler_that_keeps_the_session_is_fine(server: PostgresServer, processes: list[int]) -> None:
    processes += [4711, 4712, 4711]
    opened, _ = open_first(server.url(), "helix-test", Limits())
    opened.close()


def test_an_old_server_is_refused(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "OLDEST_SERVER", 99)
    with pytest.raises(DatabaseUnusable, match="Helix needs 99 or newer"):
        open_first(server.url(), "helix-test", Limits())


def test_another_encoding_is_refused(server: PostgresServer) -> None:
    server.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(DatabaseUnusable, match="encoding LATIN1, and Helix needs UTF8"):
        open_first(server.url().replace("/postgres?", "/latin?"), "helix-test", Limits())


@pytest.fixture
def session(server: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    server.execute("ALTER ROLE helix SET synchronous_commit = off")
    opened, _ = connect(server.fresh_url(), "helix-test", Limits())
    with opened:
        yield opened
    server.execute("ALTER ROLE helix RESET synchronous_commit")


def test_a_session_flushes_and_has_limits(session: psycopg.Connection[Any]) -> None:
    shown = {
        name: session.execute(f"SHOW {name}".encode()).fetchone()
        for name in (
            "synchronous_commit", "idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout",
        )
    }  # fmt: skip
    assert shown == {
        "synchronous_commit": ("on",),
        "idle_in_transaction_session_timeout": ("1s",),
        "lock_timeout": ("5s",),
        "statement_timeout": ("25s",),
    }


def test_the_address_may_set_what_the_link_does(server: PostgresServer) -> None:
    opened, reached = connect(f"{server.url()}&application_name=mine", "helix-test", Limits())
    with opened:
        assert opened.execute("SHOW application_name").fetchone() == ("mine",)
        assert reached.process == opened.info.backend_pid


def test_tries_to_connect_are_spaced(server: PostgresServer) -> None:
    link = Link(server.url().replace(f":{server.port}/", ":1/"), "helix-test", Limits())
    pauses = []
    for _ in range(9):
        link._next_try = 0.0
        with pytest.raises(StoreAway):
            link.open()
        pauses.append(round(link.pause_s, 1))
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    with pytest.raises(StoreAway):
        link.open()


def test_an_account_that_may_not_know_the_system_can_be_used(server: PostgresServer) -> None:
    server.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    server.execute("CREATE ROLE stranger LOGIN")
    opened, reached = connect(server.url().replace("helix@", "stranger@"), "helix-test", Limits())
    opened.close()
    server.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")
    assert reached.system == 0


def test_a_place_is_shown_without_the_password() -> None:
    assert place("postgresql://me:secret@db.example:6000/helix") == "db.example:6000/helix"
    assert place("host='unfinished") == "DATABASE_URL"


def test_an_account_that_may_make_no_tables_is_refused_at_once(server: PostgresServer) -> None:
    url = server.fresh_url()
    server.execute("CREATE ROLE reader LOGIN")
    server.execute(f"GRANT USAGE ON SCHEMA {url.rpartition('%3D')[2]} TO reader")
    with pytest.raises(DatabaseUnusable, match="may not make tables in the schema"):
        open_first(url.replace("helix@", "reader@"), "helix-test", Limits())


def test_a_schema_that_is_not_there_is_named_as_the_cause(server: PostgresServer) -> None:
    url = f"postgresql://helix@127.0.0.1:{server.port}/postgres?options=-csearch_path%3Dnowhere"
    with pytest.raises(DatabaseUnusable, match="No schema of the search_path"):
        open_first(url, "helix-test", Limits())


def test_a_bad_option_is_a_fault_of_the_address(server: PostgresServer) -> None:
    with pytest.raises(DatabaseUnusable, match="DATABASE_URL is not an address"):
        open_first(f"{server.fresh_url()}&connect_timeout=abc", "helix-test", Limits())
