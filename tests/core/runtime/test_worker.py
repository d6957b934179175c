import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import HelixError
from core.runtime._worker_frames import encode_frame
from core.runtime.worker import Worker, WorkerBusy, WorkerFailed

JOBS = "tests.core.runtime.worker_jobs"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    started = Worker(waiting_limit=2)
    yield started
    await started.close()


async def test_a_job_runs_in_another_process_that_stays_for_the_next(worker: Worker) -> None:
    assert worker.pid is None
    assert await worker.run(f"{JOBS}:upper", b"helix") == b"HELIX"
    first = worker.pid
    assert first not in {None, os.getpid()}
    assert await worker.run(f"{JOBS}:upper", b"again") == b"AGAIN"
    assert (worker.pid, worker.jobs) == (first, 2)


async def test_what_a_job_tells_reaches_the_caller_and_the_process_lives_on(worker: Worker) -> None:
    with pytest.raises(HelixError, match="cannot be drawn"):
        await worker.run(f"{JOBS}:complain", b"")
    with pytest.raises(WorkerFailed, match="KeyError"):
        await worker.run(f"{JOBS}:fail", b"")
    assert await worker.run(f"{JOBS}:upper", b"x") == b"X"


async def test_what_a_job_prints_is_logged_and_waits_for_nobody(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    await worker.run(f"{JOBS}:print_much", b"")
    await worker.close()
    printed = [record for record in caplog.records if record.getMessage().startswith("worker.printed line ")]
    assert len(printed) > 9_000


def test_a_process_whose_parent_was_killed_meanwhile_ends_without_a_word() -> None:
    reader, answers = os.pipe()
    os.close(reader)
    job = encode_frame(f"{JOBS}:upper_quietly".encode()) + encode_frame(b"x")
    ended = subprocess.run(
        (sys.executable, "-m", "core.runtime._worker_child"),
        input=job, stdout=answers, stderr=subprocess.PIPE, cwd=ROOT, timeout=60, check=True,
    )  # fmt: skip
    os.close(answers)
    assert ended.stderr == b""


async def test_a_dead_process_is_replaced(worker: Worker) -> None:
    with pytest.raises(WorkerFailed, match="ended"):
        await worker.run(f"{JOBS}:die", b"")
    assert await worker.run(f"{JOBS}:upper", b"x") == b"X"


async def test_a_job_that_takes_too_long_is_ended(worker: Worker) -> None:
    with pytest.raises(WorkerFailed, match="not done after"):
        await worker.run(f"{JOBS}:hang", b"", timeout_s=0.05)
    assert worker.pid is None


async def test_a_cancelled_caller_ends_its_job_and_the_next_one_runs(worker: Worker) -> None:
    await worker.run(f"{JOBS}:upper", b"x")
    pid = worker.pid
    job = asyncio.create_task(worker.run(f"{JOBS}:hang", b""))
    waiting = asyncio.create_task(worker.run(f"{JOBS}:upper", b"y"))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await waiting == b"Y"
    assert worker.pid != pid


async def test_too_many_at_once_are_refused(worker: Worker) -> None:
    jobs = [asyncio.create_task(worker.run(f"{JOBS}:hang", b"")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(WorkerBusy):
        await worker.run(f"{JOBS}:upper", b"")
    for job in jobs:
        job.cancel()
    await asyncio.wait(jobs)


async def test_no_setting_is_handed_on(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    names = (await worker.run(f"{JOBS}:environment", b"")).decode().split("\n")
    assert "PATH" in names
    assert "DISCORD_TOKEN" not in names


async def test_an_idle_process_ends_and_the_next_job_starts_another() -> None:
    worker = Worker(idle_s=0.01)
    await worker.run(f"{JOBS}:upper", b"x")
    async with asyncio.timeout(40):
        while worker.pid is not None:
            await asyncio.sleep(0.005)
    assert await worker.run(f"{JOBS}:upper", b"x") == b"X"
    await worker.close()


async def test_after_the_close_nothing_runs(worker: Worker) -> None:
    await worker.close()
    with pytest.raises(WorkerBusy):
        await worker.run(f"{JOBS}:upper", b"x")
