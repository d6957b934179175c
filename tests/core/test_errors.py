import pytest

from core.errors import HelixError, StartError, UnknownName
from core.suggestions import closest


class _UnknownFruit(UnknownName):
    kind = "fruit"


def test_a_start_error_is_an_error_whose_text_may_be_read() -> None:
    assert issubclass(StartError, HelixError)


def test_an_unknown_name_suggests_the_nearest_known_one() -> None:
    error = _UnknownFruit("aple", ["apple", "pear"])
    assert str(error) == "There is no fruit called 'aple'. Did you mean 'apple'?"
    assert error.suggestion == "apple"


def test_an_unknown_name_that_resembles_nothing_lists_what_there_is() -> None:
    assert str(_UnknownFruit("xyz", ["pear", "apple"])).endswith("Known: apple, pear.")


def test_an_unknown_name_among_none_says_so() -> None:
    assert str(_UnknownFruit("xyz", [])).endswith("Known: none.")


def test_a_very_long_name_is_shortened() -> None:
    assert len(str(_UnknownFruit("x" * 100_000, ["apple"]))) < 200


@pytest.mark.parametrize("name", ["ENABLE_LAZY_COMAND", "enable_lazy_commands"])
def test_a_suggestion_keeps_the_known_spelling(name: str) -> None:
    assert closest(name, ["ENABLE_LAZY_COMMANDS"]) == "ENABLE_LAZY_COMMANDS"
