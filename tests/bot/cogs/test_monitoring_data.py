import math

import pytest

from bot.cogs.monitoring import _discovery, _health, _metrics, _ping, _promises
from bot.cogs.monitoring._metrics import UnknownSection
from core.kernel import Kernel
from state.ports import RouteInfo


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


def test_checks_that_need_somebody_come_first(kernel: Kernel) -> None:
    kernel.health.report("a", "pass")
    kernel.health.report("b", "warn", "why", action="mend it")
    kernel.health.report("c", "fail", "why", required=True)
    view = _health.build_health(kernel.health)
    assert [check.name for check in view.checks] == ["c", "b", "a"]
    assert (view.overall, view.failing, view.warning, view.passing) == ("fail", 1, 1, 1)


@pytest.mark.parametrize("word", ["http", "HTTP", " Http "])
def test_a_section_is_named_in_any_case(word: str) -> None:
    assert _metrics.parse_section(word) == "http"


def test_no_section_is_the_overview() -> None:
    assert _metrics.parse_section(None) is None


def test_an_unknown_section_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownSection, match="Did you mean 'webhooks'"):
        _metrics.parse_section("webhook")


def test_metrics_before_any_traffic_say_that_there_is_none(kernel: Kernel) -> None:
    view = _metrics.build_metrics(kernel, None)
    assert (view.http.count, view.http.failed_share, view.http.p95_s) == (0, None, None)
    assert view.hit_rate is None
    assert [promise.kept for promise in view.promises] == [None] * 8


def test_http_counts_only_server_errors_as_failed(kernel: Kernel) -> None:
    count_http(kernel, "/status", "200", 6)
    count_http(kernel, "/status", "404", 2)
    count_http(kernel, "/health", "503", 2)
    view = _metrics.build_metrics(kernel, "http")
    assert (view.http.count, view.http.failed, view.http.failed_share) == (10, 2, 0.2)
    assert [(row.name, row.count, row.failed) for row in view.rows] == [("/status", 8, 0), ("/health", 2, 2)]
    assert view.rows[0].p50_s is not None


def test_commands_count_only_our_own_faults_as_failed(kernel: Kernel) -> None:
    count_commands(kernel, "status", "ok", 8)
    count_commands(kernel, "status", "refused", 1)
    count_commands(kernel, "status", "failed", 1)
    view = _metrics.build_metrics(kernel, "commands")
    assert (view.commands.count, view.commands.failed) == (10, 1)
    assert [row.name for row in view.rows] == ["status"]


def test_a_section_shows_the_ten_busiest_rows(kernel: Kernel) -> None:
    for number in range(15):
        count_commands(kernel, f"c{number}", "ok", number + 1)
    rows = _metrics.build_metrics(kernel, "commands").rows
    assert [row.count for row in rows] == list(range(15, 5, -1))


def test_names_that_were_never_timed_have_no_quantiles(kernel: Kernel) -> None:
    kernel.metrics.counter("helix_commands_total", "Commands.", ("command", "outcome")).inc("x", "ok")
    view = _metrics.build_metrics(kernel, "commands")
    assert view.rows[0].p95_s is None
    assert view.commands.p95_s is None


def test_the_hit_rate_is_over_all_caches(kernel: Kernel) -> None:
    cache = kernel.caches.create("one", owner="test", max_entries=5, ttl_s=60)
    for _ in range(4):
        cache.get_or_build("key", lambda: 1, ())
    assert _metrics.build_metrics(kernel, "cache").hit_rate == 0.75


def test_memory_is_read_from_the_process(kernel: Kernel) -> None:
    memory = _metrics.build_metrics(kernel, None).memory_bytes
    assert memory is not None
    assert memory > 1_000_000


def test_memory_is_unknown_where_the_platform_does_not_say(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_metrics, "_STATM", _metrics._STATM.with_name("no-such-file"))
    assert _metrics.build_metrics(kernel, None).memory_bytes is None


def test_promises_are_judged_by_their_bounds() -> None:
    kept = _promises.build_promises(
        error_rate=0.0, mean_s=0.01, p95_s=0.1, command_p95_s=1.0, hit_rate=0.9, delivery_rate=1.0
    )
    broken = _promises.build_promises(
        error_rate=0.5, mean_s=0.06, p95_s=0.2, command_p95_s=2.0, hit_rate=0.8, delivery_rate=0.9
    )
    measured = {"error rate", "command p95", "mean response", "response p95", "hit rate", "deliveries"}
    assert {one.name: one.kept for one in kept if one.name in measured} == dict.fromkeys(measured, True)
    assert {one.name: one.kept for one in broken if one.name in measured} == dict.fromkeys(measured, False)


def test_promises_that_nothing_measures_yet_say_so() -> None:
    promises = _promises.build_promises(
        error_rate=None, mean_s=None, p95_s=None, command_p95_s=None, hit_rate=None, delivery_rate=None
    )
    unknown = {promise.name: promise.stands for promise in promises}
    assert unknown["deliveries"] == "no data yet"
    assert unknown["uptime"] == "not measured yet"
    assert unknown["hit rate"] == "no data yet"


@pytest.mark.parametrize("unknown", [math.nan, math.inf])
def test_a_latency_that_is_not_known_is_none(kernel: Kernel, unknown: float) -> None:
    assert _ping.build_ping(kernel, unknown).gateway_s is None
    assert _ping.build_ping(kernel, 0.04).gateway_s == 0.04


ROUTES = (
    RouteInfo(method="GET", path="/status", summary="The state", ttl_s=5, needs_token="read"),
    RouteInfo(method="GET", path="/health/live", summary="Alive", needs_token="none"),
    RouteInfo(method="POST", path="/webhooks", summary="Events", needs_token="webhook"),
)


def test_addresses_are_whole_and_name_the_token_they_need() -> None:
    addresses = _discovery.build_discovery(ROUTES, "https://helix.example/", read_token_set=True)
    assert [(one.url, one.needs) for one in addresses] == [
        ("https://helix.example/status", "READ_TOKEN"),
        ("https://helix.example/health/live", ""),
        ("https://helix.example/webhooks", "WEBHOOK_TOKEN"),
    ]


def test_reading_needs_no_token_where_none_is_set() -> None:
    assert _discovery.build_discovery(ROUTES, "http://h", read_token_set=False)[0].needs == ""
