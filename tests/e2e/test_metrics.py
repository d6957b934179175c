"""What /metrics says of a process that was used, read back by the official client's own parsers."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from bot import catalog
from tests.e2e.everything_used import FORMATS, REQUESTS, Scrape, Scraped

# docs/api.md, "Metrics", with the names that dashboards for discord.py bots read.
PROMISED = {
    "helix_http_requests_total": {"route", "method", "status"},
    "helix_http_request_duration_seconds_bucket": {"route", "le"},
    "helix_commands_total": {"command", "outcome"},
    "helix_command_duration_seconds_bucket": {"command", "le"},
    "helix_cog_load_seconds_bucket": {"cog", "le"},
    "helix_cache_requests_total": {"cache", "result"},
    "helix_webhook_events_total": {"event", "outcome"},
    "helix_delivery_attempts_total": {"destination", "outcome"},
    "helix_delivery_lag_seconds_bucket": {"destination", "le"},
    "helix_queue_depth": {"queue"},
    "helix_breaker_state": {"breaker"},
    "helix_state_version": set(),
    "helix_ucf": {"metric"},
    "helix_agent_up": {"agent"},
    "helix_event_loop_lag_seconds_bucket": {"le"},
    "helix_broadcast_seconds_bucket": {"le"},
    "helix_stream_clients": {"transport"},
    "helix_build_info": {"version"},
    "helix_ready": set(),
    "helix_check_status": {"check"},
    "helix_slo_target": {"promise"},
    "helix_slo_value": {"promise"},
    "helix_slo_met": {"promise"},
    "helix_alerts_open": {"severity"},
    "helix_refusals_total": {"kind"},
    "helix_store_size_bytes": {"file"},
    "helix_disk_free_bytes": set(),
    "helix_backup_last_good_timestamp_seconds": set(),
    "discord_connected": {"shard"},
    "discord_latency_seconds": {"shard"},
    "discord_stat_total_guilds": set(),
    "discord_stat_total_channels": set(),
    "discord_stat_total_users": set(),
    "discord_stat_total_commands": set(),
    "discord_event_on_command_total": {"shard", "command"},
    "discord_event_on_interaction_total": {"shard", "interaction", "command"},
    "logging_total": {"logger", "level"},
    "process_cpu_seconds_total": set(),
    "process_resident_memory_bytes": set(),
    "process_virtual_memory_bytes": set(),
    "process_start_time_seconds": set(),
    "process_open_fds": set(),
    "process_max_fds": set(),
    "python_info": {"implementation", "major", "minor", "patchlevel", "version"},
    "python_gc_collections_total": {"generation"},
}
# Of each label: the most values that it may ever have.
BOUNDS = {
    "route": 60, "method": 8, "status": 40, "command": 70, "outcome": 12, "cog": 20, "cache": 60, "result": 5,
    "event": 20, "destination": 20, "queue": 10, "breaker": 40, "metric": 6, "agent": 14, "check": 80,
    "promise": 8, "severity": 3, "kind": 10, "file": 2, "shard": 64, "interaction": 6, "logger": 10,
    "level": 6, "transport": 2, "reason": 5, "loop": 60, "version": 1, "implementation": 1, "major": 1,
    "minor": 1, "patchlevel": 1, "generation": 3, "le": 30, "output": 2,
}  # fmt: skip
# Numbers that are no amounts of anything, and so have no unit in their name.
UNITLESS = re.compile(
    r"_(info|state|status|version|connected|ucf|up|ready|value|target|met|depth|open|clients)$|_fds$"
)


def of(scraped: Scraped, name: str) -> Scrape:
    scrape: Scrape = getattr(scraped, name)
    return scrape


@pytest.mark.parametrize("name", FORMATS)
def test_every_promised_name_is_there_with_its_labels(scraped: Scraped, name: str) -> None:
    labels: dict[str, set[str]] = {}
    for metric, pairs in of(scraped, name).samples:
        labels.setdefault(metric, set()).update(label for label, _ in pairs)
    assert {metric: labels.get(metric) for metric in PROMISED} == PROMISED


@pytest.mark.parametrize("name", FORMATS)
def test_requests_are_counted_exactly(scraped: Scraped, name: str) -> None:
    scrape = of(scraped, name)
    for route, (method, status, times) in REQUESTS.items():
        value = scrape.value("helix_http_requests_total", route=route, method=method, status=status)
        assert value == times
        timed = scrape.value("helix_http_request_duration_seconds_count", route=route)
        assert timed == times


@pytest.mark.parametrize("name", FORMATS)
def test_what_people_asked_for_is_counted_under_both_names(scraped: Scraped, name: str) -> None:
    scrape = of(scraped, name)
    assert scrape.value("helix_commands_total", command="status", outcome="ok") == 1
    assert scrape.value("helix_commands_total", command="reload", outcome="refused") == 1
    assert scrape.value("helix_commands_total", command="unknown", outcome="unknown") == 1
    assert scrape.value("helix_command_duration_seconds_count", command="agents") == 1
    assert scrape.value("discord_event_on_command_total", shard="0", command="status") == 1
    assert (
        scrape.value(
            "discord_event_on_interaction_total",
            shard="0",
            interaction="application_command",
            command="agents",
        )
        == 1
    )
    assert scrape.value("helix_refusals_total", kind="level") == 1


@pytest.mark.parametrize("name", FORMATS)
def test_state_and_webhooks_are_shown_as_they_are(scraped: Scraped, name: str) -> None:
    scrape = of(scraped, name)
    assert scrape.value("helix_ucf", metric="harmony") == 0.9
    assert scrape.value("helix_agent_up", agent="Claude") == 1
    assert scrape.value("helix_ready") == 1
    assert scrape.value("helix_check_status", check="store") == 0
    assert scrape.value("helix_alerts_open", severity="warning") >= 1
    assert scrape.value("helix_webhook_events_total", event="ucf.update", outcome="accepted") == 1
    assert scrape.value("helix_webhook_events_total", event="ucf.update", outcome="done") == 1
    assert scrape.value("helix_delivery_attempts_total", destination="zapier", outcome="delivered") >= 4
    assert scrape.value("helix_queue_depth", queue="inbox") == 0
    assert scrape.value("discord_connected", shard="0") == 1
    assert scrape.value("discord_stat_total_commands") == len(catalog.ENTRIES)
    assert scrape.value("helix_slo_met", promise="error_rate") == 1


def test_json_says_the_same(scraped: Scraped) -> None:
    said, text = scraped.json, scraped.text
    assert said["requests"]["/ucf"] == 120
    assert said["error_counts"]["/agents/{name}"] == 1
    total = text.value("helix_http_request_duration_seconds_sum", route="/ucf")
    assert said["avg_response_times"]["/ucf"] == pytest.approx(total / 120)
    results = {"hit": 0.0, "miss": 0.0, "coalesced": 0.0, "stale": 0.0}
    for (metric, pairs), value in text.samples.items():
        if metric == "helix_cache_requests_total":
            results[dict(pairs)["result"]] += value
    hits, asked = results["hit"], sum(results.values())
    assert (said["cache_hits"], said["cache_misses"]) == (hits, asked - hits)
    assert said["cache_hit_rate"] == pytest.approx(hits / asked)
    assert hits >= 119
    own = {family.name for family in text.families if family.name.startswith(("helix_", "discord_"))}
    assert {metric.removesuffix("_total") for metric in said["metrics"]} >= {
        metric.removesuffix("_total") for metric in own
    }


@pytest.mark.parametrize("name", FORMATS)
def test_histograms_hold_together(scraped: Scraped, name: str) -> None:
    histograms = [family for family in of(scraped, name).families if family.type == "histogram"]
    assert len(histograms) >= 5
    for family in histograms:
        series: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        for sample in family.samples:
            if sample.name.endswith("_bucket"):
                labels = dict(sample.labels)
                bound = float(labels.pop("le"))
                series.setdefault(tuple(sorted(labels.items())), []).append((bound, sample.value))
        for pairs, buckets in series.items():
            assert buckets[-1][0] == math.inf
            assert all(low <= high for (_, low), (_, high) in pairwise(buckets))
            assert of(scraped, name).samples[f"{family.name}_count", pairs] == buckets[-1][1]


@pytest.mark.parametrize("name", FORMATS)
def test_names_follow_the_conventions(scraped: Scraped, name: str) -> None:
    for family in of(scraped, name).families:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name), family.name
        assert family.name.startswith(("helix_", "discord_", "process_", "python_", "logging")), family.name
        assert family.documentation.strip(), family.name
        # Base units only.
        assert not re.search(r"_(ms|millis|milliseconds|us|minutes|hours|kb|mb|percent)(_|$)", family.name)
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples), family.name
        else:
            assert not family.name.endswith("_total"), family.name
        if family.type == "histogram":
            assert family.name.endswith("_seconds"), family.name
        if family.type == "gauge" and family.name.startswith("helix_"):
            assert UNITLESS.search(family.name) or family.name.endswith(("_seconds", "_bytes")), family.name


def test_openmetrics_says_the_units(scraped: Scraped) -> None:
    units = {family.name: family.unit for family in scraped.openmetrics.families}
    assert units["helix_http_request_duration_seconds"] == "seconds"
    assert units["helix_store_size_bytes"] == "bytes"
    assert units["helix_http_requests"] == ""
    assert scraped.openmetrics.text.endswith("# EOF\n")


@pytest.mark.parametrize("name", FORMATS)
def test_every_label_has_a_bound(scraped: Scraped, name: str) -> None:
    values: dict[str, set[str]] = {}
    for metric, pairs in of(scraped, name).samples:
        for label, value in pairs:
            assert label in BOUNDS, f"{metric}: say how many values {label} may have"
            values.setdefault(f"{metric} {label}", set()).add(value)
    for place, found in values.items():
        assert len(found) <= BOUNDS[place.split()[1]], place


def test_nothing_that_somebody_typed_is_a_label(scraped: Scraped) -> None:
    for typed in ("Nobody", "coinflipp", "disk-sda", "127.0.0.1"):
        assert typed not in scraped.text.text
