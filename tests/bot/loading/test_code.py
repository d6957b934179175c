"""Looking at a cog's files: which there are, whether they changed, where an error arose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.loading import _code as code
from tests.bot.cog_folder import CogFolder


def test_what_does_not_exist_has_no_files_and_still_a_hash(cogs: CogFolder) -> None:
    assert code.source_files(f"{cogs.package}.nothing") == ()
    assert code.source_files("no_such_package_anywhere.nothing") == ()
    assert code.source_hash(f"{cogs.package}.nothing") == code.source_hash("no_such_package_anywhere.nothing")


def test_a_package_has_all_its_files(cogs: CogFolder) -> None:
    folder = cogs.folder / "deep"
    (folder / "inner").mkdir(parents=True)
    for path in (folder / "__init__.py", folder / "_a.py", folder / "inner" / "__init__.py"):
        path.write_text("")
    (folder / "notes.txt").write_text("not code")
    names = [path.name for path in code.source_files(f"{cogs.package}.deep")]
    assert sorted(names) == ["__init__.py", "__init__.py", "_a.py"]


def test_a_file_that_is_deleted_while_we_look_is_a_change(
    cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cogs.write("monitoring", "x = 1\n")
    name = f"{cogs.package}.monitoring"
    before = code.source_hash(name)
    monkeypatch.setattr(code, "source_files", lambda _: (path,))
    assert code.source_hash(name) == before
    path.unlink()
    assert code.source_hash(name) != before


def test_a_failed_import_puts_back_what_was_there(cogs: CogFolder) -> None:
    name = f"{cogs.package}.monitoring"
    cogs.write("monitoring", "x = 'old'\n")
    old = code.import_anew(name)
    cogs.write("monitoring", "x = 'new'\nraise SystemExit\n")
    with pytest.raises(SystemExit):
        code.import_anew(name)
    assert sys.modules[name] is old
    assert getattr(sys.modules[cogs.package], "monitoring") is old  # noqa: B009 - mypy cannot know it


def test_a_read_only_folder_of_compiled_code_is_no_obstacle(
    cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    name = f"{cogs.package}.monitoring"
    cogs.write("monitoring", "x = 1\n")
    code.import_anew(name)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    assert code.import_anew(name).x == 1


def test_an_error_outside_the_cogs_files_names_the_line_inside_that_led_there(cogs: CogFolder) -> None:
    name = f"{cogs.package}.monitoring"
    cogs.write("monitoring", "import json\n\njson.loads('{')\n")
    with pytest.raises(ValueError, match="Expecting") as caught:
        code.import_anew(name)
    failure = code.describe_failure(name, caught.value, "1a2b3c4d")
    assert (failure.file, failure.line) == (f"{cogs.package}/monitoring.py", 3)
    assert failure.type == "JSONDecodeError"


def test_a_syntax_error_elsewhere_is_named_without_the_machines_folders(cogs: CogFolder) -> None:
    error = SyntaxError("invalid syntax", ("/srv/machine/elsewhere/broken.py", 7, 1, "x"))
    failure = code.describe_failure(f"{cogs.package}.monitoring", error, "1a2b3c4d")
    assert (failure.file, failure.line) == ("broken.py", 7)


def test_a_long_message_is_cut_to_one_line(cogs: CogFolder) -> None:
    failure = code.describe_failure(f"{cogs.package}.x", ValueError("many\nlines " * 200), "1a2b3c4d")
    assert len(failure.message) == 300
    assert "\n" not in failure.message


def test_a_name_that_a_module_lacks_is_told_without_the_modules_folder(cogs: CogFolder) -> None:
    name = f"{cogs.package}.monitoring"
    cogs.write("monitoring", "from bot.catalog.entry import nothing\n")
    with pytest.raises(ImportError) as caught:
        code.import_anew(name)
    failure = code.describe_failure(name, caught.value, "1a2b3c4d")
    assert failure.message == "cannot import name 'nothing' from 'bot.catalog.entry'"
