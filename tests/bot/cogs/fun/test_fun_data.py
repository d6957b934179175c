"""What answers, coins, fortunes and vibes are made of."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.fun import _dice, _eight_ball, _fortune, _screens, _signs, _vibe
from bot.cogs.fun._day import day_of, share
from bot.cogs.fun._fortunes import FORTUNES
from state.models import DEFAULT_UCF, METRICS, UCF

PEOPLE = st.integers(1, 2**63)
DAYS = st.integers(700_000, 800_000)
SHARES = st.floats(0, 1, exclude_max=True)
PERFECT = UCF(harmony=2, resilience=2, prana=1, drishti=1, klesha=0, zoom=1)
WORST = UCF(harmony=0, resilience=0, prana=0, drishti=0, klesha=1, zoom=2)


@given(st.floats(0, 2))
def test_the_tones_are_shares_of_one_and_lean_with_harmony(harmony: float) -> None:
    weights = _eight_ball.tone_weights(harmony)
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) >= 0.0499
    assert weights["yes"] >= _eight_ball.tone_weights(0)["yes"]


@given(st.floats(0, 2), SHARES, SHARES)
def test_every_draw_is_an_answer_of_its_tone(harmony: float, draw: float, pick: float) -> None:
    reading = _eight_ball.answer(harmony, draw, pick)
    assert reading.text in _eight_ball.ANSWERS[reading.tone]


def test_the_same_draw_is_a_no_at_no_harmony_and_a_yes_at_full_harmony() -> None:
    assert _eight_ball.answer(0.0, 0.5, 0.0).tone == "no"
    assert _eight_ball.answer(2.0, 0.5, 0.0).tone == "yes"
    assert _eight_ball.answer(0.5, 0.5, 0.0).tone == "open"


@pytest.mark.parametrize("question", ["", "  ", "???"])
def test_a_question_without_letters_is_refused(question: str) -> None:
    with pytest.raises(_eight_ball.NoQuestion):
        _eight_ball.check_question(question)


def test_coins_are_the_bits_that_were_drawn() -> None:
    assert _dice.flip(4, lambda _: 0b0101) == (True, False, True, False)
    assert _dice.flip(1, lambda _: 0) == (False,)


def test_many_coins_are_counted_and_not_listed() -> None:
    text = _screens.coins((True,) * 21).description or ""
    assert "**21** heads · **0** tails" in text
    assert " · heads" not in text


def test_a_day_begins_at_midnight_utc() -> None:
    late = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    assert day_of(late) + 1 == day_of(late + timedelta(minutes=1))
    assert day_of(late.astimezone(timezone(timedelta(hours=9)))) == day_of(late)


def test_there_are_enough_fortunes_and_their_number_is_prime() -> None:
    count = len(FORTUNES)
    assert count == len(set(FORTUNES)) >= 60
    assert all(count % divisor for divisor in range(2, count))


@given(PEOPLE, DAYS, st.sampled_from((None, *_signs.SIGNS)))
def test_a_fortune_is_stable_all_day_and_another_the_next(person: int, day: int, sign: str | None) -> None:
    today = _fortune.build_fortune(person, day, sign)
    assert today == _fortune.build_fortune(person, day, sign)
    assert today.text != _fortune.build_fortune(person, day + 1, sign).text
    assert 1 <= today.number <= 99


def test_no_fortune_repeats_before_all_have_come_up() -> None:
    texts = {_fortune.build_fortune(5, 739_000 + day, None).text for day in range(len(FORTUNES))}
    assert texts == set(FORTUNES)


def test_fortunes_differ_between_people() -> None:
    assert len({_fortune.build_fortune(person, 739_000, None).text for person in range(200)}) > 50


@pytest.mark.parametrize(("word", "sign"), [(None, None), ("Libra", "libra"), (" gem ", "gemini")])
def test_a_sign_is_found_in_any_case_or_by_its_beginning(word: str | None, sign: str | None) -> None:
    assert _signs.parse_sign(word) == sign


@pytest.mark.parametrize("word", ["", "a", "dragon"])
def test_no_or_several_matching_signs_are_refused(word: str) -> None:
    with pytest.raises(_signs.UnknownSign, match="There is no sign"):
        _signs.parse_sign(word)


@st.composite
def fields(draw: st.DrawFn) -> UCF:
    return UCF(**{name: draw(st.floats(spec.low, spec.high)) for name, spec in METRICS.items()})


@given(fields(), PEOPLE, DAYS)
def test_a_vibe_is_from_0_to_100(ucf: UCF, person: int, day: int) -> None:
    assert 0 <= _vibe.build_vibe(ucf, person, day).score <= 100


def test_a_vibe_is_the_same_on_every_machine_and_differs_between_people_and_days() -> None:
    seven, eight = (_vibe.build_vibe(DEFAULT_UCF, person, 739_000) for person in (7, 8))
    assert (seven.score, seven.field, seven.person) == (50, 61, 34)
    assert seven.person != eight.person
    assert seven.person != _vibe.build_vibe(DEFAULT_UCF, 7, 739_001).person


def test_a_vibe_follows_the_field() -> None:
    assert _vibe.field_share(PERFECT) == 1.0
    assert _vibe.field_share(WORST) == 0.0
    assert _vibe.build_vibe(WORST, 5, 1).score < _vibe.build_vibe(PERFECT, 5, 1).score
    better = msgspec.structs.replace(DEFAULT_UCF, klesha=0.0)
    assert _vibe.field_share(better) > _vibe.field_share(DEFAULT_UCF)


@given(PEOPLE, DAYS)
def test_a_share_is_at_least_0_and_below_1(person: int, day: int) -> None:
    assert 0 <= share("vibe", person, day) < 1


def test_a_persons_name_is_shown_and_not_rendered() -> None:
    name, shown = "**[free](https://evil.example)**", r"\*\*\[free](https\://evil.example)\*\*"
    fortune = _screens.fortune(_fortune.build_fortune(7, 739_000, None), name)
    vibe = _screens.vibe(_vibe.build_vibe(DEFAULT_UCF, 7, 739_000), name)
    assert fortune.title == f"🔮 {shown}"
    assert vibe.title == f"Vibe check: {shown}"
