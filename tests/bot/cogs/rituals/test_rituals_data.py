"""The plain functions of the rituals cog, and how rituals look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import ritual
from bot.cogs.rituals import _folklore, _harmony, _limits, _schedule, _screens
from bot.cogs.rituals._log import Log
from bot.text import embeds
from core.errors import HelixError
from state.change import Actor
from state.models import DEFAULT_UCF, Lore, Snapshot
from state.rituals.changes import applied, early_end
from state.rituals.folklore import KINDS
from state.rituals.records import Ground, RitualRecord
from state.rituals.rules import draw
from state.rituals.schedule_rules import Every
from state.rituals.schedules import Schedule
from tests.bot.cogs.test_screens import text_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANA = Actor("command", "*Ana*", 5)
SNAPSHOT = Snapshot(version=3, changed_at=NOW, source="default", ucf=DEFAULT_UCF, reports={})
RUNNING = RitualRecord(
    id=7, kind="z88", steps=108, seed=7, algorithm=1, status="running", started_at=NOW, actor=ANA,
    start=Ground(version=3, ucf=DEFAULT_UCF, folklore={}),
)  # fmt: skip
DONE = applied(RUNNING, draw(1, "z88", 7, 108), SNAPSHOT, NOW + timedelta(seconds=11))[0]
CANCELLED = early_end(RUNNING, "cancelled", NOW, ANA, "a [storm](x)")


def schedule(number: int, actor: Actor = ANA) -> Schedule:
    return Schedule(
        id=number, rule="every 6h", steps=number, created_at=NOW, next_at=NOW, actor=actor, last_at=NOW,
        last_ritual=4,
    )  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"(every )?[0-9*/ a-z]{1,20} -?[0-9]{1,12}", fullmatch=True)
    )
)
def test_any_addition_is_a_rule_with_steps_or_a_clear_error(details: str) -> None:
    rule = None
    complaint = ""
    try:
        rule, steps = _schedule.parse_addition(details, NOW)
    except HelixError as error:
        complaint = str(error)
    if rule is None:
        assert 20 < len(complaint) < 400
        return
    assert 1 <= steps <= 1000
    assert rule.next_after(NOW, NOW) > NOW
    assert _schedule.parse_addition(f"{rule.text} {steps}", NOW) == (rule, steps)


@pytest.mark.parametrize(
    ("details", "rule", "steps"),
    [
        ("every 6h 27", "every 6h", 27),
        ("every 6h", "every 6h", 108),
        ("EVERY 2 days 3", "every 2d", 3),
        ("`0 6 * * *` 12", "0 6 * * *", 12),
        ("0 6 * * 1", "0 6 * * 1", 108),
        ("0 6 * * 1 5", "0 6 * * 1", 5),
    ],
)
def test_an_addition_is_a_rule_and_steps(details: str, rule: str, steps: int) -> None:
    found, number = _schedule.parse_addition(details, NOW)
    assert (found.text, number) == (rule, steps)


@given(st.text(max_size=20))
def test_any_id_is_a_number_or_a_clear_error(text: str) -> None:
    number = None
    try:
        number = _schedule.parse_id(text)
    except HelixError as error:
        assert "id" in str(error)  # noqa: PT017 - either outcome is right
    assert number is None or isinstance(number, int)


def test_suggestions_fit_the_action() -> None:
    known = (schedule(1), schedule(2))
    assert _schedule.offered("remove", known)[1] == ("2: every 6h, 2 steps", "2")
    for _, line in _schedule.offered("add", known):
        _schedule.parse_addition(line, NOW)
    assert _schedule.offered(None, known) == ()


def test_harmony_has_four_phases_and_then_ends() -> None:
    begun = [_harmony.phase_begun(step) for step in range(37)]
    assert [phase for phase in begun if phase] == list(_harmony.PHASES)


def test_the_next_harmony_ritual_waits_ten_minutes() -> None:
    done = msgspec.structs.replace(DONE, ended_at=NOW)
    _limits.check_rest(None, NOW)
    with pytest.raises(_limits.TooSoon, match="Try again"):
        _limits.check_rest(done, NOW + timedelta(minutes=9, seconds=59))
    _limits.check_rest(done, NOW + timedelta(minutes=10))


def test_a_ritual_that_ended_in_the_future_blocks_no_other() -> None:
    _limits.check_rest(msgspec.structs.replace(DONE, ended_at=NOW), NOW - timedelta(hours=2))


def test_folklore_lists_the_most_frequent_kind_first() -> None:
    lore = {"void": Lore(kind="void", encounters=6, last_seen=NOW)}
    entries = _folklore.build_folklore(msgspec.structs.replace(SNAPSHOT, folklore=lore))
    assert [entry.kind for entry in entries] == ["void", "flare", "echo", "resonance"]
    assert (entries[0].rank, entries[0].coming and entries[0].coming.missing) == ("legend", 4)
    assert [_folklore.parse_entry(f" {kind.upper()}s") for kind in KINDS] == list(KINDS)


def test_a_card_of_each_outcome_fits_and_names_people_only_at_home() -> None:
    failed = early_end(RUNNING, "failed", NOW, Actor("system"), None)
    interrupted = early_end(RUNNING, "interrupted", NOW, Actor("system"), "Helix crashed")
    for record in (RUNNING, DONE, CANCELLED, failed, interrupted):
        for show_people in (True, False):
            for card in (
                ritual.ended(record, show_people=show_people),
                _screens.whole(record, show_people=show_people),
                _screens.log(Log((record,), 0, 1, 1, None), show_people=show_people).embed,
            ):
                embeds.check(None, [card])
                assert show_people or "Ana" not in text_of(card)
    told = text_of(ritual.ended(CANCELLED, show_people=True))
    assert r"by \*Ana\*" in told
    assert "could not be saved" in text_of(ritual.ended(failed, show_people=True))


def test_all_schedules_fit_and_name_people_at_home_only() -> None:
    known = [schedule(number) for number in range(1, 26)]
    for page in range(4):
        card = _screens.schedules(known, page, show_people=True).embed
        embeds.check(None, [card])
        assert "last <t:" in text_of(card)
    assert "Ana" not in text_of(_screens.schedules(known, 0, show_people=False).embed)
    assert "every 6h" in _screens.removal_question(known[0])
    assert Every(timedelta(hours=6)).text == "every 6h"


def test_a_decrease_by_a_ritual_has_the_usual_minus_sign() -> None:
    assert "(−0.05)" in text_of(ritual.ended(DONE, show_people=True))
