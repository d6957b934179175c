from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.access import Caller
from bot.replies import pages
from bot.replies.buttons import Press
from bot.replies.pages import Turn
from bot.text.embeds import length


def press(payload: str) -> Press:
    return Press(1, Caller(1, "Ada"), payload, (), cast("Any", None))


@settings(deadline=None)
@given(
    parts=st.lists(st.text(max_size=50), max_size=40), per_page=st.integers(1, 8), limit=st.integers(1, 120)
)
def test_pages_hold_every_part_once_and_in_order(parts: list[str], per_page: int, limit: int) -> None:
    cut = pages.cut(parts, per_page=per_page, limit=limit)
    assert [part for page in cut for part in page] == parts
    assert all(len(page) <= per_page for page in cut)
    assert all(len(page) == 1 or sum(map(length, page)) + len(page) <= limit for page in cut if page)


def test_nothing_is_one_empty_page() -> None:
    assert pages.cut([]) == ((),)


@pytest.mark.parametrize(("page", "count", "shown"), [(0, 3, 0), (2, 3, 2), (9, 3, 2), (-1, 3, 0), (5, 0, 0)])
def test_a_page_that_is_gone_is_the_nearest_one(page: int, count: int, shown: int) -> None:
    assert pages.within(page, count) == shown


@pytest.mark.parametrize(
    ("number", "page"),
    [(0, pages.Page(0, 2, "abc")), (1, pages.Page(1, 2, "de")), (7, pages.Page(1, 2, "de"))],
)
def test_items_are_shared_out_over_pages(number: int, page: pages.Page[str]) -> None:
    assert pages.share("abcde", number, per_page=3) == page
    assert pages.share("", number, per_page=3) == pages.Page(0, 1, "")


@pytest.mark.parametrize(
    ("payload", "turn"),
    [
        ("3|Kael 7", Turn(3, "Kael 7")),
        ("0|a|b", Turn(0, "a|b")),
        ("first|x", Turn(0, "x")),
        ("", Turn(0, "")),
        ("²|x", Turn(0, "x")),
        ("99999999999|x", Turn(0, "x")),
    ],
)
def test_a_turn_is_read_from_its_payload(payload: str, turn: Turn) -> None:
    assert Turn.of(press(payload)) == turn


def footer(number: int, count: int, more: str = "") -> str:
    return pages.Page(number, count, ()).card("", (), footer=more).embed.footer.text or ""


def test_the_footer_numbers_pages_where_there_are_several() -> None:
    assert footer(0, 1) == ""
    assert footer(1, 3) == "Page 2 of 3"
    assert footer(1, 3, "9 routes") == "Page 2 of 3 · 9 routes"
    assert footer(0, 1, "9 routes") == "9 routes"
