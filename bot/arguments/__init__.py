"""The arguments of a prefix command: words, and what stands in quotation marks of any kind."""

from __future__ import annotations

from discord.ext import commands

from bot.gateway.discord_internals import StringView
from core.text.quotation import closing, inside, is_left_open, unquoted


class ArgumentView(StringView):
    """Goes on where `view` stands; one rule for every argument.

    An argument in quotation marks means what stands between them, also where it is the rest of the line.
    `verbatim` leaves the rest as it is, for commands to which the marks say something.
    """

    def __init__(self, view: StringView, *, verbatim: bool) -> None:
        super().__init__(view.buffer)
        self.index, self.previous = view.index, view.previous
        self._verbatim = verbatim

    def get_quoted_word(self) -> str | None:
        """The next word, or what the next quotation marks hold; None at the end.

        Raises:
            commands.ExpectedClosingQuoteError: quotation marks are opened and not closed.
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
