"""What holds for the project as a whole: import contracts, pinned versions, sizes."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import grimp
import pytest

from tests.house_drawing import levels

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "state", "bot", "web", "sandbox", "process")
SIZE_LIMIT_LINES = 400


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def imports() -> Mapping[str, set[str]]:
    """What each module imports, in functions and for type checks too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_no_modules_import_each_other_in_a_circle(imports: Mapping[str, set[str]]) -> None:
    assert levels(imports)


def test_a_private_file_is_imported_by_its_own_room_only(imports: Mapping[str, set[str]]) -> None:
    reached = [
        f"{module} imports {other}"
        for module, imported in imports.items()
        for other in imported
        if "._" in other and not f"{module}.".startswith(f"{other.partition('._')[0]}.")
    ]
    assert reached == []


def test_a_rooms_tables_are_imported_by_few(imports: Mapping[str, set[str]]) -> None:
    outside = {
        module
        for module, imported in imports.items()
        for other in imported
        if re.fullmatch(r"state\.\w+\.(\w+_table|schema)", other)
        and not module.startswith(other.rpartition(".")[0])
    }
    assert outside == {
        "state.schema", "state.retention_rules", "state.backups.restore", "state.privacy.forget",
        "state.reports", "state.views.storage", "state.views.week",
    }  # fmt: skip


def test_sql_stands_in_tables_and_schemas_alone() -> None:
    runs_sql = re.compile(r"\b(tx|connection|database)\.execute(many)?\(")
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in files
        if not path.match("*_table.py") and path.name != "schema.py" and runs_sql.search(path.read_text())
    ]
    assert [path for path in elsewhere if not path.startswith("core/store/")] == []


def test_nothing_imports_main() -> None:
    importing = re.compile(r"^\s*(from main import|import main\b)", re.MULTILINE)
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert [str(path) for path in files if importing.search(path.read_text())] == []


def test_the_command_line_names_no_engine() -> None:
    # The linter of imports, which checks the packages, reads no single files.
    assert re.findall(r"import (sqlite3|psycopg)", (ROOT / "main.py").read_text()) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert wanted
    assert [line for line in wanted if not re.fullmatch(r"[\w.\-\[\]]+==[\w.]+( ?;.*)?", line)] == []


def test_no_file_needs_a_table_of_contents() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > SIZE_LIMIT_LINES
    }
    assert long == {}


def test_the_project_file_and_the_code_name_the_same_version() -> None:
    from core.version import VERSION

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_nobody_imports_heavy_libraries_at_start() -> None:
    heavy = {"matplotlib", "numpy", "PIL", "prometheus_client", "watchfiles", "discord", "psycopg", "redis"}
    code = "import sys, main; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert heavy & set(done.stdout.split()) == set()


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text()
    pages = [str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")]
    assert pages
    assert [page for page in pages if f"({page})" not in readme] == []


def test_the_pages_name_files_that_exist() -> None:
    named = re.compile(r"`((?:bot|core|state|web|sandbox|process|tests|bench|deploy|zapier)/[\w./]*)`")
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    wrong = [
        f"{page.name}: {path}"
        for page in pages
        if page.exists()
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path).exists()
    ]
    assert wrong == []


def test_the_readme_lists_every_target_of_make() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"run", "test", "load", "staging"} <= set(targets)
    assert [
        name
        for name in targets
        if f"`{name}`" not in readme and f"make {name}" not in readme and name != "help"
    ] == []
