"""Statements for PostgreSQL: `?` becomes `$1`, and values become what the protocol carries."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg import errors

from core.store.tx import Sql

# Texts are written in the code, so there are few; a bound all the same, since some are put together.
_TEXTS_KEPT: Final = 2_048

# What no placeholder can stand in: strings, quoted names, bodies between dollars, comments.
_TOKENS: Final = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|(?P<tag>\$\w*\$).*?(?P=tag)|--[^\n]*|/\*.*?\*/|::|\?(?P<number>\d*)"
    r"|:(?P<name>[A-Za-z_]\w*)",
    re.DOTALL,
)
_FIRST_WORD: Final = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\w*)", re.DOTALL)
# A work function cannot begin or end a transaction: it would commit half a group.
_CONTROL: Final = frozenset(
    {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"}
)

_INT8: Final = struct.Struct("!q").pack
_FLOAT8: Final = struct.Struct("!d").pack
_TEXT_OID, _INT8_OID, _FLOAT8_OID, _BYTEA_OID = 25, 20, 701, 17
# The server finds the type of a text or NULL from where it stands, as SQLite's affinity does.
_UNTYPED: Final = 0
_ARRAY_OIDS: Final = {_TEXT_OID: 1009, _INT8_OID: 1016, _FLOAT8_OID: 1022, _BYTEA_OID: 1001}


class Statement(NamedTuple):
    """A statement as the server takes it.

    Attributes:
        text: with `$1` as placeholders.
        parameters: how many values it takes.
        names: those of `:name` placeholders, in the order of their numbers.
        ends: whether it begins or ends a transaction or savepoint.
    """

    text: bytes
    parameters: int
    names: tuple[str, ...]
    ends: bool


class Bound(NamedTuple):
    """The values of one statement: types (oids), contents, and formats (1 is binary)."""

    types: tuple[int, ...]
    values: list[bytes | None]
    formats: list[int]


def translate(sql: str) -> Statement:
    """The statement with PostgreSQL's placeholders; takes the text for PostgreSQL where there is one."""
    return _translate(sql.postgres if isinstance(sql, Sql) else sql)


@lru_cache(_TEXTS_KEPT)
def _translate(text: str) -> Statement:
    highest = 0
    names: dict[str, int] = {}

    def replaced(found: re.Match[str]) -> str:
        nonlocal highest
        number, name = found["number"], found["name"]
        if number is None and name is None:
            return found[0]
        # As in SQLite: a plain `?` or a new name is one more than the highest so far.
        place = names.setdefault(name, highest + 1) if name else int(number) if number else highest + 1
        highest = max(highest, place)
        return f"${place}"

    translated = _TOKENS.sub(replaced, text)
    first = _FIRST_WORD.match(text)
    ends = first is not None and first[1].upper() in _CONTROL
    return Statement(translated.encode(), highest, tuple(names), ends)


def bind(statement: Statement, parameters: Sequence[Any] | Mapping[str, Any]) -> Bound:
    """The values for a statement.

    A bool counts as 0 or 1 and NaN as NULL, as in SQLite. NUL in a text, which PostgreSQL refuses, becomes
    U+FFFD. A list becomes an array; only a statement of PostgreSQL's own can take one.

    Raises:
        psycopg.ProgrammingError: a name is missing, the number of values is wrong, or one has a type that no
            column holds.
        OverflowError: an int has more than 64 bits.
    """
    if isinstance(parameters, Mapping):
        missing = [name for name in statement.names if name not in parameters]
        if missing:
            raise errors.ProgrammingError(f"no value was given for {missing[0]!r}")
        parameters = [parameters[name] for name in statement.names]
    if len(parameters) != statement.parameters:
        raise errors.ProgrammingError(
            f"the statement takes {statement.parameters} values, and {len(parameters)} were given"
        )
    types: list[int] = []
    values: list[bytes | None] = []
    formats: list[int] = []
    for parameter in parameters:
        oid, value, is_binary = _encode(parameter)
        types.append(oid)
        values.append(value)
        formats.append(is_binary)
    return Bound(tuple(types), values, formats)


def _text(value: str) -> tuple[int, bytes | None, int]:
    return _UNTYPED, (value.replace("\0", "\ufffd") if "\0" in value else value).encode(), 0


def _int(value: int) -> tuple[int, bytes | None, int]:
    try:
        return _INT8_OID, _INT8(value), 1
    except struct.error:
        raise OverflowError("an int of more than 64 bits cannot be stored") from None


def _float(value: float) -> tuple[int, bytes | None, int]:
    return _FLOAT8_OID, None if math.isnan(value) else _FLOAT8(value), 1


def _bytes(value: bytes) -> tuple[int, bytes | None, int]:
    return _BYTEA_OID, bytes(value), 1


def _null(_: None) -> tuple[int, bytes | None, int]:
    return _UNTYPED, None, 0


def _list(value: list[Any]) -> tuple[int, bytes | None, int]:
    encoded = [_encode(one) for one in value]
    oid = next((one[0] for one in encoded if one[1] is not None), _UNTYPED) or _TEXT_OID
    parts = [struct.pack("!iiiii", 1, 1, oid, len(value), 1)]
    for _, content, _ in encoded:
        parts.append(struct.pack("!i", -1 if content is None else len(content)))
        parts.append(content or b"")
    return _ARRAY_OIDS[oid], b"".join(parts), 1


_ENCODERS: Final[dict[type, Callable[[Any], tuple[int, bytes | None, int]]]] = {
    str: _text,
    int: _int,
    bool: _int,
    float: _float,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    type(None): _null,
    list: _list,
}


def _encode(value: object) -> tuple[int, bytes | None, int]:
    encode = _ENCODERS.get(type(value))
    if encode is None:
        # An enum's member, for one, is a str too.
        encode = next((made for kind, made in _ENCODERS.items() if isinstance(value, kind)), None)
    if encode is None:
        raise errors.ProgrammingError(f"a value of type {type(value).__name__} cannot be stored")
    return encode(value)
