"""Counts what happened in a period from the journal; without names of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from core.store.moments import from_us, to_us
from core.store.tx import Tx
from state.models import METRICS, UCF

if TYPE_CHECKING:
    from state.collective import Collective

_SPAN: Final = "at_us >= :since AND at_us < :until"
_STATUSES: Final = """
    SELECT json_extract(after, '$.status'), count(*) FROM journal
    WHERE kind = :kind AND json_type(after) = 'object' AND {span} GROUP BY 1
"""
_PROMOTIONS: Final = """
    SELECT subject, json_extract(after, '$') FROM journal
    WHERE kind = 'folklore' AND cause = 'ritual' AND json_type(after) = 'text' AND {span} ORDER BY id
"""
# A change from null raises an alert, one to null clears it; all others reword or acknowledge it.
_ALERTS: Final = """
    SELECT coalesce(sum(before IS NULL AND json_type(after) = 'object'), 0),
           coalesce(sum(after IS NULL AND json_type(before) = 'object'), 0)
    FROM journal WHERE kind = 'alert' AND {span}
"""
_AGENTS: Final = """
    SELECT subject, count(*) FROM journal WHERE kind = 'agent' AND {span} GROUP BY 1 ORDER BY 2 DESC, 1
"""
_BACKUPS: Final = """
    SELECT coalesce(sum(json_extract(after, '$.size_bytes') IS NOT NULL), 0),
           coalesce(sum(json_extract(after, '$') = 'failed'), 0)
    FROM journal WHERE kind = 'backup' AND {span}
"""
_FIRST: Final = """
    SELECT at_us, harmony, resilience, prana, drishti, klesha, zoom FROM ucf_history
    WHERE {span} ORDER BY at_us, version LIMIT 1
"""
_SOURCES: Final = "SELECT source, count(*) FROM ucf_history WHERE {span} GROUP BY 1"


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What happened from `since` up to `until`.

    Attributes:
        before: the UCF at the start, or the first one in the period; None if unknown.
        after: the UCF at the end, likewise.
        begun: when the history begins, if that is within the period.
        rituals: number of ended rituals by status ("done", "cancelled", …).
        promotions: such as ("flare", "legend"), in order of time.
        directives: number of directives by the status they reached.
        agents: number of status changes by agent, highest first.
        tunes: number of values set by people; `edits`: by files.
    """

    since: datetime
    until: datetime
    before: UCF | None
    after: UCF | None
    begun: datetime | None
    rituals: Mapping[str, int]
    promotions: tuple[tuple[str, str], ...]
    alerts_raised: int
    alerts_cleared: int
    directives: Mapping[str, int]
    agents: Mapping[str, int]
    tunes: int
    edits: int
    backups_made: int
    backups_failed: int


async def fetch_week(collective: Collective, since: datetime, until: datetime) -> Week:
    """Counts the journal entries of a period."""
    before = await collective.journal.ucf_at(since)
    after = await collective.journal.ucf_at(until)
    span = {"since": to_us(since), "until": to_us(until)}

    def work(tx: Tx) -> Week:
        raised, cleared = _rows(tx, _ALERTS, span)[0]
        made, failed = _rows(tx, _BACKUPS, span)[0]
        sources = dict(_rows(tx, _SOURCES, span))
        first = _first(tx, span) if before is None else None
        return Week(
            since=since,
            until=until,
            before=before if first is None else first[0],
            begun=None if first is None else first[1],
            after=after,
            rituals=dict(_rows(tx, _STATUSES, {**span, "kind": "ritual"})),
            promotions=tuple((kind, rank) for kind, rank in _rows(tx, _PROMOTIONS, span)),
            alerts_raised=raised,
            alerts_cleared=cleared,
            directives=dict(_rows(tx, _STATUSES, {**span, "kind": "directive"})),
            agents=dict(_rows(tx, _AGENTS, span)),
            tunes=sources.get("tune", 0),
            edits=sources.get("file", 0),
            backups_made=made,
            backups_failed=failed,
        )

    return await collective.database.read(work)


def _first(tx: Tx, span: Mapping[str, int | str]) -> tuple[UCF, datetime] | None:
    for at_us, *values in _rows(tx, _FIRST, span):
        return UCF(**dict(zip(METRICS, values, strict=True))), from_us(at_us)
    return None


def _rows(tx: Tx, query: str, values: Mapping[str, int | str]) -> list[tuple[Any, ...]]:
    return tx.execute(query.format(span=_SPAN), values).fetchall()
