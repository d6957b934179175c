import math
from datetime import UTC, datetime

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import embeds
from bot.text.embeds import Field, ReplyTooLong

texts = st.one_of(
    st.text(max_size=60),
    st.builds(lambda text, times: text * times, st.text(min_size=1, max_size=12), st.integers(1, 700)),
)
fields = st.builds(Field, name=texts, value=texts, inline=st.booleans())


@settings(deadline=None)
@given(title=texts, lines=st.lists(texts, max_size=40), parts=st.lists(fields, max_size=40), footer=texts)
def test_a_card_is_within_discords_limits_whatever_it_is_given(
    title: str, lines: list[str], parts: list[Field], footer: str
) -> None:
    card = embeds.card(title, lines, fields=parts, footer=footer)
    embeds.check(None, [card])
    for field in card.fields:
        assert field.name
        assert field.value


def test_a_card_that_fits_keeps_every_word() -> None:
    card = embeds.card(
        "Title", ["one", "two"], fields=[Field("a", "1"), Field("b", "2", inline=True)], footer="end"
    )
    assert (card.title, card.description, card.footer.text) == ("Title", "one\ntwo", "end")
    assert [(field.name, field.value, field.inline) for field in card.fields] == [
        ("a", "1", False),
        ("b", "2", True),
    ]


def test_a_card_with_too_many_fields_says_how_many_are_left_out() -> None:
    card = embeds.card("Title", fields=[Field(str(number), "x") for number in range(30)])
    assert len(card.fields) == 25
    assert card.fields[-1].value == "… and 6 more"


def test_a_card_whose_fields_are_too_long_says_how_many_are_left_out() -> None:
    card = embeds.card("Title", fields=[Field(str(number), "x" * 1_000) for number in range(10)])
    assert [field.name for field in card.fields[:-1]] == ["0", "1", "2", "3", "4"]
    assert card.fields[-1].value == "… and 5 more"


def test_exactly_as_many_fields_as_discord_takes_are_all_shown() -> None:
    card = embeds.card("Title", fields=[Field(str(number), "x") for number in range(25)])
    assert [field.name for field in card.fields] == [str(number) for number in range(25)]


def test_advice_keeps_what_is_to_be_typed_as_code_and_nothing_else_of_markdown() -> None:
    text = "See `/alerts`, then `/mute a_b`; **no** <@1> _x_."
    assert embeds.advice(text) == r"See `/alerts`, then `/mute a_b`; \*\*no\*\* \<@1> \_x\_."
    assert embeds.advice("a single ` is no code") == r"a single \` is no code"


@settings(deadline=None)
@given(text=texts, limit=st.integers(0, 300))
def test_clipped_text_is_within_its_limit_and_a_beginning_of_the_text(text: str, limit: int) -> None:
    clipped = embeds.clip(text, limit)
    assert embeds.length(clipped) <= limit
    assert text.startswith(clipped.removesuffix("…").rstrip())


def test_lines_are_cut_whole_and_counted() -> None:
    assert embeds.clip_lines(["aaaa"] * 10, 24) == "aaaa\naaaa\n… and 8 more"
    assert embeds.clip_lines(["a" * 50], 10) == "a" * 9 + "…"
    assert embeds.clip_lines([], 10) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "▱▱▱▱"), (1.0, "▰▰▱▱"), (2.0, "▰▰▰▰"), (9.0, "▰▰▰▰"), (-1.0, "▱▱▱▱"), (math.nan, "▱▱▱▱")],
)
def test_a_bar_shows_the_value_between_its_bounds(value: float, shown: str) -> None:
    assert embeds.bar(value, 0.0, 2.0, width=4) == shown


def test_a_bar_without_a_range_is_empty() -> None:
    assert embeds.bar(1.0, 1.0, 1.0, width=2) == "▱▱"


@pytest.mark.parametrize(
    ("status", "shown"),
    [("pass", "🟢"), ("degraded", "🟡"), ("down", "🔴"), ("?", "⚪")],
)
def test_every_status_has_a_dot_of_its_colour(status: str, shown: str) -> None:
    assert embeds.dot(status) == shown


def test_what_has_no_status_is_violet() -> None:
    assert embeds.colour(None) == discord.Colour(0x7E57C2)
    assert embeds.colour("fail") == discord.Colour(0xE74C3C)


def test_moments_are_shown_in_the_readers_own_time() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert embeds.relative(moment) == "<t:1767225600:R>"
    assert embeds.absolute(moment) == "<t:1767225600:f>"


def test_outside_text_keeps_its_words_and_loses_its_markdown() -> None:
    assert embeds.plain("**bold**\n`x`") == r"\*\*bold\*\* \`x\`"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("see https://evil.example/a", r"see https\://evil.example/a"),
        ("https://a**b**", r"https\://a\*\*b\*\*"),
        ("https://x)[free](https://evil.example)", r"https\://x)\[free](https\://evil.example)"),
        ("<https://evil.example>", r"\<https\://evil.example>"),
        ("<@123> <#4> </ping:5> <t:0:R> <:a:6>", r"\<@123> \<#4> \</ping:5> \<t\:0:R> \<\:a:6>"),
        ("a < b", r"a \< b"),
    ],
)
def test_text_of_others_makes_no_link_and_no_mention(typed: str, shown: str) -> None:
    assert embeds.plain(typed) == shown


def test_text_of_others_leaves_the_line_its_direction() -> None:
    assert embeds.plain("\u202eevil\u202c \u2067x") == "evil x"
    assert embeds.plain("עדה") == "\u2068עדה\u2069"
    assert embeds.advice("Did you mean `\u202eעדה`?") == "Did you mean \u2068`עדה`\u2069?"


@pytest.mark.parametrize(
    ("part", "embed"),
    [
        ("embed title", discord.Embed(title="x" * 257)),
        ("embed description", discord.Embed(description="x" * 4_097)),
        ("embed footer", discord.Embed().set_footer(text="x" * 2_049)),
        ("embed author", discord.Embed().set_author(name="x" * 257)),
        ("embed field name", discord.Embed().add_field(name="x" * 257, value="x")),
        ("embed field value", discord.Embed().add_field(name="x", value="x" * 1_025)),
        ("embeds in sum", discord.Embed(description="x" * 4_000).set_footer(text="x" * 2_001)),
    ],
)
def test_an_embed_over_a_limit_is_named_before_discord_refuses_it(part: str, embed: discord.Embed) -> None:
    with pytest.raises(ReplyTooLong, match=rf"^{part}:"):
        embeds.check(None, [embed])


def test_a_reply_over_a_limit_is_named_before_discord_refuses_it() -> None:
    with pytest.raises(ReplyTooLong, match=r"^content: 2001"):
        embeds.check("x" * 2_001)
    with pytest.raises(ReplyTooLong, match=r"^embeds: 11"):
        embeds.check(None, [discord.Embed(title="x")] * 11)


def test_a_character_of_two_units_counts_as_two() -> None:
    with pytest.raises(ReplyTooLong, match=r"^content: 2002"):
        embeds.check("🜂" * 1_001)
