"""Markdown in pieces: nothing lost, nothing over, and each piece whole by itself."""

import itertools
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.text.embeds import length
from bot.text.markdown_pieces import LEAST_LIMIT, split_markdown
from tests.bot.text.markdown_reader import seen

# Without what is closed and opened again at a cut.
WORD = st.text(
    st.characters(exclude_characters="`*_~|>", exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), max_size=30
)
LINE = st.lists(WORD, max_size=8).map(" ".join)
LINK = st.integers(1, 10**6).map(lambda n: f"[see {n}](https://example.org/{n})")
CODE = st.tuples(st.sampled_from(["", "py", "json"]), st.lists(LINE, min_size=1, max_size=8)).map(
    lambda code: f"```{code[0]}\n" + "\n".join(code[1]) + "\n```"
)
BLOCK = st.one_of(
    LINE,
    LINE.map(lambda text: f"## {text}"),
    st.lists(st.one_of(LINE, LINK), max_size=6).map(" ".join),
    st.lists(LINE, max_size=6).map("\n".join),
    CODE,
)
DOCUMENT = st.lists(BLOCK, max_size=12).map("\n\n".join)
LIMIT = st.integers(LEAST_LIMIT, 400)
# Words without marks, and what is nothing any more when it is cut. Drawn whole: letter by letter takes long.
WORDS_THERE_ARE = (
    "a", "word", "another", "longer,", "and-a-rather-long-one.", "👩🏽\u200d💻", "❤\ufe0f\u200d🔥", "🇩🇪🇫🇷",
    "e\u0301", "क्ष", r"\*", "<@123>", "<t:1:R>", ":smile:", "[a link](https://example.org/1)",
    "https://example.org/a-b", "`x y`", "`long code that may be cut in two`",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(WORDS_THERE_ARE), min_size=1, max_size=7).map(" ".join)
CODE_LINES = ("x", "x = y", "x  # a comment", "x" * 70, "x = " + "y z " * 12, "x ")
NESTED = tuple(
    (outer, inner)
    for outer, inner in itertools.permutations(("||", "**", "__", "~~", "*", "_"), 2)
    if outer[0] != inner[0]
)
STYLED = st.builds(
    lambda marks, a, b, c: f"a {marks[0]}b {a} {marks[1]}c {b}{marks[1]} d{marks[0]} {c}",
    st.sampled_from(NESTED), WORDS, WORDS, WORDS,
)  # fmt: skip
FENCED = st.builds(
    lambda before, opener, lines, after: f"{before}```{opener}{chr(10).join(lines)}```{after}",
    st.sampled_from(("", "see ")),
    st.sampled_from(("py\n", "\n", "two words ")),
    st.lists(st.sampled_from(CODE_LINES), min_size=1, max_size=5),
    st.sampled_from(("", " after", "\nafter")),
)
QUOTED = st.one_of(STYLED, FENCED).map(lambda text: "\n".join(f"> {line}" for line in text.split("\n")))
SPOILER = st.lists(st.one_of(WORDS, FENCED), min_size=1, max_size=3).map(
    lambda parts: f"||{chr(10).join(parts)}||"
)
TITLED = st.builds("{}{}".format, st.sampled_from(("## ", "-# ", "- ", "1. ")), STYLED)
EVERYTHING = st.builds(
    lambda blocks, end: "\n\n".join(blocks) + end,
    st.lists(st.one_of(STYLED, FENCED, QUOTED, SPOILER, TITLED), min_size=1, max_size=4),
    st.one_of(st.just(""), STYLED.map("\n>>> {}".format)),
)


def bare(text: str) -> str:
    """What is to be read in it, whatever separates it."""
    without = re.sub(r"^```[\w+.#-]{0,20}[ \t]*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\s", "", without)


@given(st.text(), LIMIT)
def test_of_any_text_nothing_is_over_and_nothing_is_lost(text: str, limit: int) -> None:
    pieces = split_markdown(text, limit)
    assert all(0 < length(piece) <= limit and piece.strip() for piece in pieces)
    assert bare("\n".join(pieces)) == bare(text)


@given(DOCUMENT, LIMIT)
@example("```py\n" + "x" * 500 + "\n```", LEAST_LIMIT)
@example("a" * 60 + "\n```\nb\n```", LEAST_LIMIT)
@example("a" * 63 + "\n```\nb\n```\n\nend", LEAST_LIMIT)
@example("```\n\n\n```\n" * 9, LEAST_LIMIT)
def test_of_any_document_nothing_is_lost_and_every_code_block_is_closed(text: str, limit: int) -> None:
    pieces = split_markdown(text, limit)
    assert all(0 < length(piece) <= limit and piece.strip() for piece in pieces)
    assert bare("\n".join(pieces)) == bare(text)
    for piece in pieces:
        assert len(re.findall(r"^```", piece, flags=re.MULTILINE)) % 2 == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVERYTHING, LIMIT)
@example("text ```py\n" + "code\n" * 30 + "``` text", LEAST_LIMIT)
@example("||" + "secret words " * 20 + "end||", LEAST_LIMIT)
@example("> a **" + "b " * 60 + "c**\n> d", LEAST_LIMIT)
@example("> " + "a" * 60 + "\n> " + "b" * 90, LEAST_LIMIT)
@example("> a\n> \n> " + "b " * 60, LEAST_LIMIT)
@example(">>> a\n" + "b " * 60, LEAST_LIMIT)
@example("a" * 64 + "\n\n\n\nb", LEAST_LIMIT)
@example("> ```py\n" + "> code\n" * 20 + "> ```\n> end", LEAST_LIMIT)
@example("||```\n" + "code\n" * 30 + "```||", LEAST_LIMIT)
@example("👩🏽\u200d💻" * 30, LEAST_LIMIT)
@example("🇩🇪" * 40, LEAST_LIMIT)
@example("x" * 61 + "\\*\\*\\*", LEAST_LIMIT)
def test_in_pieces_everything_looks_as_in_the_whole(text: str, limit: int) -> None:
    pieces = split_markdown(text, limit)
    assert all(0 < length(piece) <= limit for piece in pieces)
    assert [one for piece in pieces for one in seen(piece)] == seen(text)


@given(st.lists(st.one_of(LINE, LINK), min_size=1, max_size=30).map(" ".join), LIMIT)
def test_a_link_is_never_cut(text: str, limit: int) -> None:
    links = re.findall(r"\[see \d+\]\(https://example\.org/\d+\)", text)
    found = [
        link
        for piece in split_markdown(text, limit)
        for link in re.findall(r"\[see \d+\]\(\S+?/\d+\)", piece)
    ]
    assert found == links


@given(st.lists(st.text("abc \n", max_size=40), min_size=1, max_size=20), LIMIT)
def test_code_keeps_its_lines_and_their_indentation(lines: list[str], limit: int) -> None:
    code = "\n".join(lines)
    pieces = split_markdown(f"```py\n{code}\n```", limit)
    inside = [piece.removeprefix("```py\n").removesuffix("```").removesuffix("\n") for piece in pieces]
    if all(len(line) <= limit - 20 for line in code.split("\n")):
        assert "\n".join(inside) == code


def test_what_fits_is_one_piece() -> None:
    assert split_markdown("# Title\n\nShort.\n", 100) == ("# Title\n\nShort.",)
    assert split_markdown(" \n\n ", 100) == ()
    assert split_markdown("", 100) == ()


def test_a_cut_is_made_before_a_heading_else_between_paragraphs() -> None:
    text = f"{'a' * 60}\n\n## Next\n\n{'b' * 30}"
    assert split_markdown(text, 100) == ("a" * 60, f"## Next\n\n{'b' * 30}")
    text = f"{'a' * 40}\n{'b' * 20}\n\n{'c' * 20}\n{'d' * 40}"
    assert split_markdown(text, 100) == (f"{'a' * 40}\n{'b' * 20}", f"{'c' * 20}\n{'d' * 40}")


def test_a_code_block_that_opens_within_a_line_is_closed_and_opened_again() -> None:
    first, second = split_markdown("See ```py\n" + "line = 1\n" * 8 + "``` and on", LEAST_LIMIT)
    assert first == "See ```py\n" + "line = 1\n" * 5 + "```"
    assert second == "```py\n" + "line = 1\n" * 3 + "``` and on"


def test_a_spoiler_that_is_cut_hides_both_parts() -> None:
    pieces = split_markdown("||" + "secret " * 15 + "end||", LEAST_LIMIT)
    assert all(piece.startswith("||secret") and piece.endswith("||") for piece in pieces)


def test_a_spoiler_that_fits_into_a_piece_stays_whole() -> None:
    assert split_markdown(f"{'a ' * 20}||a secret of some words|| b", LEAST_LIMIT) == (
        "a" + " a" * 19,
        "||a secret of some words|| b",
    )


def test_blank_lines_at_the_limit_do_not_cut_a_paragraph() -> None:
    words = "word " * 12 + "end"
    assert split_markdown(f"{words}\n\n\n\nafter", LEAST_LIMIT) == (words, "after")


def test_a_heading_stays_with_what_follows_it() -> None:
    pieces = split_markdown(f"{'a ' * 30}\n\n## Next\n\n{'b ' * 20}", 80)
    assert pieces[1].startswith("## Next\n\nb")


def test_bold_words_and_inline_code_stay_whole() -> None:
    pieces = split_markdown(f"{'a' * 55} **two words** {'b' * 40} `more code` c", LEAST_LIMIT)
    assert any("**two words**" in piece for piece in pieces)
    assert any("`more code`" in piece for piece in pieces)


def test_a_link_longer_than_a_piece_is_cut_since_discord_would_refuse_it() -> None:
    link = f"https://example.org/{'x' * 200}"
    pieces = split_markdown(f"before {link} after", 100)
    assert "".join(pieces).replace("before", "").replace("after", "").strip() == link
    assert all(len(piece) <= 100 for piece in pieces)


def test_a_limit_without_room_for_a_code_block_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 64"):
        split_markdown("text", 63)
