"""Counts log lines by logger and level."""

from __future__ import annotations

import logging
from typing import Final

from core.metrics import OTHER, Registry

# Logger names, cut at the first dot; a fixed list keeps the number of labels bounded.
_LOGGERS: Final = ("helix", "bot", "core", "sandbox", "state", "web", "aiohttp", "asyncio", "discord", OTHER)
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", OTHER)


class LogCounter(logging.Handler):
    """Counts under the metric name that dashboards for discord.py bots use; add it to the root logger."""

    def __init__(self, metrics: Registry) -> None:
        super().__init__()
        counter = metrics.counter("logging_total", "Log lines by logger and level.", ("logger", "level"))
        # Created beforehand: lines come from any thread, and a scrape must not see the table grow.
        self._cells = {(name, level): counter.bind(name, level) for name in _LOGGERS for level in _LEVELS}

    def emit(self, record: logging.LogRecord) -> None:
        """Counts one record; `logging` holds this handler's lock."""
        name, level = record.name.partition(".")[0], record.levelname
        name = name if name in _LOGGERS else OTHER
        self._cells[name, level if level in _LEVELS else OTHER].inc()
