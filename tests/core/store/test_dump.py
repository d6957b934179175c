"""Format 2: everything of one store, written and read into an empty one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.store import Tx
from core.store.dump import DumpDamaged, Head, read_dump, write_dump
from core.store.sqlite import SqliteStore
from tests.core.store.earlier_store import HEAD, SCHEMA, TABLES, content, opened


async def dumped(store: SqliteStore) -> list[bytes]:
    lines: list[bytes] = []
    await store.read(lambda tx: write_dump(tx, TABLES, HEAD, lines.append))
    return lines


async def load(store: SqliteStore, lines: list[bytes]) -> Head:
    return await store.write(lambda tx: read_dump(tx, TABLES, lines, schema=SCHEMA))


async def test_a_loaded_store_has_every_row_of_the_dumped_one(
    earlier: SqliteStore, empty: SqliteStore
) -> None:
    lines = await dumped(earlier)
    assert await load(empty, lines) == HEAD
    assert await content(empty) == await content(earlier)
    assert (await content(empty))["journal"].rows > 0
    assert await dumped(empty) == lines


async def test_a_counter_gives_no_number_twice(earlier: SqliteStore, empty: SqliteStore) -> None:
    def use_up(tx: Tx) -> int:
        insert = "INSERT INTO outbox (id, type, at_us, payload) VALUES ('msg_x', 'x', 1, ?) RETURNING seq"
        (seq,) = tx.execute(insert, (b"\x00\xff",)).fetchone()
        tx.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
        return int(seq)

    last = await earlier.write(use_up)
    await load(empty, await dumped(earlier))
    assert await empty.write(use_up) == last + 1


async def test_the_search_index_is_filled_again(earlier: SqliteStore, empty: SqliteStore) -> None:
    def found(tx: Tx) -> list[object]:
        return tx.execute(
            "SELECT source, source_id, title, body, people FROM search_docs ORDER BY source, source_id"
        ).fetchall()

    await load(empty, await dumped(earlier))
    assert await empty.read(found) == await earlier.read(found) != []


async def test_bytes_and_texts_come_back_as_they_were(tmp_path: Path, empty: SqliteStore) -> None:
    payload, text = bytes(range(256)), 'ä "quoted"\n\u2028 🌀'

    def fill(tx: Tx) -> None:
        tx.execute("INSERT INTO outbox (id, type, at_us, payload) VALUES (?, 't', 1, ?)", (text, payload))

    async with opened(tmp_path / "other.db") as other:
        await other.write(fill)
        await load(empty, await dumped(other))
    rows = await empty.read(lambda tx: tx.execute("SELECT id, payload FROM outbox").fetchall())
    assert rows == [(text, payload)]


async def test_more_rows_than_one_statement_reads_keep_their_order(
    tmp_path: Path, empty: SqliteStore
) -> None:
    def fill(tx: Tx) -> None:
        tx.executemany(
            "INSERT INTO remembered (scope, key, value, updated_at) VALUES (?, ?, ?, '')",
            ((f"s{number % 7}", f"k{number:04}", str(number)) for number in range(1_000)),
        )

    async with opened(tmp_path / "other.db") as other:
        await other.write(fill)
        await load(empty, await dumped(other))
        assert await content(empty) == await content(other)
    assert (await content(empty))["remembered"].rows == 1_000


def drop_line(lines: list[bytes]) -> None:
    del lines[next(number for number, line in enumerate(lines) if line.startswith(b"["))]


def end_early(lines: list[bytes]) -> None:
    del lines[-3:]


def change_row(lines: list[bytes]) -> None:
    number = next(number for number, line in enumerate(lines) if line.startswith(b"["))
    lines[number] = lines[number].replace(b'"', b'"x', 1)


def spoil_row(lines: list[bytes]) -> None:
    lines[next(number for number, line in enumerate(lines) if line.startswith(b"["))] = b'[{"base64":"?"}]\n'


def other_schema(lines: list[bytes]) -> None:
    lines[0] = lines[0].replace(f'"schema":{SCHEMA}'.encode(), b'"schema":9')


def add_line(lines: list[bytes]) -> None:
    lines.append(b"[1]\n")


def empty_file(lines: list[bytes]) -> None:
    lines.clear()


@pytest.mark.parametrize(
    "damage", [drop_line, end_early, change_row, spoil_row, other_schema, add_line, empty_file]
)
async def test_a_damaged_dump_is_refused_and_changes_nothing(
    earlier: SqliteStore, empty: SqliteStore, damage: Callable[[list[bytes]], None]
) -> None:
    lines, before = await dumped(earlier), await content(empty)
    damage(lines)
    with pytest.raises(DumpDamaged):
        await load(empty, lines)
    assert await content(empty) == before
