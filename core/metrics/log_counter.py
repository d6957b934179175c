"""Counts log lines by who wrote them and how grave they are."""

from __future__ import annotations

import logging
from typing import Final

from core.metrics import OTHER, Registry

# Whose loggers there are, by the first part of their name: more would be labels without bound.
_LOGGERS: Final = ("helix", "bot", "core", "sandbox", "state", "web", "aiohttp", "asyncio", "discord", OTHER)
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", OTHER)


class LogCounter(logging.Handler):
    """Counts under the name that dashboards for discord.py bots read; put it on the root logger."""

    def __init__(self, metrics: Registry) -> None:
        super().__init__()
        counter = metrics.counter("logging_total", "Log lines by logger and level.", ("logger", "level"))
        # All there can be, ahead: a line may come from any thread, and a scrape must not see the table grow.
        self._cells = {(name, level): counter.bind(name, level) for name in _LOGGERS for level in _LEVELS}

    def emit(self, record: logging.LogRecord) -> None:
        """Count one; `logging` holds this handler's lock meanwhile."""
        name, level = record.name.partition(".")[0], record.levelname
        name = name if name in _LOGGERS else OTHER
        self._cells[name, level if level in _LEVELS else OTHER].inc()
