"""Watches the data folder, and reports within 300 ms which of the editable files has changed."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Final

from core.flags import Flags
from core.health import HealthRegistry
from core.health.threshold import warns_when

logger = logging.getLogger(__name__)

OnEdit = Callable[[frozenset[str]], Awaitable[None]]

_CHECK: Final = "state-watching"
_STEP_MS: Final = 20
_DEBOUNCE_MS: Final = 50
_POLL_S: Final = 0.1
# Notifications may fail silently (a folder replaced, a network share), so the files are checked as well.
_SWEEP_MS: Final = 2_000
# How long polling replaces failed notifications, before these are tried again.
_INSTEAD_S: Final = 60.0
_POLLING_VARIABLE: Final = "WATCHFILES_FORCE_POLLING"
# The values that watchfiles reads as "no", and similar ones.
_NO: Final = frozenset({"", "false", "disable", "disabled", "0", "no", "off"})


class FolderWatcher:
    """Watches files through their folder: a watch on a file is lost when the file is replaced.

    Args:
        names: the files in the folder.
        on_edit: awaited with the names that may have changed; its errors end the (supervised) run.
        flags: the flag `state_watching` turns watching on or off at any time.
        poll: check every 100 ms instead of using notifications; None follows WATCHFILES_FORCE_POLLING.
    """

    def __init__(
        self,
        folder: Path,
        names: Collection[str],
        on_edit: OnEdit,
        *,
        flags: Flags,
        health: HealthRegistry,
        poll: bool | None = None,
    ) -> None:
        self._folder = folder
        self._names = frozenset(names)
        self._on_edit = on_edit
        self._flags = flags
        self._health = health
        health.set_thresholds(_CHECK, warns_when("notification by the system", "impossible"))
        self._poll = _asked_to_poll() if poll is None else poll
        self._switched = asyncio.Event()
        self._may_begin = asyncio.Event()
        self._may_begin.set()
        self._seen: dict[str, tuple[int, int, int] | None] = {}
        flags.on_switch(self._flag_switched)

    def hold(self) -> None:
        """Delays watching until `release`, since its imports would slow down the start."""
        self._may_begin.clear()
        self._health.report(_CHECK, "pass", "begins when Helix has started")

    def release(self) -> None:
        """Starts watching; edits made in the meantime are found."""
        self._may_begin.set()

    async def run(self) -> None:
        """Watches while the flag is on (supervised)."""
        await self._may_begin.wait()
        while True:
            self._switched.clear()
            if not self._flags.state_watching:
                self._health.report(_CHECK, "pass", "switched off; files are read at start and before writes")
                await self._switched.wait()
                continue
            watching = asyncio.create_task(self._watch(), name="state-watching")
            switched = asyncio.create_task(self._switched.wait(), name="state-watching-flag")
            try:
                await asyncio.wait({watching, switched}, return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    await watching
            finally:
                await _cancel(watching, switched)

    async def _watch(self) -> None:
        # Report edits from before the watch.
        self._changed_files()
        await self._on_edit(self._names)
        if self._poll:
            await self._poll_folder("polling every 100 ms, as WATCHFILES_FORCE_POLLING asks", math.inf)
        while True:
            try:
                await self._watch_notifications()
            except (OSError, RuntimeError) as error:
                logger.warning("watcher.fallback error=%s detail=%s", type(error).__name__, error)
                reason = f"polling every 100 ms, since notifications failed ({type(error).__name__})"
                await self._poll_folder(reason, _INSTEAD_S)

    async def _watch_notifications(self) -> None:
        # watchfiles offers every platform's notifications; imported late to keep the start fast.
        from watchfiles import awatch

        # Its INFO line on each change adds nothing to our own.
        logging.getLogger("watchfiles.main").setLevel(logging.WARNING)
        folder = str(self._folder)
        stop = asyncio.Event()
        changes = awatch(
            folder,
            watch_filter=lambda _change, path: _name(path) in self._names,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            rust_timeout=_SWEEP_MS,
            yield_on_timeout=True,
            stop_event=stop,
            recursive=False,
            force_polling=False,
        )
        waiting = asyncio.ensure_future(anext(changes))
        try:
            # That task's first step begins the watch; edits from before it are found by checking the files.
            await asyncio.sleep(0)
            touched = self._changed_files()
            if not waiting.done():
                self._health.report(_CHECK, "pass", "notified by the system")
            while True:
                if touched:
                    await self._on_edit(frozenset(touched))
                batch = await waiting
                waiting = asyncio.ensure_future(anext(changes))
                touched = {_name(path) for _, path in batch}
                touched |= self._changed_files()
        finally:
            stop.set()
            await _cancel(waiting)
            await changes.aclose()

    async def _poll_folder(self, reason: str, seconds: float) -> None:
        self._health.report(_CHECK, "pass" if self._poll else "warn", reason, action=_ACTION)
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            touched = self._changed_files()
            if touched:
                await self._on_edit(frozenset(touched))
            await asyncio.sleep(_POLL_S)

    def _changed_files(self) -> set[str]:
        """The files that have changed since the last call; one `stat` call for each."""
        changed = set()
        for name in self._names:
            looks = self._look(name)
            if self._seen.get(name) != looks:
                self._seen[name] = looks
                changed.add(name)
        return changed

    def _look(self, name: str) -> tuple[int, int, int] | None:
        try:
            status = (self._folder / name).lstat()
        except OSError:
            return None
        # ctime also changes with the mode, so a file that becomes readable is found.
        return status.st_ino, status.st_ctime_ns, status.st_size

    def _flag_switched(self, name: str, _on: bool) -> None:
        if name == "state_watching":
            self._switched.set()


_ACTION: Final = "Raise fs.inotify.max_user_watches, or ignore this: polling works, but uses more CPU."


def _asked_to_poll() -> bool:
    return os.environ.get(_POLLING_VARIABLE, "").strip().lower() not in _NO


async def _cancel(*tasks: asyncio.Task[object] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _name(path: str) -> str:
    return path.rpartition(os.sep)[2]
