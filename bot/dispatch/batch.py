"""Several commands in one message (design.md §2): one per line, or one after another on a line."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from bot.arguments.starts import after_start

MOST_COMMANDS = 10
# Each person may send one batch in this many seconds.
EVERY_S = 5.0
_COMMENT = "#"


class Batch(msgspec.Struct, frozen=True):
    """The commands of one message, each as the text of a message.

    Attributes:
        commands: in order; at most `MOST_COMMANDS`.
        left_out: the number of commands beyond that.
    """

    commands: tuple[str, ...]
    left_out: int = 0

    @property
    def is_several(self) -> bool:
        """Whether the limits on batches apply."""
        return len(self.commands) + self.left_out > 1


def parse_batch(text: str, starts: tuple[str, ...], known: Callable[[str], bool]) -> Batch:
    """The commands in `text`: a batch, a single command, or none.

    If every line begins with one of `starts`, each line is a command; empty lines and lines that begin with
    `#` are skipped. A line that consists only of starts with known names is several commands. Any other text
    that begins with a start is a single command, whose last argument may have several lines.

    Args:
        text: the message.
        starts: the prefix and the mentions of the bot; none is empty.
        known: returns whether a name without prefix is a command or an alias.
    """
    lines = _without_comments(text)
    if not lines or not lines[0].startswith(starts):
        return Batch(())
    if not all(line.startswith(starts) for line in lines):
        # The later lines belong to its argument and stay unchanged.
        return Batch((text[text.index(lines[0]) :],))
    commands = [command for line in lines for command in _on_one_line(line, starts, known)]
    return Batch(tuple(commands[:MOST_COMMANDS]), max(0, len(commands) - MOST_COMMANDS))


def follows_comments(text: str, starts: tuple[str, ...]) -> bool:
    """Whether the first line that is neither empty nor a comment begins with one of `starts`."""
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
