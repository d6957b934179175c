"""Long lists in pages; ◀ and ▶ carry their target page, so they work after a restart too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import discord

from bot.replies import buttons
from bot.text import embeds

if TYPE_CHECKING:
    from bot.parts import HelixBot

T = TypeVar("T")

# The pattern of a payload that `Turn` reads, before the command's own part.
TURN = r"[^|]*\|"
# Fits a phone without much scrolling.
LINES_PER_PAGE = 10
PAGE_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Turn:
    """The target of ◀ or ▶: the page (from 0) and the command's own payload."""

    page: int
    payload: str

    @classmethod
    def of(cls, press: buttons.Press) -> Turn:
        """The turn of a press; page 0 if its payload has no number."""
        page, _, payload = press.payload.partition("|")
        return cls(int(page) if page.isdecimal() and len(page) < 7 else 0, payload)


@dataclass(frozen=True, slots=True)
class Shown:
    """The embed of a page, with the page's number (from 0) and the number of pages."""

    embed: discord.Embed
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        number: counted from 0.
        count: the number of pages, at least 1.
        parts: what stands on the page.
    """

    number: int
    count: int
    parts: Sequence[T]

    def card(self, title: str, lines: Iterable[str], *, status: str | None = None, footer: str = "") -> Shown:
        """The page as an embed; the footer begins with the page's number if there are several."""
        number = f"Page {self.number + 1} of {self.count}" if self.count > 1 else ""
        foot = " · ".join(filter(None, (number, footer)))
        return Shown(embeds.card(title, lines, status=status, footer=foot), self.number, self.count)


def pick(parts: Sequence[str], number: int, *, per_page: int = LINES_PER_PAGE) -> Page[str]:
    """The page of `parts` with this number, or the nearest existing one; pages are made by `cut`."""
    found = cut(parts, per_page=per_page)
    number = within(number, len(found))
    return Page(number, len(found), found[number])


def share(items: Sequence[T], number: int, *, per_page: int) -> Page[T]:
    """The page with this number, or the nearest existing one; each has `per_page` items."""
    count = max(1, -(-len(items) // per_page))
    number = within(number, count)
    return Page(number, count, items[number * per_page : (number + 1) * per_page])


def cut(
    parts: Sequence[str], *, per_page: int = LINES_PER_PAGE, limit: int = PAGE_LENGTH
) -> tuple[tuple[str, ...], ...]:
    """Divide `parts` into pages of at most `per_page` parts and `limit` characters; a part stays whole.

    There is at least one page, empty if there are no parts; a part over the limit gets a page of its own.
    """
    pages: list[tuple[str, ...]] = []
    page: list[str] = []
    size = 0
    for part in parts:
        if page and (len(page) == per_page or size + embeds.length(part) + 1 > limit):
            pages.append(tuple(page))
            page, size = [], 0
        page.append(part)
        size += embeds.length(part) + 1
    return (*pages, tuple(page)) if page or not pages else tuple(pages)


def within(page: int, count: int) -> int:
    """`page`, or the nearest existing one, since the list may have become shorter."""
    return max(0, min(page, count - 1))


async def view(
    bot: HelixBot, cog: str, action: str, user_id: int, *, page: int, count: int, payload: str = ""
) -> discord.ui.View | None:
    """The user's ◀ and ▶ buttons for `page` of `count`; None if there is one page.

    The cog's handler with the same `cog` and `action` reads the press with `Turn.of`.
    """
    if count <= 1:
        return None
    return buttons.view_of(
        await buttons.button(
            bot,
            cog,
            action,
            user_id,
            f"{page - 1 if page else 'first'}|{payload}",
            emoji="◀️",
            disabled=page == 0,
        ),
        await buttons.button(
            bot, cog, action, user_id, f"{page + 1}|{payload}", emoji="▶️", disabled=page >= count - 1
        ),
    )
