"""Which SQLite has the WAL-reset bug (sqlite.org/wal.html#walresetbug)."""

from __future__ import annotations

import sqlite3

import pytest

from core.store.sqlite import version as sqlite_version


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_the_bug_is_in_all_but_the_fixed_versions(version: tuple[int, int, int], has_it: bool) -> None:
    assert sqlite_version.has_reset_bug(version) == has_it


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 3)])
def test_an_operator_is_told_which_one_runs(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(sqlite_version, "has_reset_bug", lambda: version < (3, 51, 3))
    said = sqlite_version.describe()
    assert sqlite3.sqlite_version in said
    assert ("Helix avoids it" in said) == (version == (3, 40, 1))
