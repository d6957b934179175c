from core.metrics import Registry
from tests.manual_clock import ManualClock
from tests.web.helpers import counter
from web.traffic import Traffic


def test_invented_methods_share_one_label() -> None:
    metrics = Registry()
    traffic = Traffic(metrics, ManualClock())
    for method in ("BREW", "WHISK"):
        traffic.lane("/status", method, 405).record(0.001)
    assert counter(metrics, "helix_http_requests_total").items() == ((("/status", "other", "405"), 2),)


def test_there_are_no_values_before_the_first_request() -> None:
    traffic = Traffic(Registry(), ManualClock())
    reading = traffic.reading(connections=0)
    assert (reading.status, reading.observed_value, reading.load) == ("pass", None, None)
    assert (traffic.by_route(), traffic.mean_durations_s()) == (({}, {}), {})


def test_counts_are_by_route_and_only_refusals_are_errors() -> None:
    traffic = Traffic(Registry(), ManualClock())
    for status, seconds in ((200, 0.1), (304, 0.2), (404, 0.3), (503, 0.4)):
        traffic.lane("/status", "GET", status).record(seconds)
    assert traffic.by_route() == ({"/status": 4}, {"/status": 2})
    assert traffic.mean_durations_s() == {"/status": 0.25}
    counters = traffic.reading(connections=3).counters
    assert (counters["client_errors"], counters["errors"], counters["connections"]) == (1, 1, 3)


def test_too_many_incidents_warn_for_a_minute() -> None:
    clock = ManualClock()
    traffic = Traffic(Registry(), clock, incidents_warn=1)
    traffic.saw_incident("first")
    reading = traffic.reading(connections=0)
    assert (reading.status, reading.reason, reading.action) == (
        "pass",
        "a request ended in incident first",
        "",
    )
    assert reading.thresholds[0].settings == ("HTTP_INCIDENTS_WARN",)
    traffic.saw_incident("second")
    reading = traffic.reading(connections=0)
    assert (reading.status, reading.counters["incidents"]) == ("warn", 2)
    clock.advance(60)
    assert traffic.reading(connections=0).status == "pass"


def test_every_incident_of_the_last_minute_is_counted_beyond_the_bound() -> None:
    traffic = Traffic(Registry(), ManualClock(), incidents_warn=0)
    for number in range(5):
        traffic.saw_incident(str(number))
    assert traffic.reading(connections=0).counters["incidents"] == 5
