"""Which commands a message holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dispatch.batch import MOST_COMMANDS, Batch, follows_comments, parse_batch

KNOWN = frozenset({"status", "agents", "s", "help", "8ball", "history"})


MENTION = "<@77>"


def parse(text: str, prefix: str = "!") -> Batch:
    return parse_batch(text, (prefix, MENTION), KNOWN.__contains__)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("!status", ("!status",)),
        ("!status\n!agents", ("!status", "!agents")),
        ("!status !agents !s", ("!status", "!agents", "!s")),
        ("!help status", ("!help status",)),
        ("!help !nonsense", ("!help !nonsense",)),
        ("!history Lumina !status", ("!history Lumina !status",)),
        ("# good morning\n!status\n\n  # and\n !agents ", ("!status", "!agents")),
        ("!status !agents\n!history Lumina 3", ("!status", "!agents", "!history Lumina 3")),
        ("!status\n!nonsense", ("!status", "!nonsense")),
        ("<@77> status\n<@77>\tagents\n!s", ("<@77> status", "<@77>\tagents", "!s")),
        ("<@77> status <@77>agents ! s", ("<@77> status", "<@77>agents", "! s")),
        ("! status\n!  agents", ("! status", "!  agents")),
        ("! status", ("! status",)),
        ("!\nstatus", ("!\nstatus",)),
        ("<@77>\nstatus", ("<@77>\nstatus",)),
        ("<@77> help <@78>", ("<@77> help <@78>",)),
        ("# to Helix\n<@77> status\n<@77> s", ("<@77> status", "<@77> s")),
        ("hello !status", ()),
        ("hello\n!status", ()),
        ("<@78> status", ()),
        ("# only a comment", ()),
        ("", ()),
        ("\n \n", ()),
    ],
)
def test_a_message_holds_these_commands(text: str, commands: tuple[str, ...]) -> None:
    assert parse(text) == Batch(commands)


def test_lines_after_a_command_belong_to_its_argument_when_they_are_no_commands() -> None:
    text = "!8ball will it\nhold\n# really?"
    assert parse(text) == Batch((text,))


def test_a_comment_before_a_command_with_more_lines_is_left_out() -> None:
    assert parse("# first\n!8ball will it\nhold") == Batch(("!8ball will it\nhold",))


def test_more_than_ten_are_counted_and_left_out() -> None:
    batch = parse(" ".join(["!s"] * 13))
    assert len(batch.commands) == MOST_COMMANDS
    assert batch.left_out == 3


def test_one_command_is_no_batch() -> None:
    assert not parse("!status").is_several
    assert parse("!status !s").is_several


@given(
    st.text(alphabet=st.sampled_from("! #abs\n\t?8é"), max_size=60),
    st.sampled_from(["!", "?", "hx!", "!!"]),
)
def test_nothing_is_invented_and_bounds_hold_for_any_text(text: str, prefix: str) -> None:
    batch = parse(text, prefix)
    assert len(batch.commands) <= MOST_COMMANDS
    assert batch.left_out >= 0
    assert batch.left_out == 0 or len(batch.commands) == MOST_COMMANDS
    for command in batch.commands:
        assert command.startswith((prefix, MENTION))
        assert command.strip() in text


@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=MOST_COMMANDS), st.booleans())
def test_known_names_come_out_as_they_went_in(names: list[str], on_one_line: bool) -> None:
    commands = [f"!{name}" for name in names]
    assert parse((" " if on_one_line else "\n").join(commands)) == Batch(tuple(commands))


@given(st.lists(st.sampled_from(["!status", "!8ball really", "# note", "", "   "]), max_size=9))
def test_comments_and_empty_lines_change_nothing(lines: list[str]) -> None:
    wanted = [line for line in lines if line.startswith("!")]
    assert parse("\n".join(lines)) == Batch(tuple(wanted))


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("# morning\n!status", True),
        ("# morning\n\n # round\n  <@77> status", True),
        ("# heading\ntext\n!status", False),
        ("# heading", False),
        ("#", False),
    ],
)
def test_a_batch_may_begin_with_comments(text: str, follows: bool) -> None:
    assert follows_comments(text, ("!", MENTION)) is follows
