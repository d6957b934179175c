"""Log lines for people or machines, with secrets masked."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from textwrap import indent
from types import MappingProxyType
from typing import Literal, TextIO

from core.logs._repeats import Repeats
from core.logs.secret import Secret
from core.logs.secret_forms import forms_of

LogFormat = Literal["text", "json"]
MASK = "***"

# Below these levels the libraries log message content (discord) or one line per file change (watchfiles).
_LIBRARY_FLOORS: Mapping[str, int] = MappingProxyType(
    {"discord": logging.INFO, "watchfiles": logging.WARNING, "aiohttp.access": logging.WARNING}
)

# Characters that start a new line or move the cursor: C0 without tab, DEL, C1, Unicode's line separators.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
# The same for a traceback, which may contain newlines.
_CONTROL_IN_TRACE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

_TRACEBACKS = logging.Formatter()

# Pass as `extra` for lines that must all be written, such as one with an incident's id.
EACH: Mapping[str, object] = MappingProxyType({"each": True})
# Pass as `extra` for lines below a warning that a client can cause at any rate: repeats are summed up.
MANY: Mapping[str, object] = MappingProxyType({"each": False})
_LOOK_EVERY_S = 1.0


class SecretMask:
    """Replaces every registered secret by `***` in messages, arguments, tracebacks and stacks.

    Its quoted, escaped and base64 forms are replaced too (`core/logs/secret_forms.py`).
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._texts: tuple[str, ...] = ()
        for secret in secrets:
            self.register(secret)

    def register(self, secret: Secret) -> None:
        """Masks this secret from now on; of a URL also its path and query, which libraries log separately."""
        texts = {*self._texts, *forms_of(secret.reveal())}
        # Longest first: a secret may contain another.
        self._texts = tuple(sorted(texts, key=len, reverse=True))

    def mask(self, text: str) -> str:
        """The text with every registered secret replaced."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def masked(self, record: logging.LogRecord) -> logging.LogRecord:
        """A copy of the record with formatted, masked message and traceback.

        The record itself is unchanged, for other handlers.
        """
        copy = logging.makeLogRecord(record.__dict__)
        copy.msg = self.mask(_finished_message(record))
        copy.args = None
        if record.exc_info and record.exc_info[0] is not None:
            copy.exc_text = self.mask(_TRACEBACKS.formatException(record.exc_info))
        elif record.exc_text:
            copy.exc_text = self.mask(record.exc_text)
        copy.exc_info = None
        if record.stack_info:
            copy.stack_info = self.mask(record.stack_info)
        return copy


class TextFormatter(logging.Formatter):
    """`2026-01-01T12:00:00.000Z INFO core.cache event key=value`; one line, except for tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats a log record as text."""
        message = _CONTROL.sub(_escape, record.getMessage())
        lines = [f"{_moment(record)} {record.levelname} {record.name} {message}"]
        # Indented, so that no line of a traceback looks like an entry of its own.
        lines += (indent(_CONTROL_IN_TRACE.sub(_escape, text), "  ") for text in _extras(record))
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, and traceback if there is one.

    The entries of a record's `fields` are added under their own names.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Formats a log record as a JSON object."""
        entry = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if extras := _extras(record):
            entry["traceback"] = "\n".join(extras)
        return json.dumps(entry, ensure_ascii=True)


class _HelixHandler(logging.StreamHandler[TextIO]):
    """The handler that `configure` installs and replaces; it masks records and sums up repeats."""

    def __init__(self, stream: TextIO, mask: SecretMask) -> None:
        super().__init__(stream)
        self._mask = mask
        self._repeats = Repeats(mask.masked)
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record, or holds it back if it repeats; `logging` holds the handler's lock."""
        if not self._repeats.hold(record, _finished_message(record)):
            super().emit(record)
        elif self._timer is None:
            self._look_later()

    def sum_up(self, *, everything: bool = False) -> None:
        """Writes the held records that are due, or all of them."""
        self.acquire()
        try:
            for record in self._repeats.take_due(everything=everything):
                super().emit(record)
            self._timer = None
            if self._repeats.holding:
                self._look_later()
        finally:
            self.release()

    def _look_later(self) -> None:
        timer = threading.Timer(_LOOK_EVERY_S, self.sum_up)
        timer.name, timer.daemon = "log-repeats", True
        # If no thread can be started, the next repeated line tries again.
        with contextlib.suppress(RuntimeError):
            timer.start()
            self._timer = timer

    def format(self, record: logging.LogRecord) -> str:
        """Formats a record with secrets masked."""
        return super().format(self._mask.masked(record))


def configure(
    level: str,
    log_format: LogFormat,
    *,
    secrets: Iterable[Secret] = (),
    stream: TextIO | None = None,
) -> SecretMask:
    """Sets up the root logger, in place of an earlier call; returns the mask, to register later secrets.

    Args:
        level: one of the standard names.
        log_format: "text" for people, "json" for machines.
        secrets: secrets to mask.
        stream: where the lines go; standard error by default.
    """
    mask = SecretMask(secrets)
    handler = _HelixHandler(stream if stream is not None else sys.stderr, mask)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    sum_up()
    for old in [one for one in root.handlers if isinstance(one, _HelixHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name, floor in _LIBRARY_FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    logging.captureWarnings(capture=True)
    return mask


def sum_up() -> None:
    """Writes all repeated lines held back; call before the process ends."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _HelixHandler):
            handler.sum_up(everything=True)


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extras(record: logging.LogRecord) -> list[str]:
    return [text for text in (record.exc_text, record.stack_info) if text]


def _finished_message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - an argument may raise anything when it is turned into text
        return f"{record.msg} [its arguments could not be shown: {type(error).__name__}]"


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
