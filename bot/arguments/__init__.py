"""The arguments of a prefix command: words, or text in any kind of quotation marks."""

from __future__ import annotations

from discord.ext import commands

from bot.gateway.discord_internals import StringView
from core.text.quotation import closing, inside, is_left_open, unquoted


class ArgumentView(StringView):
    """A view that continues at the position of `view` and removes quotation marks.

    `verbatim` keeps the marks in the rest of the line, for commands that interpret them.
    """

    def __init__(self, view: StringView, *, verbatim: bool) -> None:
        super().__init__(view.buffer)
        self.index, self.previous = view.index, view.previous
        self._verbatim = verbatim

    def get_quoted_word(self) -> str | None:
        """The next word or quoted text; None at the end.

        Raises:
            commands.ExpectedClosingQuoteError: a quotation mark is not closed.
        """
        if self.eof:
            return None
        if is_left_open(self.buffer, self.index):
            raise commands.ExpectedClosingQuoteError(self.buffer[self.index])
        end = closing(self.buffer, self.index)
        if end is None:
            return self.get_word()
        self.previous, start = self.index, self.index
        self.index = end + 1
        return inside(self.buffer, start, end)

    def read_rest(self) -> str:
        """The rest of the line."""
        rest = super().read_rest()
        return rest if self._verbatim else unquoted(rest)
