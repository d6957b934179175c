import tomllib
from pathlib import Path

from core.version import VERSION


def test_the_version_is_the_one_of_pyproject() -> None:
    pyproject = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert pyproject["project"]["version"] == VERSION
