"""Several commands in one message (design.md §2): one a line, or one after another on a line."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bot.arguments.starts import after_start

MOST_COMMANDS = 10
# Each person may send one batch in this many seconds.
EVERY_S = 5.0
_COMMENT = "#"


class Batch(msgspec.Struct, frozen=True):
    """The commands of one message, each as a message of its own would say it.

    Attributes:
        commands: in order; at most `MOST_COMMANDS`.
        left_out: how many more there were.
    """

    commands: tuple[str, ...]
    left_out: int = 0

    @property
    def is_several(self) -> bool:
        """Whether the limits on batches apply."""
        return len(self.commands) + self.left_out > 1


def parse_batch(text: str, starts: tuple[str, ...], known: Callable[[str], bool]) -> Batch:
    """The commands in `text`; a text that is no batch is one command as it stands, or none.

    Lines are commands when each of them begins with one of `starts`; empty lines and lines that start with
    `#` are skipped. One line is several commands when it is nothing but such starts with names of known ones.
    Otherwise what begins with a start is a single command, however many lines its last argument has.

    Args:
        text: the message.
        starts: what a command may start with: the prefix, and mentions of the bot; none is empty.
        known: whether a name, without prefix, is a command's name or alias.
    """
    lines = _without_comments(text)
    if not lines or not lines[0].startswith(starts):
        return Batch(())
    if not all(line.startswith(starts) for line in lines):
        # The lines after the first belong to its argument, so they stay as they are.
        return Batch((text[text.index(lines[0]) :],))
    commands = [command for line in lines for command in _on_one_line(line, starts, known)]
    return Batch(tuple(commands[:MOST_COMMANDS]), max(0, len(commands) - MOST_COMMANDS))


def follows_comments(text: str, starts: tuple[str, ...]) -> bool:
    """Whether the first line of `text` that is neither empty nor a comment begins with one of `starts`."""
    return any(line.startswith(starts) for line in _without_comments(text)[:1])


def _without_comments(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(_COMMENT)]


def _on_one_line(line: str, starts: tuple[str, ...], known: Callable[[str], bool]) -> list[str]:
    commands: list[str] = []
    rest = line
    while rest:
        after = after_start(rest, starts)
        name = after.split(maxsplit=1)[0] if after else ""
        if not after or not known(name):
            return [line]
        length = len(rest) - len(after) + len(name)
        commands.append(rest[:length])
        rest = rest[length:].lstrip()
    return commands
