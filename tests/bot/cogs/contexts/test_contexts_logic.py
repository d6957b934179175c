"""The logic of checkpoints and search through dpytest, and how hits are shown."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.contexts._search_screen import found, highlighted
from state.search import HIT_BEGINS, HIT_ENDS, Found, Hit
from tests.bot.cogs.logic import reply_to


@pytest.mark.usefixtures("logic_bot")
async def test_a_checkpoint_is_saved_found_and_restored() -> None:
    assert "None has been saved yet" in await reply_to("!restore storm")
    assert "There is no checkpoint yet" in await reply_to("!contexts")
    assert "holds version 1" in await reply_to("!archive storm")
    assert "**storm** #1 · version 1" in await reply_to("!contexts", member=1)
    assert "already match **storm**" in await reply_to("!restore storm")
    assert "**storm**" in await reply_to("!search storm", member=1)


@pytest.mark.usefixtures("logic_bot")
async def test_a_member_may_not_restore() -> None:
    assert "needs an administrator" in await reply_to("!restore defaults", member=1)


def test_hits_are_bold_and_spaces_around_them_stay() -> None:
    text = f"a {HIT_BEGINS}b{HIT_ENDS} c_{HIT_BEGINS}d{HIT_ENDS}\ne"
    assert highlighted(text, 100) == "a **b** c\\_**d** e"


def test_a_long_text_is_cut() -> None:
    assert highlighted(f"{'x' * 20}{HIT_BEGINS}y{HIT_ENDS}", 10) == f"{'x' * 9}…"


@given(st.text(alphabet=f"a *_`{HIT_BEGINS}{HIT_ENDS}"), st.integers(1, 30))
def test_highlighted_text_has_only_our_own_markdown(text: str, limit: int) -> None:
    shown = highlighted(text, limit)
    assert HIT_BEGINS not in shown
    assert shown.replace("\\*", "").count("**") % 2 == 0


@pytest.mark.parametrize("empty", ["{}", "[]", '""', "null"])
def test_an_empty_value_of_the_journal_is_shown_as_none(empty: str) -> None:
    entry = Hit(
        source="journal", id=7, at=datetime(2026, 1, 1, tzinfo=UTC), title="ritual 1",
        text=f'by command: {{"anomalies":{empty},"promotions":{empty}}}', people=None,
    )  # fmt: skip
    shown = found(Found(hits=(entry,), total=1, newest=7), "ritual", 0).embed.description or ""
    assert "by command: anomalies: none, promotions: none" in shown


def test_values_of_the_journal_are_shown_without_json_punctuation() -> None:
    entry = Hit(
        source="journal", id=7, at=datetime(2026, 1, 1, tzinfo=UTC), title="context a",
        text='by command: {"kept":6,"by":["x","y"],"of":[]} → "done"', people=None,
    )  # fmt: skip
    shown = found(Found(hits=(entry,), total=1, newest=7), "a", 0).embed.description or ""
    assert "by command: kept: 6, by: x, y, of: none → done" in shown
