"""Items with a unique key that one statement writes."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.one_statement import OneStatement
from core.store.tx import Row, Sql


def read_keys(keys: Sequence[str], rows: Sequence[Row]) -> list[str | Exception]:
    new = {str(key) for (key,) in rows}
    return [key if key in new else LookupError(key) for key in keys]


add_keys: OneStatement[str, str] = OneStatement(
    Sql(
        sqlite="",
        postgres="INSERT INTO items (key) SELECT key FROM unnest(?::text[]) AS t (key) ORDER BY key "
        "ON CONFLICT DO NOTHING RETURNING key",
    ),
    lambda keys: (list(keys),),
    read_keys,
)

# The same, with an error for one item.
add_checked: OneStatement[str, str] = OneStatement(
    Sql(
        sqlite="",
        postgres="INSERT INTO items (key) SELECT key FROM unnest(?::text[]) AS t (key) "
        "WHERE 1 / (CASE key WHEN 'refused' THEN 0 ELSE 1 END) = 1 RETURNING key",
    ),
    lambda keys: (list(keys),),
    read_keys,
)
