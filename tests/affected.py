"""Prints the tests that a change can break first: `python -m tests.affected [COMMIT]`.

A room has its tests in the folder of the same name under `tests/`. Tests elsewhere are found by the modules
that they import. `make check` runs both for what differs from COMMIT (HEAD by default), untracked files too.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGES: Final = ("core", "state", "bot", "web", "sandbox")


def changed_files(commit: str) -> list[str]:
    """Paths of the files that differ from the commit, relative to the root of the repository."""
    differing = _git("diff", "--name-only", "--diff-filter=d", commit, "--")
    return sorted({*differing, *_git("ls-files", "--others", "--exclude-standard")})


def affected_tests(changed: Iterable[str]) -> list[str]:
    """Folders and files to give to pytest; none where nothing that is tested has changed."""
    targets: set[str] = set()
    modules: list[str] = []
    for path in map(PurePosixPath, changed):
        if path.parts[0] == "tests":
            targets |= _of_test_file(path)
        elif path.suffix == ".py" and path.parts[0] in PACKAGES:
            targets |= _of_room(path)
            modules.append(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        elif path.parts[0] in PACKAGES or path.suffix in {".md", ".toml", ".txt"}:
            targets.add("tests/test_project.py")
    return sorted(_outermost(targets | _importing(modules)))


def _of_test_file(path: PurePosixPath) -> set[str]:
    if path.name.startswith("test_"):
        return {str(path)}
    # Fixtures and helpers serve their folder. Those at the top of tests/ serve all: run `make test`.
    return {str(path.parent)} if path.suffix == ".py" and len(path.parts) > 2 else set()


def _of_room(path: PurePosixPath) -> set[str]:
    """The folder of tests of the room; for a module at the top of its package, the test of its name."""
    folder = "tests" / path.parent
    if len(path.parts) == 2:
        folder = folder / f"test_{path.stem}.py"
    return {str(folder)} if (ROOT / folder).exists() else set()


def _importing(modules: list[str]) -> set[str]:
    if not modules:
        return set()
    names = "|".join(re.escape(name) for name in modules)
    imported = re.compile(rf"^(?:from|import) (?:{names})\b", re.MULTILINE)
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if imported.search(path.read_text(encoding="utf-8"))
    }


def _outermost(targets: set[str]) -> set[str]:
    return {one for one in targets if not any(str(up) in targets for up in PurePosixPath(one).parents)}


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


if __name__ == "__main__":
    sys.stdout.write(" ".join(affected_tests(changed_files(sys.argv[1] if len(sys.argv) > 1 else "HEAD"))))
