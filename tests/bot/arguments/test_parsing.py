import pytest

from bot.arguments.parsing import UnknownAction, parse_action

ACTIONS = ("list", "ack", "mute")


@pytest.mark.parametrize("text", ["ack", "ACK", " Ack "])
def test_an_action_is_named_in_any_case(text: str) -> None:
    assert parse_action(text, ACTIONS) == "ack"


@pytest.mark.parametrize("text", ["mut", "", "ack 3"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnknownAction, match="There is no action called"):
        parse_action(text, ACTIONS)


def test_the_nearest_is_suggested() -> None:
    with pytest.raises(UnknownAction, match="Did you mean 'mute'"):
        parse_action("mut", ACTIONS)
