"""A move copies everything into an empty store, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import Tx
from core.store.moving import NotMoved, move
from core.store.sqlite import SqliteStore
from tests.core.store.earlier_store import HEAD, TABLES, content


async def test_a_moved_store_is_equal(earlier: SqliteStore, empty: SqliteStore, tmp_path: Path) -> None:
    before = await content(earlier)
    moved = await move(earlier, empty, TABLES, HEAD, tmp_path)
    assert await content(empty) == await content(earlier) == before
    assert moved.rows["journal"] == before["journal"].rows > 0
    assert (moved.source, moved.target) == (earlier.place, empty.place)


async def test_a_store_with_rows_is_not_moved_into(
    earlier: SqliteStore, empty: SqliteStore, tmp_path: Path
) -> None:
    def fill(tx: Tx) -> None:
        tx.execute("INSERT INTO alert_mutes (metric, until_us) VALUES ('harmony', 1)")

    await empty.write(fill)
    before = await content(empty)
    with pytest.raises(NotMoved, match="alert_mutes have rows"):
        await move(earlier, empty, TABLES, HEAD, tmp_path)
    assert await content(empty) == before


async def test_rows_that_the_target_changes_are_noticed_and_nothing_is_kept(
    earlier: SqliteStore, empty: SqliteStore, tmp_path: Path
) -> None:
    def spoil(tx: Tx) -> None:
        tx.execute(
            "CREATE TRIGGER spoils AFTER INSERT ON ucf_history BEGIN "
            "UPDATE ucf_history SET source = 'other' WHERE version = new.version; END"
        )

    await empty.write(spoil)
    before = await content(empty)
    with pytest.raises(NotMoved, match="ucf_history differ"):
        await move(earlier, empty, TABLES, HEAD, tmp_path)
    assert await content(empty) == before
