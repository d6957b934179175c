"""The arguments of a prefix command: words, and what stands in quotation marks."""

import pytest
from discord.ext import commands
from discord.ext.commands.view import StringView

from bot.arguments import ArgumentView


def words_of(line: str) -> list[str | None]:
    view = ArgumentView(StringView(line), verbatim=False)
    words = []
    while not view.eof:
        view.skip_ws()
        words.append(view.get_quoted_word())
    return words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a “b c” d", ["a", "b c", "d"]),
        ("„a b“ »c« ’d e’", ["a b", "c", "d e"]),
        ('it’s O’Neil’s 5"', ["it’s", "O’Neil’s", '5"']),
        ("’tis so", ["’tis", "so"]),
        (r'"a \"b\"" c', ['a "b"', "c"]),
        ('"a"b c"', ['a"b c']),
        ('"" x', ["", "x"]),
    ],
)
def test_a_word_ends_at_quotation_marks_or_spaces(line: str, words: list[str]) -> None:
    assert words_of(line) == words


def test_an_unclosed_quotation_mark_is_refused() -> None:
    with pytest.raises(commands.ExpectedClosingQuoteError):
        words_of("“open word")


def test_quotation_marks_around_the_rest_of_the_line_are_removed() -> None:
    assert ArgumentView(StringView("“before the storm”"), verbatim=False).read_rest() == "before the storm"
    assert ArgumentView(StringView('"a" or "b"'), verbatim=False).read_rest() == '"a" or "b"'
    assert ArgumentView(StringView("“before the”"), verbatim=True).read_rest() == "“before the”"
