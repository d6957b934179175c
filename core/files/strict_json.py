"""Parses hand-written JSON strictly, and reports the place of a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from core.files.reading import RefusedEdit
from core.text.surrogates import find_escaped_half

_BOM: Final = b"\xef\xbb\xbf"


class _Duplicate(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class _NoNumber(ValueError):
    pass


def parse_object(data: bytes) -> tuple[Mapping[str, object], str]:
    """The JSON object in `data`, and its text.

    Raises:
        RefusedEdit: not UTF-8, a byte order mark, not JSON, no object, a key twice, NaN or Infinity, a lone
            surrogate, or data after the object; with line and column if known.
    """
    text = _text(data)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise RefusedEdit(f"this is not JSON: {_plain(error.msg)}", error.lineno, error.colno) from error
    except _Duplicate as error:
        line, column = _nth_key(text, error.key, 2)
        raise RefusedEdit(f"{error.key[:64]!r} is given twice", line, column) from error
    except _NoNumber as error:
        line, column = position(text, text.find(str(error)))
        raise RefusedEdit(f"{error} is not a number in JSON", line, column) from error
    except (ValueError, RecursionError) as error:
        raise RefusedEdit("a number is too long, or brackets are nested too deep", 1, 1) from error
    half = find_escaped_half(text)
    if half is not None:
        raise RefusedEdit(f"{text[half : half + 6]} is half of a character", *position(text, half))
    if not isinstance(value, dict):
        raise RefusedEdit("the file must hold one JSON object, in { }", 1, 1)
    return value, text


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset in a text, both counted from 1."""
    before = text[: max(0, offset)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def key_position(text: str, *path: str) -> tuple[int | None, int | None]:
    """Line and column of the key that `path` leads to; of the innermost one found, if not all are."""
    offset = None
    start = 0
    for key in path:
        found = _key_pattern(key).search(text, start)
        if found is None:
            break
        offset, start = found.start(), found.end()
    return (1, 1) if offset is None else position(text, offset)


def _text(data: bytes) -> str:
    if data.startswith(_BOM):
        raise RefusedEdit("the file starts with a byte order mark; save it as UTF-8 without one", 1, 1)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RefusedEdit("the file is not UTF-8", line) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _Duplicate(key)
        result[key] = value
    return result


def _no_constant(name: str) -> NoReturn:
    raise _NoNumber(name)


def _key_pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:")


def _nth_key(text: str, key: str, number: int) -> tuple[int | None, int | None]:
    matches = list(_key_pattern(key).finditer(text))
    return position(text, matches[number - 1].start()) if len(matches) >= number else (1, 1)


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:]
