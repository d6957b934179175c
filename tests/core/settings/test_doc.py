import io
import subprocess
import sys
from pathlib import Path

from dotenv import dotenv_values

from core.settings.doc import SETTING_DOCS, render_env_example

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
    assert dotenv_values(stream=io.StringIO(uncommented)) == {doc.name: doc.default for doc in SETTING_DOCS}


def test_every_setting_is_said_once_with_its_meaning() -> None:
    names = [doc.name for doc in SETTING_DOCS]
    assert len(names) == len(set(names))
    assert all(doc.meaning.endswith(".") for doc in SETTING_DOCS)
