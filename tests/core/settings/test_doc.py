import io
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from core.settings import TABLE, render_env_example
from core.settings.table import Group

ROOT = Path(__file__).parents[3]


def test_the_example_file_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == render_env_example()


def test_the_module_prints_the_example_file() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "core.settings"], cwd=ROOT, capture_output=True, check=True, timeout=30
    )
    assert printed.stdout.decode() == render_env_example()
    assert printed.stderr == b""


def test_the_example_file_sets_nothing() -> None:
    assert dotenv_values(stream=io.StringIO(render_env_example())) == {}


def test_the_example_file_uncommented_sets_every_default() -> None:
    uncommented = "\n".join(
        line.removeprefix("#")
        for line in render_env_example().splitlines()
        if line.startswith("#") and not line.startswith("# ")
    )
    assert dotenv_values(stream=io.StringIO(uncommented)) == {
        name: row.default for name, row in TABLE.items()
    }


def test_every_setting_has_a_meaning() -> None:
    assert all(row.meaning.endswith(".") for row in TABLE.values())


def test_a_setting_has_one_row() -> None:
    with pytest.raises(ValueError, match="PORT has two rows"):
        Group("HTTP").setting("PORT", 1, int, "Twice.")
