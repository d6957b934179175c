import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.web.helpers import Site

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text"
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("query", "parse"),
    [("", parse_text), ("?format=openmetrics", parse_openmetrics)],
    ids=["text", "openmetrics"],
)
async def test_the_parsers_of_prometheus_accept_the_answer(
    site: Site, query: str, parse: Callable[[str], Any]
) -> None:
    await site.get("/agents/claude")
    await site.get("/agents/Nobody")
    text = (await site.get(f"/metrics{query}")).body.decode()
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in parse(text)
        for sample in family.samples
    }
    key = ("helix_http_requests_total", ("method", "GET"), ("route", "/agents/{name}"))
    assert samples[(*key, ("status", "200"))] == 1
    assert samples[(*key, ("status", "404"))] == 1
    assert samples[("helix_http_request_duration_seconds_count", ("route", "/agents/{name}"))] == 2


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", TEXT),
        ("text/html,*/*;q=0.8", TEXT),
        ("text/plain", TEXT),
        ("application/json", "application/json"),
        (OPENMETRICS, OPENMETRICS),
        (PROMETHEUS_3, OPENMETRICS),
    ],
)
async def test_the_client_chooses_by_accept(site: Site, accept: str, content_type: str) -> None:
    answer = await site.get("/metrics", Accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(content_type)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("name", ["prometheus", "text", "openmetrics", "json"])
async def test_the_query_takes_precedence_over_accept(site: Site, name: str) -> None:
    answer = await site.get(f"/metrics?format={name}", Accept="image/png")
    expected = {"json": "application/json", "openmetrics": OPENMETRICS}.get(name, "text/plain")
    assert answer.headers["content-type"].startswith(expected)


async def test_an_unknown_format_is_refused_with_the_known_ones(site: Site) -> None:
    answer = await site.get("/metrics?format=xml")
    assert (answer.status, answer.json()["choices"]) == (400, ["prometheus", "text", "openmetrics", "json"])


async def test_an_unavailable_format_gets_406_with_the_available_ones(site: Site) -> None:
    answer = await site.get("/metrics", Accept="image/png")
    assert (answer.status, answer.headers["content-type"]) == (406, "application/problem+json")
    assert "text/plain" in answer.json()["available"]


async def test_json_has_the_promised_members(site: Site) -> None:
    for _ in range(3):
        await site.get("/ucf")
    await site.get("/nothing")
    metrics = (await site.get("/metrics?format=json")).json()
    assert metrics["requests"]["/ucf"] == 3
    assert metrics["error_counts"] == {"unmatched": 1}
    assert 0 < metrics["avg_response_times"]["/ucf"] < 1
    assert (metrics["cache_hits"], metrics["cache_misses"]) == (2, 1)
    assert metrics["cache_hit_rate"] == pytest.approx(2 / 3)
    assert "helix_http_requests_total" in metrics["metrics"]


async def test_the_hit_rate_is_null_before_the_first_look_up(site: Site) -> None:
    assert (await site.get("/metrics?format=json")).json()["cache_hit_rate"] is None


@pytest.mark.parametrize("query", ["", "?format=json"])
async def test_the_answer_is_compressed_on_request(site: Site, query: str) -> None:
    answer = await site.get(f"/metrics{query}", Accept_Encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body).startswith((b"#", b"{"))


async def test_many_scrapes_at_once_are_all_answered(site: Site) -> None:
    answers = await asyncio.gather(*(site.get("/metrics") for _ in range(10)))
    assert {answer.status for answer in answers} == {200}
