"""`rituals`: the rituals in pages, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import HelixError
from state.rituals import Rituals
from state.rituals.records import RitualRecord, RunningRitual

PER_PAGE = 8


class WrongPage(HelixError):
    """No page has this number."""


@dataclass(frozen=True, slots=True)
class Log:
    """One page.

    Attributes:
        page: counted from 0.
        pages: the number of pages, at least 1.
        total: the number of rituals.
        running: the running ritual.
        running_record: its record, even if it is on another page.
    """

    records: tuple[RitualRecord, ...]
    page: int
    pages: int
    total: int
    running: RunningRitual | None
    running_record: RitualRecord | None = None


async def fetch_log(rituals: Rituals, page: int) -> Log:
    """This page (counted from 0), or the nearest existing one."""
    total = await rituals.count()
    pages = max(1, -(-total // PER_PAGE))
    page = max(0, min(page, pages - 1))
    records = await rituals.page(page * PER_PAGE, PER_PAGE)
    running = rituals.running
    record = None if running is None else await rituals.get(running.id)
    return Log(records, page, pages, total, running, record)


def check_page(number: int, log: Log) -> Log:
    """Return `log` if it is page `number`, counted from 1.

    Raises:
        WrongPage: the page does not exist; the message says how many there are.
    """
    if number != log.page + 1:
        known = "There is 1 page" if log.pages == 1 else f"There are {log.pages} pages"
        raise WrongPage(f"{known}, but no page {number if abs(number) < 10**9 else 'with that number'}.")
    return log
