"""Text with Discord's Markdown escaped: what Discord then shows is what was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.discord_markdown import escape

# What Discord takes from a backslash on (its rule "escape").
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[a](b) [free](https://evil.example)", r"\[a](b) \[free](https\://evil.example)"),
        ("**b** __u__ *i* ~~s~~", r"\*\*b\*\* \_\_u\_\_ \*i\* \~\~s\~\~"),
        ("||s|| `c` ```d```", r"\|\|s\|\| \`c\` \`\`\`d\`\`\`"),
        ("<@1> <@&2> <#3> </ping:4>", r"\<@1> \<@&2> \<#3> \</ping:4>"),
        ("<t:5:R> <a:b:6> <id:browse>", r"\<t\:5:R> \<a\:b:6> \<id:browse>"),
        ("<a@b.example> <+15551234567>", r"\<a@b.example> \<+15551234567>"),
        (":smile: std::io::a :smile", r"\:smile: std\:\:io\::a \:smile"),
        ("@everyone @here @ada", r"\@everyone \@here @ada"),
        ("Discord.gg/abc discordapp.com/invite/abc", r"Discord\.gg/abc discordapp\.com/invite/abc"),
        ("# a\n  ## b\n-# c", "\\# a\n  \\## b\n\\-# c"),
        ("> a\n  >>> b", "\\> a\n  \\>>> b"),
        ("- a\n+ b\n1. c\n12.", "\\- a\n\\+ b\n1\\. c\n12\\."),
        ("a # b > c - d 1. e", "a # b > c - d 1. e"),
        ("3.5 GiB at 12:30: ok", r"3.5 GiB at 12\:30: ok"),
        ("a\\", "a\\\\"),
        ("a\r# b\r\n> c", "a\n\\# b\n\\> c"),
        ("https:\f//evil.example @\fhere", "https\\://evil.example \\@here"),
        ("", ""),
    ],
)
def test_what_discord_would_take_for_markdown_has_a_backslash_before_it(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text(st.sampled_from("\\*_~|`[]()<>@#:/.+-1ab \n"), max_size=60))
def test_without_its_backslashes_the_text_is_what_was_written(text: str) -> None:
    assert _ESCAPED.sub(r"\1", escape(text)) == text


@given(st.text(st.sampled_from("\\*_~|`[]()<>@#:/.+-1ab \n"), max_size=60))
def test_no_mark_is_left_without_a_backslash(text: str) -> None:
    left = _ESCAPED.sub("", escape(text))
    assert re.search(r"[\\*_~|`\[<]|://", left) is None
    assert re.search(r"^[ \t]*[#>+-]", _ESCAPED.sub("x", escape(text)), re.MULTILINE) is None
