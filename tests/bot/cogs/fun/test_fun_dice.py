"""The dice notation: any text parses to something within bounds or gives a clear error."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.fun import _screens
from bot.cogs.fun._dice import roll
from bot.cogs.fun._dice_notation import Dice, Keep, Number, Sign, Term, WrongDice, format_dice, parse_dice
from bot.text.embeds import check

SIGNS: st.SearchStrategy[Sign] = st.sampled_from((1, -1))
KEEPS: st.SearchStrategy[Keep | None] = st.sampled_from((None, "h", "l"))
NUMBERS = st.builds(Number, SIGNS, st.integers(0, 1_000_000))
WRITTEN = st.text(alphabet="0123456789dDkKhHlL%+- \tx", max_size=30)


@st.composite
def dice(draw: st.DrawFn) -> Dice:
    count = draw(st.integers(1, 30))
    keep = draw(KEEPS)
    kept = count if keep is None else draw(st.integers(1, count))
    return Dice(draw(SIGNS), count, draw(st.integers(1, 1000)), keep, kept)


def parsed(text: str) -> tuple[Term, ...] | WrongDice:
    try:
        return parse_dice(text)
    except WrongDice as error:
        return error


@st.composite
def notations(draw: st.DrawFn) -> tuple[Term, ...]:
    groups: list[Term] = [
        *draw(st.lists(dice(), min_size=1, max_size=3)),
        *draw(st.lists(NUMBERS, max_size=3)),
    ]
    return tuple(draw(st.permutations(groups)))


@given(st.one_of(st.text(max_size=300), WRITTEN))
def test_any_text_is_within_bounds_or_a_clear_error(text: str) -> None:
    terms = parsed(text)
    if isinstance(terms, WrongDice):
        assert 0 <= terms.at <= len(text)
        assert "👉" in str(terms)
        assert len(str(terms)) < 300
        return
    groups = [term for term in terms if isinstance(term, Dice)]
    assert 1 <= sum(group.count for group in groups) <= 100
    assert all(1 <= group.kept <= group.count and 1 <= group.sides <= 1000 for group in groups)
    assert all(0 <= term.value <= 1_000_000 for term in terms if isinstance(term, Number))


@given(notations())
def test_formatted_dice_parse_to_the_same_terms(terms: tuple[Term, ...]) -> None:
    assert parse_dice(format_dice(terms)) == terms


@given(notations(), st.integers())
def test_every_die_is_in_range_and_the_total_is_of_those_that_count(
    terms: tuple[Term, ...], seed: int
) -> None:
    rolled = roll(terms, random.Random(seed).randint)
    assert rolled.total == sum(one.total for one in rolled.terms)
    for one in rolled.terms:
        if isinstance(one.term, Number):
            assert one.total == one.term.sign * one.term.value
            continue
        counting = [die.value for die in one.dice if not die.dropped]
        dropped = [die.value for die in one.dice if die.dropped]
        assert len(one.dice) == one.term.count
        assert len(counting) == one.term.kept
        assert all(1 <= die.value <= one.term.sides for die in one.dice)
        assert one.total == one.term.sign * sum(counting)
        if dropped and one.term.keep == "h":
            assert max(dropped) <= min(counting)
        if dropped and one.term.keep == "l":
            assert min(dropped) >= max(counting)
    check(None, [_screens.rolled(rolled)])


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("d20", "1d20"),
        ("D%", "1d100"),
        ("4d6k3", "4d6kh3"),
        ("2d20kl", "2d20kl1"),
        (" 1 d 20 + 5 - 2d4 ", "1d20+5-2d4"),
        ("-d6 + 10", "-1d6+10"),
        ("007d006", "7d6"),
    ],
)
def test_dice_notation_allows_spaces_and_any_case(text: str, same: str) -> None:
    assert format_dice(parse_dice(text)) == same


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("", 0, "the dice are missing"),
        ("2d", 2, "after `d` comes the number of sides"),
        ("1d20+", 5, "the dice are missing"),
        ("1d20 5", 5, "expected `+`, `-` or the end here"),
        ("2d6+x", 4, "expected a number or a die here"),
        ("0d6", 0, "from 1 to 100 dice"),
        ("60d6+60d6", 5, "from 1 to 100 dice"),
        ("1d0", 2, "from 1 to 1000 sides"),
        ("4d6kx3", 4, "`h` for the highest"),
        ("4d6kh9", 5, "from 1 to 4 can be kept"),
        ("d6+1000001", 3, "at most 1000000"),
        ("99999999999d6", 0, "far too large for how many dice"),
        ("+".join(["d6"] * 21), 59, "at most 20 parts"),
        ("d6" + "+1" * 200, 200, "too long"),
        ("2+2", 0, "there is no die in it"),
    ],
)
def test_an_error_says_what_where_and_what_would_be_right(text: str, at: int, what: str) -> None:
    with pytest.raises(WrongDice, match="👉") as caught:
        parse_dice(text)
    assert caught.value.at == at
    assert what in str(caught.value)


def test_the_largest_roll_fits_into_one_reply() -> None:
    rolled = roll(parse_dice("+".join(["5d1000kl1"] * 20)), lambda _low, high: high)
    embed = _screens.rolled(rolled)
    check(None, [embed])
    assert (embed.description or "").count("1000") >= 100


@pytest.mark.parametrize(("value", "remark"), [(20, "natural twenty"), (1, "A one"), (7, "Drawn fairly")])
def test_a_single_d20_has_its_remarks(value: int, remark: str) -> None:
    footer = _screens.rolled(roll(parse_dice("d20"), lambda _low, _high: value)).footer.text
    assert remark in (footer or "")
