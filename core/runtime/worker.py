"""A second process for work that would block the event loop: drawing and compressing.

It is a fresh interpreter, never a fork (a forked child would keep the data folder's lock after its parent's
SIGKILL), and communicates in bytes over pipes. It starts with the first job, ends after being idle for a
while, and ends with its parent, whose end closes its input.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final

from core.errors import HelixError
from core.runtime._worker_frames import DONE, LENGTH, TOLD, encode_frame
from core.text.numbers import plain

logger = logging.getLogger(__name__)

_ROOT: Final = Path(__file__).resolve().parents[2]
# Variables that an interpreter needs; settings, and so secrets, are not passed on.
_KEPT_VARIABLES: Final = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "MPLCONFIGDIR",
    "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
)  # fmt: skip
_TIMEOUT_S: Final = 30.0
_IDLE_S: Final = 300.0
_WAITING_LIMIT: Final = 8
_RESULT_LIMIT: Final = 64 * 1024 * 1024
_PRINTED_BYTES: Final = 4096


class WorkerBusy(HelixError):
    """Too many jobs wait or run."""


class WorkerFailed(Exception):
    """A job raised an unexpected error, took too long, or its process died; the text is for the log."""


class Worker:
    """Runs jobs one after another in a second process.

    Args:
        idle_s: seconds without a job after which the process ends and frees its memory.
        waiting_limit: how many jobs may wait or run.
    """

    def __init__(self, *, idle_s: float = _IDLE_S, waiting_limit: int = _WAITING_LIMIT) -> None:
        self._idle_s = idle_s
        self._waiting_limit = waiting_limit
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[int] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._closed = False
        self.jobs = 0

    @property
    def pid(self) -> int | None:
        """The process's id; None while there is no process."""
        return None if self._process is None else self._process.pid

    async def run(self, target: str, payload: bytes, *, timeout_s: float = _TIMEOUT_S) -> bytes:
        """Runs the function `target` ("package.module:function", bytes to bytes) on `payload`.

        If the caller is cancelled, the process is killed, and the next job starts a new one.

        Raises:
            WorkerBusy: too many jobs wait or run.
            HelixError: raised by the function.
            WorkerFailed: it failed in another way, or took longer than `timeout_s` seconds.
        """
        if self._waiting >= self._waiting_limit or self._closed:
            raise WorkerBusy("Too much is being drawn at once. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._run(target, payload, timeout_s)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Ends the process; no job can be run afterwards."""
        self._closed = True
        await self._end()
        for ending in (self._leaving, self._listening):
            if ending is not None:
                await ending

    async def _run(self, target: str, payload: bytes, timeout_s: float) -> bytes:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        try:
            async with asyncio.timeout(timeout_s):
                kind, body = await self._exchange(target, payload)
        except TimeoutError:
            await self._end()
            raise WorkerFailed(f"{target}: not done after {plain(timeout_s)} s") from None
        except (EOFError, OSError) as error:
            # Includes asyncio.IncompleteReadError: the process has ended.
            await self._end()
            raise WorkerFailed(f"{target}: its process ended ({type(error).__name__})") from error
        except BaseException:
            await self._end()
            raise
        self.jobs += 1
        self._idle_timer = asyncio.get_running_loop().call_later(self._idle_s, self._idle)
        if kind == DONE:
            return body
        if kind == TOLD:
            raise HelixError(body.decode())
        raise WorkerFailed(f"{target}: {body.decode('utf-8', 'replace')}")

    async def _exchange(self, target: str, payload: bytes) -> tuple[bytes, bytes]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await self._start()
        if process.stdin is None or process.stdout is None:
            raise EOFError("the process has no pipes")
        process.stdin.write(encode_frame(target.encode()) + encode_frame(payload))
        await process.stdin.drain()
        return await _read(process.stdout), await _read(process.stdout)

    async def _start(self) -> asyncio.subprocess.Process:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "core.runtime._worker_child",
            cwd=_ROOT,
            env={**environment, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Piped instead of inherited: jobs must not block on our log's reader, and the log has one format.
            stderr=asyncio.subprocess.PIPE,
            # Ctrl+C in a terminal is sent to the whole session; a shutdown ends this process in its own time.
            start_new_session=True,
        )
        logger.info("worker.started pid=%d", process.pid)
        if process.stderr is not None:
            self._listening = asyncio.create_task(_log_output(process.stderr), name="worker-output")
        return process

    async def _end(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.shield(process.wait())
        logger.info("worker.ended pid=%d", process.pid)

    def _idle(self) -> None:
        # Between two jobs, closing the input ends the process.
        if not self._turn.locked() and self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._leaving = asyncio.create_task(self._process.wait(), name="worker-leaving")
            self._process = None


async def _log_output(stream: asyncio.StreamReader) -> None:
    """Logs what the process prints, until it ends."""
    while printed := await stream.read(_PRINTED_BYTES):
        for line in printed.decode("utf-8", "replace").splitlines():
            logger.warning("worker.printed %s", line)


async def _read(stream: asyncio.StreamReader) -> bytes:
    (length,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
    if length > _RESULT_LIMIT:
        raise EOFError("the answer is too long")
    return await stream.readexactly(length)
