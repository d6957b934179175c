"""What `rituals` shows: the log, newest first, in pages."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import HelixError
from state.rituals import Rituals
from state.rituals.records import RitualRecord, RunningRitual

PER_PAGE = 8


class WrongPage(HelixError):
    """There is no such page."""


@dataclass(frozen=True, slots=True)
class Log:
    """One page.

    Attributes:
        page: from 0.
        pages: how many there are, one at least.
        total: of rituals.
        running: the one under way.
        running_record: the same as it was kept, on whichever page of the log it stands.
    """

    records: tuple[RitualRecord, ...]
    page: int
    pages: int
    total: int
    running: RunningRitual | None
    running_record: RitualRecord | None = None


async def fetch_log(rituals: Rituals, page: int) -> Log:
    """The page (from 0), or the nearest that there is."""
    total = await rituals.count()
    pages = max(1, -(-total // PER_PAGE))
    page = max(0, min(page, pages - 1))
    records = await rituals.page(page * PER_PAGE, PER_PAGE)
    running = rituals.running
    record = None if running is None else await rituals.get(running.id)
    return Log(records, page, pages, total, running, record)


def check_page(number: int, log: Log) -> Log:
    """`log`, when it is the page that was asked for by its number from 1.

    Raises:
        WrongPage: there is no such page; the text says which there are.
    """
    if number != log.page + 1:
        known = "There is 1 page" if log.pages == 1 else f"There are {log.pages} pages"
        raise WrongPage(f"{known}, and no page {number if abs(number) < 10**9 else 'with that number'}.")
    return log
