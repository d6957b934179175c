"""A word that is no command."""

from bot import catalog
from bot.offers.unknown import UnknownNames
from tests.manual_clock import ManualClock


def names(clock: ManualClock | None = None) -> UnknownNames:
    return UnknownNames((clock or ManualClock()).monotonic)


def test_a_typo_is_answered_with_what_may_have_been_meant() -> None:
    text = names().answer("wisdm", 1, catalog.ENTRIES, "?")
    assert text == "There is no command `?wisdm`. Did you mean `?wisdom`?"


def test_several_guesses_are_listed() -> None:
    text = names().answer("stauts", 1, catalog.ENTRIES, "!")
    assert text is not None
    assert "`!status`" in text
    assert " or `!" in text


def test_what_resembles_nothing_gets_no_answer() -> None:
    assert names().answer("xyzzy", 1, catalog.ENTRIES, "!") is None


def test_what_is_no_word_gets_no_answer() -> None:
    for noise in ("!!", "?", "…", "", "`rm`", "<@1>", "a" * 40):
        assert names().answer(noise, 1, catalog.ENTRIES, "!") is None


def test_a_user_is_answered_once_in_a_few_seconds() -> None:
    clock = ManualClock()
    unknown = names(clock)
    # What gets no answer does not count.
    assert unknown.answer("xyzzy", 1, catalog.ENTRIES, "!") is None
    assert unknown.answer("wisdm", 1, catalog.ENTRIES, "!") is not None
    assert unknown.answer("wisdm", 1, catalog.ENTRIES, "!") is None
    assert unknown.answer("wisdm", 2, catalog.ENTRIES, "!") is not None
    clock.advance(3)
    assert unknown.answer("wisdm", 1, catalog.ENTRIES, "!") is not None
