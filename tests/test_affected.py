"""What `make check` runs for which change."""

from __future__ import annotations

import pytest

from tests.affected import affected_tests, changed_files


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ("state/rituals/rules.py", "tests/state/rituals"),
        ("state/rituals/__init__.py", "tests/state/rituals"),
        ("core/clock.py", "tests/core/test_clock.py"),
        ("bot/cogs/fun/_dice.py", "tests/bot/cogs/fun"),
        ("tests/core/test_clock.py", "tests/core/test_clock.py"),
        ("tests/state/directives/manus.py", "tests/state/directives"),
        ("docs/architecture.md", "tests/test_project.py"),
    ],
)
def test_a_change_names_the_tests_of_its_room(changed: str, named: str) -> None:
    assert named in affected_tests([changed])


def test_tests_elsewhere_that_import_the_module_are_named() -> None:
    assert "tests/bot/cards/test_digest.py" in affected_tests(["state/views/week.py"])


def test_a_folder_is_not_named_twice() -> None:
    named = affected_tests(["state/rituals/rules.py", "tests/state/rituals/test_rituals.py"])
    assert [one for one in named if one.startswith("tests/state/rituals")] == ["tests/state/rituals"]


def test_what_no_test_covers_names_none() -> None:
    assert affected_tests(["LICENSE"]) == []


def test_each_change_since_a_commit_is_a_path_of_the_repository() -> None:
    assert all(not path.startswith(("/", "..")) for path in changed_files("HEAD"))
