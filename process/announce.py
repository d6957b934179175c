"""What a run tells the person or the machine that started it."""

from __future__ import annotations

import logging
import sys

from core.settings import Settings

logger = logging.getLogger("helix")


def announce(settings: Settings, text: str) -> None:
    """Say how far the start has come: a log entry with `LOG_FORMAT=json`, else a line for people."""
    if settings.log_format == "json":
        logger.info("%s", text.strip())
    else:
        say(text)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
