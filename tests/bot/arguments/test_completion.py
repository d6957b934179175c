"""What is offered while a slash option is being typed."""

from bot.arguments.completion import choices, choices_for_last_word


def test_names_that_begin_with_what_was_typed_come_first() -> None:
    assert [one.value for one in choices(("Manus", "Lumina", "Kael"), " lU ")] == ["Lumina"]
    assert [one.value for one in choices(("xa", "ab", "b"), "a")] == ["ab", "xa"]


def test_each_name_is_offered_once() -> None:
    assert [one.value for one in choices(("help", "agents", "help"), "")] == ["help", "agents"]


def test_discord_takes_no_more_than_25_choices_of_100_characters() -> None:
    offered = choices(("x" * 101, *(f"name{number}" for number in range(40))), "")
    assert [one.value for one in offered] == [f"name{number}" for number in range(25)]


def test_the_last_word_is_completed_and_the_others_are_kept_and_not_offered_again() -> None:
    names = ("admin", "agents", "help")
    assert [one.value for one in choices_for_last_word(names, "agents, a")] == ["agents admin"]
    assert [one.value for one in choices_for_last_word(names, "")] == list(names)
    assert choices_for_last_word(names, f"{'x' * 97} a") == []
