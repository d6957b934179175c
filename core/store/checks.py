"""Readings of the checks "store", "journal", "disk" and "recovery"."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.health import STATUSES, Check, CounterValue, HealthRegistry, Reading, Status
from core.health.threshold import Threshold, fails_when, passes_with, warns_when
from core.settings import Settings
from core.store import Recovery, StoreStats

_DISK_SETTINGS: Final = ("DISK_FREE_WARN_MB", "DISK_FREE_FAIL_MB")
# Helix itself needs a few dozen; a disk without free inodes refuses every new file.
_FREE_INODES: Final = Threshold("free_inodes", "below", 1_000, 100)
_MIB: Final = 1024 * 1024


def read_store(stats: StoreStats, *, full_share: float) -> Reading:
    """The state of the database: "fail" from a failed transaction until the next successful one.

    Args:
        stats: the store's numbers.
        full_share: a queue fuller than this share of its limit is a warning.
    """
    load = stats.waiting / stats.queue_limit
    most = int(full_share * stats.queue_limit)
    waiting = Threshold("waiting", "above", most, None, ("QUEUE_WARN_PERCENT",))
    reading = Reading(
        load=load,
        observed_value=stats.last_commit_s,
        observed_unit="s",
        counters={
            "groups": stats.groups,
            "writes": stats.writes,
            "failures": stats.failures,
            "largest_group": stats.largest_group,
            "waiting": stats.waiting,
            "size_bytes": stats.size_bytes,
            "wal_bytes": stats.wal_bytes,
            "engine": stats.engine,
            **stats.facts,
        },
        thresholds=(
            waiting,
            fails_when("the last commit", "refused"),
            fails_when("the database or its log", "removed or replaced"),
        ),
    )
    if stats.gone is not None:
        return reading.become("fail", f"nothing can be saved: {stats.gone}", stats.remedy)
    if stats.last_error is not None:
        return reading.become("fail", stats.last_error, stats.remedy)
    verdict = waiting.judge(stats.waiting)
    if verdict != "pass":
        action = "Wait, or find what writes so much and check the speed of the disk."
        return reading.become(verdict, "changes are waiting: the disk is slower than they come in", action)
    return reading


def read_journal(stats: StoreStats, kept_days: int, beside: Sequence[Check | None] = ()) -> Reading:
    """Whether journal entries can be written and are kept.

    Args:
        stats: the store's numbers.
        kept_days: how long an entry is kept.
        beside: other checks it depends on, such as the disk; a fault there is a warning here.
    """
    counters: dict[str, CounterValue] = {"size_bytes": stats.size_bytes, "kept_days": kept_days}
    thresholds = (
        fails_when("the last commit", "refused"),
        warns_when("the check disk or the check backups", "not passing"),
    )
    faulty = [check for check in beside if check is not None and check.status != "pass"]
    counters |= {check.name: check.status for check in beside if check is not None}
    if stats.last_error is not None or stats.gone is not None:
        reason, action = "no entry can be written", "See the check store."
        return Reading(status="fail", reason=reason, action=action, counters=counters, thresholds=thresholds)
    if faulty:
        reason = "; ".join(f"{check.name}: {check.reason}" for check in faulty)
        action = " ".join(check.action for check in faulty)
        return Reading(status="warn", reason=reason, action=action, counters=counters, thresholds=thresholds)
    return Reading(counters=counters, thresholds=thresholds)


async def refresh_disk(settings: Settings, health: HealthRegistry) -> None:
    """Reports the free space on the data folder's disk."""
    bounds = {"warn_mb": settings.disk_free_warn_mb, "fail_mb": settings.disk_free_fail_mb}
    health.take("disk", await asyncio.to_thread(read_disk, settings.data_dir, **bounds))


def read_disk(folder: Path, *, warn_mb: int, fail_mb: int) -> Reading:
    """Free space on the folder's disk, with bounds in MiB, and free inodes.

    Blocks on system calls: run it in a thread.
    """
    free = Threshold("free_bytes", "below", warn_mb * _MIB, fail_mb * _MIB, _DISK_SETTINGS)
    thresholds = (free, _FREE_INODES, fails_when("the data folder", "not readable"))
    try:
        usage, system = shutil.disk_usage(folder), os.statvfs(folder)
    except OSError as error:
        reason = f"the data folder cannot be read: {error.strerror}"
        action = "Check that HELIX_DATA_DIR exists and that Helix may read it."
        return Reading(status="fail", reason=reason, action=action, thresholds=thresholds)
    # A file system that allocates inodes on demand (such as btrfs) reports none.
    inodes = {"free_inodes": system.f_favail, "total_inodes": system.f_files} if system.f_files else {}
    reading = Reading(
        observed_value=usage.free,
        observed_unit="bytes",
        load=usage.used / usage.total if usage.total else None,
        counters={"free_bytes": usage.free, "total_bytes": usage.total, **inodes},
        thresholds=thresholds,
    )
    room: Status = free.judge(usage.free)
    files: Status = _FREE_INODES.judge(system.f_favail) if inodes else "pass"
    worst = max(room, files, key=STATUSES.index)
    if worst == "pass":
        return reading
    if worst == room:
        mb = fail_mb if room == "fail" else warn_mb
        reason = f"the disk of the data folder has less than {mb} MiB left"
        return reading.become(worst, reason, "Free space on the disk of HELIX_DATA_DIR.")
    bound = _FREE_INODES.fail if files == "fail" else _FREE_INODES.warn
    reason = f"the disk of the data folder has room for fewer than {bound} more files (inodes)"
    return reading.become(
        worst, reason, "Delete files on the disk of HELIX_DATA_DIR; `df -i` shows its inodes."
    )


def report_recovery(health: HealthRegistry, recovery: Recovery, *, edits: int, rituals: int) -> None:
    """Reports what the start found and repaired as the check "recovery"; it always passes.

    Args:
        health: where to report it.
        recovery: what the store found.
        edits: how many file edits were taken over.
        rituals: how many rituals a crash had interrupted.
    """
    reason = "the last stop was clean"
    if recovery.first_start:
        reason = "a first start"
    elif recovery.unclean:
        reason = "the last stop was not clean; all committed data is there"
    health.set_thresholds("recovery", passes_with("finding, since all of it was repaired"))
    health.report(
        "recovery",
        "pass",
        reason,
        counters={
            "unclean_stops": recovery.unclean_stops,
            "recovered_log_bytes": recovery.wal_bytes,
            "schema_steps_applied": len(recovery.migration.applied),
            "file_edits_taken": edits,
            "rituals_interrupted": rituals,
        },
    )
