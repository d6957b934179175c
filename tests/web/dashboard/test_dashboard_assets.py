import gzip
import re
from pathlib import Path

import pytest

from tests.web.helpers import Site
from web.dashboard.assets import FOLDER, Assets

# What a browser loads for the page, compressed, with room for the headers of each answer.
_MOST_BYTES = 60_000
# Of the page on which the token is shown; the dashboard does not load it.
_ELSEWHERE = "signin.js"
_HEADERS_BYTES = 600


async def test_the_page_with_its_files_is_smaller_than_60_kb(site: Site) -> None:
    page = await site.get("/", Accept_Encoding="gzip")
    weight = len(page.body) + _HEADERS_BYTES
    files = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', gzip.decompress(page.body).decode()))
    assert {Path(file).name for file in files} == set(Assets().names) - {_ELSEWHERE}
    for file in files:
        answer = await site.get(file, Accept_Encoding="gzip")
        weight += len(answer.body) + _HEADERS_BYTES
    assert weight < _MOST_BYTES


async def test_a_file_under_its_digest_is_cached_for_good(site: Site) -> None:
    answer = await site.get(Assets().path("main.js"), Accept_Encoding="gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(answer.body) == (FOLDER / "js" / "main.js").read_bytes()


async def test_under_another_digest_the_current_file_must_be_revalidated(site: Site) -> None:
    answer = await site.get("/assets/0000000000000000/main.js")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_file_that_the_client_has_is_not_sent_again(site: Site) -> None:
    path = Assets().path("main.js")
    first = await site.get(path)
    again = await site.get(path, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    packed = await site.get(path, If_None_Match=first.headers["etag"], Accept_Encoding="gzip")
    assert packed.status == 200


@pytest.mark.parametrize("name", ["..%2findex.html", "index.html", "main.js%00", "nothing.js"])
async def test_only_the_files_of_the_dashboard_are_given(site: Site, name: str) -> None:
    assert (await site.get(f"/assets/latest/{name}")).status == 404


def test_the_address_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "js").mkdir()
    (tmp_path / "css" / "a.css").write_text("a {}")
    (tmp_path / "js" / "a.js").write_text("export {};")
    before = Assets(tmp_path)
    assert set(before.names) == {"dashboard.css", "a.js"}
    assert Assets(tmp_path).digest == before.digest
    (tmp_path / "js" / "a.js").write_text("export { };")
    assert Assets(tmp_path).digest != before.digest


def test_style_sheets_are_one_file_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "2.css").write_text("b {}")
    (tmp_path / "css" / "1.css").write_text("a {}")
    style = Assets(tmp_path).get("dashboard.css")
    assert style is not None
    assert style.plain == b"a {}\nb {}"


def _scripts() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "js").glob("*.js"))}


def test_every_import_is_of_a_file_beside_it() -> None:
    scripts = _scripts()
    for name, text in scripts.items():
        for imported in re.findall(r'from "([^"]+)"', text):
            assert imported.removeprefix("./") in scripts, f"{name} imports {imported}"


def test_text_is_only_ever_set_as_text() -> None:
    # Each of these turns text into markup or code.
    markup = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\(|DOMParser"
    )
    for name, text in _scripts().items():
        assert not markup.search(text), name


def test_nothing_is_loaded_from_elsewhere() -> None:
    texts = _scripts() | {path.name: path.read_text() for path in FOLDER.rglob("*.[ch]*s*") if path.is_file()}
    texts["index.html"] = (FOLDER / "index.html").read_text(encoding="utf-8")
    for name, text in texts.items():
        assert not re.search(r"(?<!xmlns=\")https?://(?!www\.w3\.org/2000/svg)", text), name
        assert "@import" not in text
        assert "url(" not in text
