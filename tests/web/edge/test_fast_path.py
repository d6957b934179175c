"""Prepared bytes are given again as long as they are true, and made anew where a part of them moves."""

from types import SimpleNamespace

import pytest
from aiohttp.web_protocol import RequestHandler

from tests.web.helpers import Site, counter
from web.edge import fast_path


@pytest.fixture(autouse=True)
def no_parser(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Lets the parser see each head once; what comes after is for the table."""
    seen: set[bytes] = set()
    usual = RequestHandler.data_received

    def once(connection: RequestHandler, data: bytes) -> None:
        assert data not in seen, "the parser was asked"
        seen.add(data)
        usual(connection, data)

    monkeypatch.setattr(RequestHandler, "data_received", once)
    return monkeypatch


async def test_the_age_header_is_current(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # A second of the date begins whenever the bytes are made, so that it is the age that ends them.
    monkeypatch.setattr(fast_path, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))
    wire = await site.wire()
    await wire.ask("/commands")
    said = []
    for passed_s in (0.75, 0.5, 3.5, 55.0, 0.25):
        site.clock.advance(passed_s)
        answer = await wire.ask("/commands")
        said.append((answer.headers["x-cache"], answer.headers["age"]))
    assert said == [("hit", "0"), ("hit", "1"), ("hit", "4"), ("hit", "59"), ("miss", "0")]


async def test_the_date_header_is_current(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = SimpleNamespace(now_s=1_800_000_000.25)
    monkeypatch.setattr(fast_path, "time", SimpleNamespace(time=lambda: wall.now_s))
    wire = await site.wire()
    await wire.ask("/commands")
    said = []
    # The last but one is a clock that is set back meanwhile.
    for passed_s, moved_s in ((0.0, 0.0), (0.5, 0.5), (0.25, 0.25), (1.0, 1.0), (1.0, -60.0), (0.5, 0.5)):
        site.clock.advance(passed_s)
        wall.now_s += moved_s
        said.append((await wire.ask("/commands")).headers["date"][-12:-4])
    assert said == ["08:00:00", "08:00:00", "08:00:01", "08:00:02", "07:59:02", "07:59:02"]


async def test_the_same_bytes_are_sent_until_something_changes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_path, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))
    made: list[float] = []
    usual = fast_path.HotAnswer.response

    def noted(answer: fast_path.HotAnswer, table: fast_path.HotTable) -> bytes | None:
        made.append(site.clock.monotonic())
        return usual(answer, table)

    monkeypatch.setattr(fast_path.HotAnswer, "response", noted)
    wire = await site.wire()
    await wire.ask("/commands")
    for _ in range(5):
        assert (await wire.ask("/commands")).headers["x-cache"] == "hit"
    assert len(made) == 1
    site.clock.advance(1)
    await wire.ask("/commands")
    assert len(made) == 2


async def test_an_invalidated_answer_is_not_sent(site: Site) -> None:
    wire = await site.wire()
    cache = site.kernel.caches.get("http:/commands")
    said = []
    for forget in (lambda: None, lambda: None, lambda: None, cache.clear, lambda: None, lambda: None):
        forget()
        said.append((await wire.ask("/commands")).headers["x-cache"])
    assert said == ["miss", "hit", "hit", "miss", "hit", "hit"]
    assert (cache.stats().hits, cache.stats().misses) == (4, 2)
    assert counter(site.kernel.metrics, "helix_cache_requests_total").value("http:/commands", "hit") == 4


async def test_switching_the_cache_off_and_on_rechecks_remembered_heads(site: Site) -> None:
    wire = await site.wire()
    for _ in range(3):
        await wire.ask("/commands")
    answer = next(iter(site.server._table.answers.values()))
    site.kernel.flags.switch("response_caching", on=False)
    assert answer.same_until < site.clock.monotonic()
    assert answer.response(site.server._table) is None
    assert answer.same_until < site.clock.monotonic()
    site.kernel.flags.switch("response_caching", on=True)
    assert (await wire.ask("/commands")).headers["x-cache"] == "hit"
