import os
from pathlib import Path

import pytest

from core.settings.env_file import read_env_file


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_no_path_and_no_file_set_nothing(tmp_path: Path) -> None:
    assert read_env_file(None).values == {}
    assert read_env_file(tmp_path / ".env").values == {}


def test_comments_quotes_and_export_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path, "# a comment\n\nexport A=1\nB='two words' # why\nC=\"a#b\"\r\nD=\n")
    assert read_env_file(path).values == {"A": "1", "B": "two words", "C": "a#b", "D": ""}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert read_env_file(write(tmp_path, b"\xef\xbb\xbfA=1\n")).values == {"A": "1"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("A=1\n\n\nwhat is this\n", 4),
        ("A=1\r\n\r\nB\r\n", 3),
        ("\n# c\n\n9A=1\n", 4),
        ("A='unclosed\n", 1),
        ('A=1\nB="unclosed\nC=3\n', 2),
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, content: str, line: int) -> None:
    (problem, *_) = read_env_file(write(tmp_path, content)).problems
    assert problem.startswith(f".env, line {line}:")


def test_a_line_that_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    assert "sesame" not in "".join(read_env_file(write(tmp_path, "open sesame\nTOKEN='sesame\n")).problems)


def test_the_good_lines_around_a_bad_one_still_count(tmp_path: Path) -> None:
    assert read_env_file(write(tmp_path, "A=1\nbad line\nB=2\n")).values == {"A": "1", "B": "2"}


def test_a_name_that_is_set_twice_is_a_warning_and_the_last_counts(tmp_path: Path) -> None:
    file = read_env_file(write(tmp_path, "A=1\nB=2\nA=3\n"))
    assert file.values["A"] == "3"
    assert file.warnings == (".env: A is set in line 1 and in line 3; the last one counts",)


def test_text_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    assert read_env_file(write(tmp_path, b"A=1\nB=\xff\n")).problems == (
        ".env, line 2: it is not UTF-8 text",
    )


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert read_env_file(tmp_path / ".env").problems == (".env: it cannot be read (it is not a file)",)


def test_a_fifo_in_place_of_the_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    assert read_env_file(tmp_path / ".env").problems


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (problem,) = read_env_file(write(tmp_path, b"#" * (256 * 1024 + 1))).problems
    assert "larger than 256 KiB" in problem


def test_a_path_that_cannot_exist_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ("x" * 5000)).problems
