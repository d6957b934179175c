"""Rows and times as the database stores them: times are whole microseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """The aware datetime, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def columns_of(select: str) -> tuple[str, ...]:
    """The columns of "SELECT a, b, c FROM …"; each must be a plain name."""
    return tuple(select.removeprefix("SELECT ").partition(" FROM ")[0].split(", "))


def fields_of(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """The values of a row by column; a column `x_us` becomes `x_at`, with a datetime or None."""
    fields: dict[str, Any] = {}
    for column, value in zip(columns, row, strict=True):
        if column.endswith("_us"):
            fields[f"{column[:-3]}_at"] = None if value is None else from_us(value)
        else:
            fields[column] = value
    return fields
