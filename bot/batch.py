"""Several commands in one message (design.md §2): one a line, or one after another on a line."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_COMMANDS = 10
EVERY_S = 5.0
_COMMENT = "#"
# Whoever is pushed out of this memory has long waited.
_PEOPLE_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Batch:
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


def parse_batch(text: str, prefix: str, known: Callable[[str], bool]) -> Batch:
    """The commands in `text`; a text that is no batch is one command as it stands, or none.

    Lines are commands when each of them starts with the prefix; empty lines and lines that start with `#` are
    skipped. One line is several commands when each of its words is the prefixed name of a known one.
    Otherwise what starts with the prefix is a single command, however many lines its last argument has.

    Args:
        text: the message.
        prefix: what a command starts with; not empty.
        known: whether a name, without prefix, is a command's name or alias.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith(_COMMENT)]
    if not lines or not lines[0].startswith(prefix):
        return Batch(())
    if not all(line.startswith(prefix) for line in lines):
        # The lines after the first belong to its argument, so they stay as they are.
        return Batch((text[text.index(lines[0]) :],))
    commands = [command for line in lines for command in _on_one_line(line, prefix, known)]
    return Batch(tuple(commands[:MOST_COMMANDS]), max(0, len(commands) - MOST_COMMANDS))


def _on_one_line(line: str, prefix: str, known: Callable[[str], bool]) -> list[str]:
    words = line.split()
    if len(words) > 1 and all(word.startswith(prefix) and known(word[len(prefix) :]) for word in words):
        return words
    return [line]


class BatchLimit:
    """At most one batch per user in `EVERY_S` seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last: OrderedDict[int, float] = OrderedDict()

    def wait_s(self, user_id: int) -> float:
        """0.0 when a batch may run, which is counted; else how long to wait, in seconds."""
        now = self._monotonic()
        last = self._last.get(user_id)
        if last is not None and now - last < EVERY_S:
            return EVERY_S - (now - last)
        self._last[user_id] = now
        self._last.move_to_end(user_id)
        while len(self._last) > _PEOPLE_KEPT:
            self._last.popitem(last=False)
        return 0.0
