"""Counts of the journal over a period, for the week's digest."""

from __future__ import annotations

from typing import Final

from core.store.tx import Sql, Tx

_SPAN: Final = "at_us >= ?1 AND at_us < ?2"
# PostgreSQL takes no text out of JSON in which a NUL stands, wherever that is.
_AFTER: Final = r"CAST(replace(after, '\u0000', '\ufffd') AS json)"


def _both(query: str) -> Sql:
    """The query with the words of each engine for `{status}`, `{size}` and the like."""
    return Sql(
        sqlite=query.format(
            span=_SPAN,
            after_kind="json_type(after)",
            before_kind="json_type(before)",
            text="text",
            status="json_extract(after, '$.status')",
            size="json_extract(after, '$.size_bytes')",
            value="json_extract(after, '$')",
            subject="min(subject COLLATE BINARY)",
            folded="subject",
        ),
        postgres=query.format(
            span=_SPAN,
            after_kind=f"json_typeof({_AFTER})",
            before_kind="json_typeof(CAST(before AS json))",
            text="string",
            status=f"{_AFTER} ->> 'status'",
            size=f"CASE WHEN json_typeof({_AFTER}) = 'object' THEN {_AFTER} ->> 'size_bytes' END",
            value=f"{_AFTER} #>> '{{}}'",
            subject="min(subject)",
            folded="lower(subject)",
        ),
    )


_STATUSES: Final = _both(
    "SELECT {status} AS status, count(*) FROM journal "
    "WHERE kind = ?3 AND {after_kind} = 'object' AND {span} GROUP BY 1 ORDER BY 1"
)
_PROMOTIONS: Final = _both(
    "SELECT subject, {value} FROM journal "
    "WHERE kind = 'folklore' AND cause = 'ritual' AND {after_kind} = '{text}' AND {span} ORDER BY id"
)
# A change from null raises an alert, one to null clears it; all others reword or acknowledge it.
_ALERTS: Final = _both(
    "SELECT count(*) FILTER (WHERE before IS NULL AND {after_kind} = 'object'), "
    "count(*) FILTER (WHERE after IS NULL AND {before_kind} = 'object') "
    "FROM journal WHERE kind = 'alert' AND {span}"
)
# SQLite's column ignores case.
_AGENTS: Final = _both(
    "SELECT {subject}, count(*) FROM journal WHERE kind = 'agent' AND {span} "
    "GROUP BY {folded} ORDER BY 2 DESC, {folded}"
)
_BACKUPS: Final = _both(
    "SELECT count(*) FILTER (WHERE {size} IS NOT NULL), count(*) FILTER (WHERE {value} = 'failed') "
    "FROM journal WHERE kind = 'backup' AND {span}"
)


def statuses(tx: Tx, span_us: tuple[int, int], kind: str) -> dict[str, int]:
    """Status to the number of entries of a kind that reached it."""
    return dict(tx.execute(_STATUSES, (*span_us, kind)))


def promotions(tx: Tx, span_us: tuple[int, int]) -> tuple[tuple[str, str], ...]:
    """Kind of anomaly and new rank of each promotion, in order."""
    return tuple((kind, rank) for kind, rank in tx.execute(_PROMOTIONS, span_us))


def alerts(tx: Tx, span_us: tuple[int, int]) -> tuple[int, int]:
    """The numbers of alerts that were raised and cleared."""
    raised, cleared = tx.execute(_ALERTS, span_us).fetchone()
    return raised, cleared


def agents(tx: Tx, span_us: tuple[int, int]) -> dict[str, int]:
    """Agent to the number of its status changes, highest first."""
    return dict(tx.execute(_AGENTS, span_us))


def backups(tx: Tx, span_us: tuple[int, int]) -> tuple[int, int]:
    """The numbers of backups that were made and that failed."""
    made, failed = tx.execute(_BACKUPS, span_us).fetchone()
    return made, failed
