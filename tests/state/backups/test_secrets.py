"""Secrets are found in every form in which they may have been written down."""

from __future__ import annotations

import html
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from core.logs.secret import Secret
from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from state.backups._secrets import forms, redact_database, redact_text
from state.schema import STATE_MIGRATIONS

ODD = 'pass"word/with ünïcode\\'


@pytest.mark.parametrize(
    "written",
    [
        ODD,
        json.dumps(ODD),
        json.dumps(ODD, ensure_ascii=False),
        quote(ODD),
        quote(ODD, safe=""),
        html.escape(ODD),
        repr(ODD),
        ascii(ODD),
        repr(ODD.encode()),
    ],
)
def test_each_form_is_replaced(written: str) -> None:
    left = redact_text(f"before {written} after".encode(), forms([Secret(ODD)]))
    assert "***" in left.decode()
    assert "word" not in left.decode()


def test_a_short_secret_is_not_looked_for() -> None:
    assert forms([Secret("short"), Secret("")]) == ()


def test_a_secret_within_another_leaves_no_remainder() -> None:
    found = forms([Secret("12345678"), Secret("x12345678-longer")])
    assert redact_text(b"x12345678-longer", found) == b"***"


def test_a_text_too_long_for_one_page_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute('CREATE TABLE "odd ""name" ("a ""b" TEXT)')
        text = "y" * 4060 + "a-secret-text" + "y" * 5000
        connection.execute('INSERT INTO "odd ""name" VALUES (?)', (text,))
    assert redact_database(path, forms([Secret("a-secret-text")]))
    with closing(sqlite3.connect(path)) as connection:
        (left,) = connection.execute('SELECT * FROM "odd ""name"').fetchone()
    assert left == text.replace("a-secret-text", "***")


@pytest.mark.parametrize("secret", ["0a1b2c3d4e5f60718293a4b5c6d7e8f9", "AbCdEfGh12345678IjKl"])
async def test_the_search_index_keeps_no_word_of_it(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "a.db"
    database = await SqliteStore.open(path, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0")
    await database.write(
        lambda connection: connection.execute(
            "INSERT INTO journal (at_us, kind, subject, cause, reason) VALUES (1, 'ucf', 'harmony', 'x', ?)",
            (f"the token {secret} slipped in",),
        )
    )
    await database.close()
    assert redact_database(path, forms([Secret(secret)]))
    # The index folds case.
    assert secret.lower().encode() not in path.read_bytes().lower()
    with closing(sqlite3.connect(path)) as connection:
        found = "SELECT count(*) FROM search WHERE search MATCH 'slipped'"
        assert connection.execute(found).fetchone() == (1,)


async def test_payloads_of_webhooks_are_redacted_although_they_are_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    database = await SqliteStore.open(path, (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version="0.1.0")
    await database.write(
        lambda connection: connection.execute(
            "INSERT INTO inbox (id, type, received_us, digest, data) VALUES ('e', 'x', 1, ?, ?)",
            (b"\x00\xff", b'{"content": "a-secret-text, said aloud"}'),
        )
    )
    await database.close()
    assert redact_database(path, forms([Secret("a-secret-text")]))
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT digest, data FROM inbox").fetchone()
    assert kept == (b"\x00\xff", b'{"content": "***, said aloud"}')
