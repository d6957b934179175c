"""The drawing in docs/architecture.md is what the code imports."""

from __future__ import annotations

import pytest

from tests.house_drawing import PATH, draw, levels


def test_the_drawing_shows_the_rooms_as_they_are() -> None:
    assert PATH.read_text(encoding="utf-8") == draw(), "run `make docs`"


def test_each_room_stands_above_what_it_imports() -> None:
    assert levels({"a": {"b", "c"}, "b": {"c"}, "c": set(), "d": {"c"}}) == [["a"], ["b", "d"], ["c"]]


def test_a_circle_is_named() -> None:
    with pytest.raises(ValueError, match="in a circle: a, b"):
        levels({"a": {"b"}, "b": {"a"}, "c": set()})
