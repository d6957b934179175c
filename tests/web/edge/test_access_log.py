"""One record for each request that ACCESS_LOG asks for, with fields of its own."""

import io
import json
import logging
from ipaddress import ip_network
from typing import Any

import pytest

from core.logs import JsonFormatter
from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site
from web.edge.access_log import MOST_PER_MINUTE, AccessLog


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "web.access"]


async def test_by_default_only_failures_and_refusals_are_logged(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = await make_site(read_token=Secret("a-token-to-read-with"))
    with caplog.at_level(logging.INFO):
        for path in ("/ucf", "/health/live", "/nothing", "/health/ready"):
            await site.get(path)
    found = [(record.levelname, record.getMessage().partition(" duration")[0]) for record in logged(caplog)]
    assert found == [
        ("INFO", "http.request method=GET route=/ucf status=401"),
        ("WARNING", "http.request method=GET route=/health/ready status=503"),
    ]


async def test_all_requests_are_logged_if_the_setting_says_so(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = await make_site(access_log="all")
    with caplog.at_level(logging.INFO):
        wire = await site.wire()
        answers = [await wire.ask("/agents/Claude") for _ in range(3)]
        await wire.ask("/agents/Claude", method="PROPFIND")
    records = logged(caplog)
    assert len(records) == 4
    assert all("route=/agents/{name} status=200" in record.getMessage() for record in records[:3])
    assert all(f"bytes={len(answers[0].body)} client=127.0.0.1" in one.getMessage() for one in records[:3])
    assert "method=other route=unmatched status=405" in records[3].getMessage()


async def test_repeated_refusals_do_not_fill_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    log = AccessLog("errors", site.clock)
    entry: dict[str, Any] = {
        "method": "GET",
        "route": "/ucf",
        "seconds": 0.0,
        "sent_bytes": 0,
        "client": "203.0.113.9",
    }
    with caplog.at_level(logging.INFO):
        for _ in range(MOST_PER_MINUTE + 7):
            log.record(status=429, **entry)
        assert len(logged(caplog)) == MOST_PER_MINUTE
        site.clock.advance(60)
        log.record(status=429, **entry)
    last = [record.getMessage() for record in logged(caplog)][MOST_PER_MINUTE:]
    assert last[0] == "http.requests_not_logged count=7"
    assert last[1].startswith("http.request method=GET")


async def test_off_means_nothing_at_all(make_site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    site = await make_site(access_log="off")
    with caplog.at_level(logging.DEBUG):
        assert (await site.get("/health/ready")).status == 503
    assert logged(caplog) == []


@pytest.mark.parametrize(("which", "known"), [("off", 1), ("errors", 1), ("all", 0)])
async def test_the_fast_path_is_off_only_if_all_requests_are_logged(
    make_site: MakeSite, which: str, known: int
) -> None:
    site = await make_site(access_log=which)
    await (await site.wire()).ask("/ucf")
    assert len(site.server._table) == known


async def test_a_failing_health_is_logged_each_time(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.break_store()
    wire = await site.wire()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert (await wire.ask("/health")).status == 503
    assert len(logged(caplog)) == 3


async def test_bytes_that_are_not_http_are_logged_with_their_sender(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = await make_site(access_log="all")
    wire = await site.wire()
    with caplog.at_level(logging.INFO):
        await wire.send(b"this is no HTTP\r\n\r\n")
        await wire.answer()
    (record,) = logged(caplog)
    assert "route=unmatched status=400" in record.getMessage()
    assert "client=127.0.0.1" in record.getMessage()


async def test_behind_a_trusted_proxy_the_forwarded_address_counts(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = await make_site(access_log="all", trusted_proxies=(ip_network("127.0.0.1/32"),))
    with caplog.at_level(logging.INFO):
        await site.get("/ucf", X_Forwarded_For="6.6.6.6, 203.0.113.9")
    (record,) = logged(caplog)
    assert "client=203.0.113.9" in record.getMessage()


async def test_as_json_each_part_is_a_field(make_site: MakeSite) -> None:
    site = await make_site(access_log="all")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    access = logging.getLogger("web.access")
    access.addHandler(handler)
    access.setLevel(logging.INFO)
    try:
        answer = await site.get("/ucf")
    finally:
        access.removeHandler(handler)
        access.setLevel(logging.NOTSET)
    entry = json.loads(stream.getvalue())
    assert {name: entry[name] for name in ("method", "route", "status", "bytes", "client")} == {
        "method": "GET",
        "route": "/ucf",
        "status": 200,
        "bytes": len(answer.body),
        "client": "127.0.0.1",
    }
    assert entry["duration_ms"] >= 0
