"""Removes noise from discord.py's log."""

from __future__ import annotations

import logging

from bot.gateway.discord_internals import LOGGER, RECONNECTING, silence_voice


def quieten() -> None:
    """Drop the warnings about voice (Helix does not use it) and the traceback of each reconnect."""
    silence_voice()
    logger = logging.getLogger(LOGGER)
    if _say_why_in_a_word not in logger.filters:
        logger.addFilter(_say_why_in_a_word)


def _say_why_in_a_word(record: logging.LogRecord) -> bool:
    if record.exc_info and str(record.msg).startswith(RECONNECTING):
        kind = record.exc_info[0]
        record.msg = f"{record.msg} (%s)"
        record.args = (*_arguments(record), kind.__name__ if kind is not None else "no error")
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


def _arguments(record: logging.LogRecord) -> tuple[object, ...]:
    return record.args if isinstance(record.args, tuple) else ()
