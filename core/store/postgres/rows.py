"""Rows from PostgreSQL's binary results, with the types that SQLite gives: str, int, float, bytes, None."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.abc import Transformer as Reader
from psycopg.adapt import Loader, Transformer
from psycopg.pq import Format
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import NumericBinaryLoader


class _BoolAsInt(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return data[0]


class _Number(Loader):
    """Sums of BIGINT are NUMERIC: an int without decimal places, else a float."""

    format = Format.BINARY

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._numeric = NumericBinaryLoader(oid, context)

    def load(self, data: Buffer) -> int | float:
        value = self._numeric.load(data)
        # The number of decimal places shown (dscale) stands in bytes 6 and 7.
        return float(value) if data[6] or data[7] or not value.is_finite() else int(value)


class _JsonText(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _JsonbText(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data[1:]).decode()  # the first byte is the version of the format


def use_plain_types(connection: psycopg.Connection[Any]) -> Reader:
    """Registers the loaders and returns the reader of results for the connection."""
    adapters = connection.adapters
    adapters.register_loader("bool", _BoolAsInt)
    adapters.register_loader("numeric", _Number)
    adapters.register_loader("json", _JsonText)
    adapters.register_loader("jsonb", _JsonbText)
    return Transformer(connection)


def load(reader: Reader, result: PGresult) -> list[Any]:
    """All rows of a result, as tuples."""
    reader.set_pgresult(result)
    return reader.load_rows(0, result.ntuples, tuple)
