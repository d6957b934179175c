"""Replaces the module of a cog by newly imported code, completely or not at all."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.loading import _code as code
from bot.loading import swap
from bot.loading._importer import CogImporter
from bot.loading._record import CogRecord, LoadResult
from core.errors import new_incident
from core.logs import EACH

if TYPE_CHECKING:
    from types import ModuleType

    from discord.ext import commands

    from core.clock import Clock
    from core.metrics import Registry

logger = logging.getLogger(__name__)


class CogExchange:
    """Loads and removes the module of a cog; the caller holds the cog's lock."""

    def __init__(self, bot: commands.Bot, clock: Clock, metrics: Registry) -> None:
        self._bot = bot
        self._clock = clock
        self._load_seconds = metrics.histogram(
            "helix_cog_load_seconds", "How long a cog took to load.", ("cog",)
        )
        self._importer = CogImporter()

    def close(self) -> None:
        """Stop the import thread."""
        self._importer.close()

    async def take_down(self, record: CogRecord) -> LoadResult:
        """Remove the cog from the bot and from `sys.modules`."""
        began = self._clock.monotonic()
        module, record.module = record.module, None
        if module is not None:
            await swap.detach(self._bot, module)
            await swap.tear_down(self._bot, module)
            code.restore(record.module_name, {})
            record.state = "not yet"
            record.source = None
        return LoadResult(record.name, ok=True, ms=self._ms_since(began))

    async def swap(self, record: CogRecord) -> LoadResult:
        """Import the present files and replace the module; on failure the old module stays."""
        began = self._clock.monotonic()
        before = code.loaded_modules(record.module_name)
        try:
            imported = await self._importer.run(record.module_name)
            record.source = imported.source
            module = imported.module()
            await self._exchange(record, module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            code.restore(record.module_name, before)
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            return self._failed(record, error, began)
        record.module = module
        record.state = "loaded"
        record.error = None
        record.load_ms = self._ms_since(began)
        record.loaded_at = self._clock.now()
        self._load_seconds.observe(record.load_ms / 1000, record.name)
        logger.info("cog.loaded cog=%s ms=%d", record.name, record.load_ms)
        return LoadResult(record.name, ok=True, ms=record.load_ms)

    async def _exchange(self, record: CogRecord, new: ModuleType) -> None:
        old = record.module
        if old is not None:
            await swap.detach(self._bot, old)
            await swap.tear_down(self._bot, old)
        try:
            await swap.attach(self._bot, new)
        except BaseException:
            if old is not None:
                await self._bring_back(record, old)
            raise

    async def _bring_back(self, record: CogRecord, old: ModuleType) -> None:
        try:
            await swap.attach(self._bot, old)
        except BaseException:
            record.module = None
            logger.exception("cog.old_code_lost cog=%s", record.name)

    def _failed(self, record: CogRecord, error: BaseException, began: float) -> LoadResult:
        incident = new_incident()
        record.error = code.describe_failure(record.module_name, error, incident)
        kept_old = record.module is not None
        record.state = "loaded" if kept_old else "failed"
        logger.error(
            "cog.failed cog=%s incident=%s kept_old=%s",
            record.name,
            incident,
            kept_old,
            exc_info=error,
            extra=EACH,
        )
        return LoadResult(
            record.name, ok=False, ms=self._ms_since(began), error=record.error, kept_old=kept_old
        )

    def _ms_since(self, began: float) -> float:
        return (self._clock.monotonic() - began) * 1000


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
