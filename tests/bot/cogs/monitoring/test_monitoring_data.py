import math
from pathlib import Path

import pytest

from bot.cogs.monitoring import _discovery, _health, _metrics, _metrics_screen, _ping, _screens
from bot.cogs.monitoring._metrics import UnknownSection
from core.runtime.kernel import Kernel
from state.ports import RouteInfo
from state.slo.objectives import TARGETS, ObjectiveName, SloReport, judge
from tests.manual_clock import DEFAULT_START as NOON

UNMEASURED = SloReport(
    since=NOON, until=NOON, met=None, promises=tuple(judge(target, None, 0) for target in TARGETS)
)


def count_http(kernel: Kernel, route: str, status: str, times: int, seconds: float = 0.01) -> None:
    requests = kernel.metrics.counter(
        "helix_http_requests_total", "HTTP requests answered.", ("route", "method", "status")
    )
    durations = kernel.metrics.histogram("helix_http_request_duration_seconds", "Time.", ("route",))
    for _ in range(times):
        requests.inc(route, "GET", status)
        durations.observe(seconds, route)


def count_commands(kernel: Kernel, name: str, outcome: str, times: int) -> None:
    total = kernel.metrics.counter("helix_commands_total", "Commands.", ("command", "outcome"))
    seconds = kernel.metrics.histogram("helix_command_duration_seconds", "Time.", ("command",))
    for _ in range(times):
        total.inc(name, outcome)
        seconds.observe(0.2, name)


def test_failing_checks_come_first(kernel: Kernel) -> None:
    kernel.health.report("a", "pass")
    kernel.health.report("b", "warn", "why", action="mend it")
    kernel.health.report("c", "fail", "why", required=True)
    view = _health.build_health(kernel.health)
    assert [check.name for check in view.checks] == ["c", "b", "a"]
    assert view.overall == "fail"
    assert (_screens.health(view, 0).embed.description or "").startswith("1 failing · 1 warning · 1 passing")


@pytest.mark.parametrize("word", ["http", "HTTP", " Http "])
def test_a_section_is_named_in_any_case(word: str) -> None:
    assert _metrics.parse_section(word) == "http"


def test_without_a_section_the_overview_is_shown() -> None:
    assert _metrics.parse_section(None) is None


def test_an_unknown_section_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownSection, match="Did you mean 'webhooks'"):
        _metrics.parse_section("webhook")


def test_metrics_before_any_traffic_say_that_there_is_none(kernel: Kernel) -> None:
    view = _metrics.build_metrics(kernel, UNMEASURED, None)
    assert (view.http.count, view.http.failed_share, view.http.p95_s) == (0, None, None)
    assert view.hit_rate is None
    assert [one.met for one in view.slo.promises] == [None] * 8


def test_http_counts_only_server_errors_as_failed(kernel: Kernel) -> None:
    count_http(kernel, "/status", "200", 6)
    count_http(kernel, "/status", "404", 2)
    count_http(kernel, "/health", "503", 2)
    view = _metrics.build_metrics(kernel, UNMEASURED, "http")
    assert (view.http.count, view.http.failed, view.http.failed_share) == (10, 2, 0.2)
    assert [(row.name, row.count, row.failed) for row in view.rows] == [("/status", 8, 0), ("/health", 2, 2)]
    assert view.rows[0].p50_s is not None


def test_commands_count_only_internal_errors_as_failed(kernel: Kernel) -> None:
    count_commands(kernel, "status", "ok", 8)
    count_commands(kernel, "status", "refused", 1)
    count_commands(kernel, "status", "failed", 1)
    view = _metrics.build_metrics(kernel, UNMEASURED, "commands")
    assert (view.commands.count, view.commands.failed) == (10, 1)
    assert [row.name for row in view.rows] == ["status"]


def test_a_section_shows_the_ten_busiest_rows(kernel: Kernel) -> None:
    for number in range(15):
        count_commands(kernel, f"c{number}", "ok", number + 1)
    rows = _metrics.build_metrics(kernel, UNMEASURED, "commands").rows
    assert [row.count for row in rows] == list(range(15, 5, -1))


def test_names_that_were_never_timed_have_no_quantiles(kernel: Kernel) -> None:
    kernel.metrics.counter("helix_commands_total", "Commands.", ("command", "outcome")).inc("x", "ok")
    view = _metrics.build_metrics(kernel, UNMEASURED, "commands")
    assert view.rows[0].p95_s is None
    assert view.commands.p95_s is None


def test_the_hit_rate_is_over_all_caches(kernel: Kernel) -> None:
    cache = kernel.caches.create("one", owner="test", max_entries=5, ttl_s=60)
    for _ in range(4):
        cache.get_or_build("key", lambda: 1, ())
    assert _metrics.build_metrics(kernel, UNMEASURED, "cache").hit_rate == 0.75


def test_memory_is_read_from_the_process(kernel: Kernel) -> None:
    memory = _metrics.build_metrics(kernel, UNMEASURED, None).memory_bytes
    assert memory is not None
    assert memory > 1_000_000


def test_memory_is_unknown_where_the_platform_does_not_say(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.runtime.memory._STATM", Path("/proc/self/no-such-file"))
    assert _metrics.build_metrics(kernel, UNMEASURED, None).memory_bytes is None


def objective(name: ObjectiveName, value: float | None, samples: int = 1_000) -> str:
    (target,) = (target for target in TARGETS if target.name == name)
    return _metrics_screen.objective(judge(target, value, samples))


def test_an_objective_is_shown_with_its_bound_and_its_value() -> None:
    assert objective("error_rate", 0.0005) == "✅ Error rate < 0.1%: 0.05%"
    assert objective("command_p95", 2.5) == "❌ Command p95 < 2 s: 2.5 s"
    assert objective("response_p95", 0.0042) == "✅ Response p95 < 200 ms: 4.2 ms"


def test_an_objective_that_cannot_be_judged_says_why() -> None:
    assert objective("deliveries", None, 0) == "⚪ Deliveries > 99.5%: no data yet"
    assert objective("deliveries", 0.5, 2) == "⚪ Deliveries > 99.5%: too few yet"


@pytest.mark.parametrize("unknown", [math.nan, math.inf])
def test_an_unknown_latency_is_none(kernel: Kernel, unknown: float) -> None:
    assert _ping.build_ping(kernel, unknown).gateway_s is None
    assert _ping.build_ping(kernel, 0.04).gateway_s == 0.04


ROUTES = (
    RouteInfo(method="GET", path="/status", summary="The state", ttl_s=5, auth="read"),
    RouteInfo(method="GET", path="/health/live", summary="Alive", auth="none"),
    RouteInfo(method="POST", path="/webhooks", summary="Events", auth="webhook"),
)


def test_addresses_are_complete_and_name_the_token_they_need() -> None:
    addresses = _discovery.build_discovery(ROUTES, "https://helix.example/", read_token_set=True)
    assert [(one.url, one.needs) for one in addresses] == [
        ("https://helix.example/status", "READ_TOKEN"),
        ("https://helix.example/health/live", ""),
        ("https://helix.example/webhooks", "WEBHOOK_TOKEN"),
    ]


def test_without_a_read_token_reading_needs_none() -> None:
    assert _discovery.build_discovery(ROUTES, "http://h", read_token_set=False)[0].needs == ""
