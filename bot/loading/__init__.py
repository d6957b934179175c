"""Loads, unloads and reloads cogs (design.md §2); no other code does.

discord.py's own extension handling can lose a cog: after two loads at once, a cancelled reload, or an error
in a module that is not an `Exception`. Here each cog has a lock, and every change is a task of the loader,
which a caller cannot cancel. New code is executed while the old code still answers; if it fails, the old
code stays.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bot.loading import _code as code
from bot.loading._code import CogFailure
from bot.loading._exchange import CogExchange
from bot.loading._record import (
    STAYS,
    CogDisabled,
    CogFailed,
    CogRecord,
    CogState,
    CogStatus,
    CogStays,
    LoadResult,
    UnknownCog,
)
from core.health import Reading
from core.health.threshold import Threshold

if TYPE_CHECKING:
    from discord.ext import commands

    from core.cache import CacheRegistry
    from core.clock import Clock
    from core.metrics import Registry
    from core.store.kv import KeyValueStore

__all__ = [
    "STAYS",
    "CogDisabled",
    "CogFailed",
    "CogFailure",
    "CogLoader",
    "CogState",
    "CogStatus",
    "CogStays",
    "LoadResult",
    "UnknownCog",
]

logger = logging.getLogger(__name__)

_SCOPE = "cogs"
# The kind of change that the feed tells.
KINDS = ("cogs",)
_DISABLED = "disabled"


class CogLoader:
    """Loads each cog once, on its first use, also with concurrent callers.

    Args:
        bot: the bot that gets the cogs.
        names: the cogs; each is a module or package in `package`.
        key_values: stores which cogs were unloaded.
        package: the package of the cogs.
        warn_above: the check warns if more cogs than this failed to load.
    """

    def __init__(
        self,
        bot: commands.Bot,
        names: Sequence[str],
        *,
        key_values: KeyValueStore,
        clock: Clock,
        metrics: Registry,
        caches: CacheRegistry,
        package: str = "bot.cogs",
        warn_above: int = 0,
    ) -> None:
        self._bot = bot
        self._bound = Threshold("broken", "above", warn_above, None, ("COGS_FAILED_WARN",))
        self._key_values = key_values
        self._caches = caches
        self._records = {name: CogRecord(name, f"{package}.{name}") for name in names}
        self._exchange = CogExchange(bot, clock, metrics)
        self._tasks: set[asyncio.Task[LoadResult]] = set()

    async def open(self) -> None:
        """Read which cogs were unloaded; call it once, before the first use."""
        for name, value in (await self._key_values.items(_SCOPE)).items():
            if value == _DISABLED and name in self._records and name not in STAYS:
                self._records[name].state = "disabled"

    async def follow(self) -> None:
        """Unload and enable what another process has unloaded and loaded."""
        kept = await self._key_values.items(_SCOPE)
        for record in self._records.values():
            disabled = kept.get(record.name) == _DISABLED and record.name not in STAYS
            if disabled and record.state != "disabled":
                await self._change(record, self._take_down)
            elif not disabled and record.state == "disabled":
                record.state = "not yet"
                self._caches.drop_tags("cogs")

    def is_ready(self, cog: str) -> bool:
        """Whether the cog is loaded and not changing, so that its commands can be looked up."""
        record = self._records.get(cog)
        return record is not None and record.state == "loaded" and record.pending == 0

    async def ensure(self, cog: str) -> None:
        """Return when the cog is loaded; a load that was started continues if the caller is cancelled.

        Nothing runs between the last check and the return, so an immediate look-up finds the commands.

        Raises:
            UnknownCog, CogDisabled, CogFailed: the cog cannot be loaded by using it.
        """
        record = self._record(cog)
        while not self.is_ready(record.name):
            if record.pending:
                await record.idle.wait()
            else:
                record.raise_if_unusable()
                await self._change(record, self._load)

    async def settle(self, cog: str) -> None:
        """Return when no change of the cog is running."""
        record = self._record(cog)
        while record.pending:
            await record.idle.wait()

    async def load(self, cog: str) -> LoadResult:
        """Load the cog, also if it was unloaded or has failed."""
        return await self._change(self._record(cog), self._enable_and_load)

    async def unload(self, cog: str) -> LoadResult:
        """Unload the cog and keep it off until `load`, also after restarts.

        Raises:
            CogStays: this cog cannot be unloaded.
        """
        record = self._record(cog)
        if record.name in STAYS:
            raise CogStays(record.name)
        return await self._change(record, self._unload)

    async def reload(self, cog: str) -> LoadResult:
        """Load the cog's present files; on failure the old code stays."""
        return await self._change(self._record(cog), self._reload)

    async def load_all(self) -> None:
        """Load every cog that is not loaded yet; log and show failures instead of raising them."""
        for record in self._records.values():
            if record.state == "not yet":
                await self._change(record, self._load)

    async def close(self) -> None:
        """Wait for running changes, then remove every cog; log errors of their teardown."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        for record in self._records.values():
            await self._change(record, self._exchange.take_down)
        self._exchange.close()

    def status(self) -> tuple[CogStatus, ...]:
        """Every cog, in the catalog's order."""
        return tuple(record.status(self._command_names(record)) for record in self._records.values())

    def changed(self) -> tuple[str, ...]:
        """The cogs whose files have changed since they were last loaded or tried."""
        return tuple(
            record.name
            for record in self._records.values()
            if record.source is not None and record.source != code.source_hash(record.module_name)
        )

    def count_use(self, cog: str) -> None:
        """Count one run of a command of this cog."""
        record = self._records.get(cog)
        if record is not None:
            record.uses += 1

    def probe(self) -> Reading:
        """The health check "cogs"."""
        states = [record.state for record in self._records.values()]
        broken = [record.name for record in self._records.values() if record.error is not None]
        reason = f"could not be loaded: {', '.join(broken)}" if broken else ""
        reading = Reading(
            thresholds=(self._bound,),
            counters={
                "broken": len(broken),
                "loaded": states.count("loaded"),
                "not_yet": states.count("not yet"),
                "failed": states.count("failed"),
                "disabled": states.count("disabled"),
            },
        )
        action = "`/cogs` shows the file and line. Fix it, then run `/reload`."
        return reading.become(self._bound.judge(len(broken)), reason, action)

    def _record(self, cog: str) -> CogRecord:
        record = self._records.get(cog.casefold())
        if record is None:
            raise UnknownCog(cog, self._records)
        return record

    def _command_names(self, record: CogRecord) -> tuple[str, ...]:
        cog = self._bot.get_cog(record.name)
        return () if cog is None else tuple(command.name for command in cog.get_commands())

    async def _change(
        self, record: CogRecord, change: Callable[[CogRecord], Awaitable[LoadResult]]
    ) -> LoadResult:
        """Run a change under the cog's lock in a task of its own, which survives the caller."""
        record.pending += 1
        record.idle.clear()
        task = asyncio.create_task(self._locked(record, change), name=f"cog-{record.name}")
        self._tasks.add(task)
        task.add_done_callback(functools.partial(self._ended, record))
        return await asyncio.shield(task)

    async def _locked(
        self, record: CogRecord, change: Callable[[CogRecord], Awaitable[LoadResult]]
    ) -> LoadResult:
        async with record.lock:
            result = await change(record)
        self._caches.drop_tags("cogs")
        return result

    def _ended(self, record: CogRecord, task: asyncio.Task[LoadResult]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The caller may have been cancelled, so log the error here.
            logger.warning("cog.change_failed cog=%s error=%r", record.name, task.exception())
        record.pending -= 1
        if not record.pending:
            record.idle.set()

    async def _enable_and_load(self, record: CogRecord) -> LoadResult:
        if record.state == "disabled":
            await self._key_values.delete(_SCOPE, record.name, kinds=KINDS)
            record.state = "not yet"
        return await self._load(record)

    async def _load(self, record: CogRecord) -> LoadResult:
        if record.state == "loaded":
            return LoadResult(record.name, ok=True, ms=0.0)
        if record.state == "disabled":
            return _refused(record, "This cog is unloaded; `/load` loads it again.")
        return await self._exchange.swap(record)

    async def _reload(self, record: CogRecord) -> LoadResult:
        if record.state == "disabled":
            return _refused(record, "This cog is unloaded; `/load` loads it again.")
        return await self._exchange.swap(record)

    async def _unload(self, record: CogRecord) -> LoadResult:
        await self._key_values.set(_SCOPE, record.name, _DISABLED, kinds=KINDS)
        return await self._take_down(record)

    async def _take_down(self, record: CogRecord) -> LoadResult:
        result = await self._exchange.take_down(record)
        record.state = "disabled"
        record.error = None
        logger.info("cog.unloaded cog=%s", record.name)
        return result


def _refused(record: CogRecord, why: str) -> LoadResult:
    failure = CogFailure(file="", line=None, type="Refused", message=why, incident="")
    return LoadResult(record.name, ok=False, ms=0.0, error=failure, kept_old=record.module is not None)
