"""Counts what happened in a period from the journal; without names of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from core.store.moments import to_us
from core.store.tx import Tx
from state.journal import read_ucf, ucf_history_table
from state.models import UCF
from state.views import week_table

if TYPE_CHECKING:
    from state.collective import Collective


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
    span = to_us(since), to_us(until)

    def work(tx: Tx) -> Week:
        raised, cleared = week_table.alerts(tx, span)
        made, failed = week_table.backups(tx, span)
        sources = ucf_history_table.count_by_source(tx, *span)
        row = ucf_history_table.first(tx, *span) if before is None else None
        first = None if row is None else read_ucf(row)
        return Week(
            since=since,
            until=until,
            before=before if first is None else first[0],
            begun=None if first is None else first[1],
            after=after,
            rituals=week_table.statuses(tx, span, "ritual"),
            promotions=week_table.promotions(tx, span),
            alerts_raised=raised,
            alerts_cleared=cleared,
            directives=week_table.statuses(tx, span, "directive"),
            agents=week_table.agents(tx, span),
            tunes=sources.get("tune", 0),
            edits=sources.get("file", 0),
            backups_made=made,
            backups_failed=failed,
        )

    return await collective.database.read(work)
