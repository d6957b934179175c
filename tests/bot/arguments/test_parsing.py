import pytest

from bot.arguments.parsing import OutOfRange, UnknownAction, check_range, parse_action, parse_word

ACTIONS = ("list", "ack", "mute")


@pytest.mark.parametrize("text", ["ack", "ACK", " Ack "])
def test_an_action_is_named_in_any_case(text: str) -> None:
    assert parse_action(text, ACTIONS) == "ack"


@pytest.mark.parametrize("text", ["mut", "", "ack 3"])
def test_an_unknown_action_is_refused(text: str) -> None:
    with pytest.raises(UnknownAction, match="There is no action called"):
        parse_action(text, ACTIONS)


def test_the_nearest_is_suggested() -> None:
    with pytest.raises(UnknownAction, match="Did you mean 'mute'"):
        parse_action("mut", ACTIONS)


def test_the_start_of_a_word_counts_where_it_may() -> None:
    assert parse_word(" MU", ACTIONS, UnknownAction, or_start=True) == "mute"
    for text in ("", "utem"):
        with pytest.raises(UnknownAction):
            parse_word(text, ACTIONS, UnknownAction, or_start=True)


@pytest.mark.parametrize("number", [1, 7, 100])
def test_a_number_in_its_range_is_returned(number: int) -> None:
    assert check_range("count", number, 1, 100) == number


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (-1, "-1"), (101, "101"), (10**9, "that"), (-(10**30), "that")]
)
def test_a_number_outside_its_range_is_refused(number: int, shown: str) -> None:
    with pytest.raises(OutOfRange, match=f"`count` must be from 1 to 100, not {shown}."):
        check_range("count", number, 1, 100)
