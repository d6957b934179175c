"""The pages for operators and readers say what a running process really has."""

import re
from pathlib import Path

from tests.e2e.helix_process import ROOT, get_json, helix, sandbox_env
from web.routes.table import route_infos


def _cells(page: str, first_cell: str) -> set[str]:
    text = (ROOT / "docs" / page).read_text()
    rows = re.findall(rf"^\| ({first_cell}) \|", text, re.MULTILINE)
    return {cell.strip("`") for row in rows for cell in row.split(", ")}


async def test_every_health_check_is_explained_to_operators(tmp_path: Path) -> None:
    async with helix(env=sandbox_env(tmp_path)) as process:
        await process.ready()
        checks = set((await get_json(f"{await process.http()}/health"))["checks"])
    assert checks
    assert checks <= _cells("operations.md", r"`[a-z-]+`")


def test_the_routes_on_the_page_are_those_that_there_are() -> None:
    shown = _cells("api.md", r"`[A-Z]+ /[^`]*`")
    assert shown == {f"{route.method} {route.path}" for route in route_infos()}


def test_the_page_says_how_long_an_answer_is_kept() -> None:
    kept = {
        route.path: f"{route.ttl_s:g} s" for route in route_infos() if route.method == "GET" and route.ttl_s
    }
    page = (ROOT / "docs" / "api.md").read_text()
    for path, said in re.findall(r"^\| `GET (/[^`]*)` \| ([^|]*) \|", page, re.MULTILINE):
        if path in kept:
            assert said == kept[path] or said.endswith(f"cached for {kept[path]}"), path
        else:
            assert not re.search(r"\d+ (s|min|h)\b", said), path


def test_every_kind_of_error_is_on_the_page() -> None:
    there = {
        kind
        for path in (ROOT / "web").rglob("*.py")
        for kind in re.findall(r"\bkind=\"([a-z-]+)\"", path.read_text())
    }
    errors = (ROOT / "docs" / "api.md").read_text().partition("\n## Errors\n")[2].partition("\n## ")[0]
    assert there
    assert there - set(re.findall(r"`([a-z-]+)`", errors)) == set()


def test_every_link_of_the_pages_leads_to_a_file() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"))
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
