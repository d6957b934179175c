"""What the checks of store, disk and queues say of any numbers, against bounds from the settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.health.threshold import Threshold
from core.store import StoreStats
from core.store.checks import read_disk, read_store
from state.webhooks._health import read_queues

MIB = 1024 * 1024


GONE = "helix.db was removed while Helix runs"


def stats(waiting: int = 0, error: str | None = None, gone: str | None = None) -> StoreStats:
    return StoreStats(
        engine="SQLite 3",
        groups=3,
        writes=9,
        failures=0,
        largest_group=4,
        waiting=waiting,
        queue_limit=1_000,
        reads=2,
        size_bytes=4096,
        wal_bytes=0,
        last_commit_s=0.001,
        last_error=error,
        gone=gone,
        remedy="Free space.",
        facts={"sqlite": "3.51.0"},
    )


class Usage:
    total, used, free = 1000 * MIB, 500 * MIB, 500 * MIB


@pytest.mark.parametrize(
    ("waiting", "error", "gone", "status", "reason"),
    [
        (0, None, None, "pass", ""),
        (500, None, None, "pass", ""),
        (501, None, None, "warn", "changes are waiting"),
        (0, "disk is full", None, "fail", "disk is full"),
        (0, None, GONE, "fail", GONE),
        (900, "disk is full", GONE, "fail", GONE),
    ],
)
def test_the_store(waiting: int, error: str | None, gone: str | None, status: str, reason: str) -> None:
    reading = read_store(stats(waiting, error, gone), full_share=0.5)
    assert (reading.status, bool(reading.action)) == (status, status != "pass")
    assert reason in reading.reason
    assert (reading.counters["engine"], reading.counters["sqlite"]) == ("SQLite 3", "3.51.0")
    assert reading.thresholds[0] == Threshold("waiting", "above", 500, None, ("QUEUE_WARN_PERCENT",))
    assert [one.fail for one in reading.thresholds[1:]] == ["refused", "removed or replaced"]


@pytest.mark.parametrize(
    ("free", "total", "status"),
    [
        (1_000, 10_000, "pass"),
        (999, 10_000, "warn"),
        (100, 10_000, "warn"),
        (99, 10_000, "fail"),
        (0, 10_000, "fail"),
        (0, 0, "pass"),
    ],
)
def test_a_disk_without_room_for_more_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, total: int, status: str
) -> None:
    class System:
        f_favail, f_files = free, total

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    monkeypatch.setattr("os.statvfs", lambda _: System)
    reading = read_disk(tmp_path, warn_mb=200, fail_mb=50)
    assert (reading.status, bool(reading.action)) == (status, status != "pass")
    assert ("more files" in reading.reason) == (status != "pass")
    assert ("free_inodes" in reading.counters) == (total > 0)


def test_the_files_of_a_real_disk_are_counted(tmp_path: Path) -> None:
    found = os.statvfs(tmp_path)
    counters = read_disk(tmp_path, warn_mb=0, fail_mb=0).counters
    assert counters.get("total_inodes", 0) == found.f_files


@pytest.mark.parametrize(
    ("free", "status"),
    [(200 * MIB, "pass"), (200 * MIB - 1, "warn"), (50 * MIB, "warn"), (50 * MIB - 1, "fail"), (0, "fail")],
)
def test_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, status: str) -> None:
    monkeypatch.setattr(Usage, "free", free)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    reading = read_disk(tmp_path, warn_mb=200, fail_mb=50)
    assert (reading.status, bool(reading.action)) == (status, status != "pass")
    assert ("less than" in reading.reason) == (status != "pass")
    assert reading.thresholds[0] == Threshold(
        "free_bytes", "below", 200 * MIB, 50 * MIB, ("DISK_FREE_WARN_MB", "DISK_FREE_FAIL_MB")
    )


@pytest.mark.parametrize(
    ("waiting_in", "waiting_out", "off", "status", "reason"),
    [
        (0, 0, (), "pass", ""),
        (50, 50, (), "pass", ""),
        (51, 0, (), "warn", "events come in faster"),
        (0, 51, (), "warn", "events are sent slower"),
        (0, 0, ("zapier",), "warn", "zapier"),
        (0, 0, ("a", "b", "c", "d"), "warn", "a, b, c and more"),
    ],
)
def test_the_queues(
    waiting_in: int, waiting_out: int, off: tuple[str, ...], status: str, reason: str
) -> None:
    reading = read_queues(waiting_in, waiting_out, full=100, full_share=0.5, off=off)
    assert (reading.status, bool(reading.action)) == (status, status != "pass")
    assert reason in reading.reason
    bounds = {one.of: (one.warn, one.settings) for one in reading.thresholds}
    assert bounds["switched_off"] == (0, ("DESTINATIONS_OFF_WARN",))
    assert bounds["inbox_waiting"] == bounds["outbox_waiting"] == (50.0, ("QUEUE_WARN_PERCENT",))


def test_as_many_destinations_may_be_off_as_the_setting_allows() -> None:
    off = ("a", "b")
    assert read_queues(0, 0, full=100, full_share=0.5, off=off, off_warn=2).status == "pass"
    assert read_queues(0, 0, full=100, full_share=0.5, off=off, off_warn=1).status == "warn"
