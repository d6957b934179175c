"""Which commands somebody may mean who names none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import access, catalog
from bot.offers.likeliest import likeliest

MEMBER = access.visible_entries(access.Caller(user_id=1, display_name="Mina", guild_id=2, at_home=True))


def names(text: str) -> list[str]:
    return [entry.name for entry in likeliest(text, MEMBER)]


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("", ["help", "status", "agents"]),
        ("how are you?", ["help", "status", "agents"]),
        ("status", ["status", "help", "agents"]),
        ("/Status!", ["status", "help", "agents"]),
        ("s", ["status", "help", "agents"]),
        ("what's s", ["help", "status", "agents"]),
        ("please roll two dice and show the agents", ["roll", "agents", "help"]),
        ("give me a vibe check", ["vibe-check", "health", "help"]),
        ("show me the metricss", ["metrics", "help", "status"]),
        ("reload everything", ["help", "status", "agents"]),
    ],
)
def test_what_is_named_comes_first_and_the_usual_ones_fill_up(text: str, likely: list[str]) -> None:
    assert names(text) == likely


def test_only_what_the_caller_may_run_is_likely() -> None:
    assert "halt" not in names("halt")
    assert next(iter(likeliest("halt", catalog.ENTRIES))).name == "halt"


@given(st.text(max_size=200))
def test_three_different_ones_come_out_of_any_text(text: str) -> None:
    assert len(set(names(text))) == 3
