"""Startup messages for the person or machine that started the run."""

from __future__ import annotations

import logging
import sys

from core.settings import Settings

logger = logging.getLogger("helix")


def announce(settings: Settings, text: str) -> None:
    """Report startup progress: a log entry with `LOG_FORMAT=json`, else a line for people."""
    if settings.log_format == "json":
        logger.info("%s", text.strip())
    else:
        say(text)


def say(text: str) -> None:
    """Print a line and flush."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
