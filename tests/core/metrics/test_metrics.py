import logging
import math

import pytest

from core.metrics import Registry


def test_a_counter_counts_each_label_set_for_itself() -> None:
    counter = Registry().counter("c_total", "help", ("route", "method"))
    counter.inc("/status", "GET")
    counter.inc("/status", "GET", by=2)
    counter.inc("/health", "GET")
    assert counter.value("/status", "GET") == 3
    assert counter.value("/never", "GET") == 0
    assert counter.total() == 4
    assert counter.items() == ((("/status", "GET"), 3), (("/health", "GET"), 1))


def test_a_bound_cell_counts_into_its_label_set() -> None:
    counter = Registry().counter("c_total", "help", ("route",))
    cell = counter.bind("/status")
    cell.inc()
    counter.inc("/status")
    assert cell.value == 2
    assert counter.bind("/status") is cell


def test_a_counter_does_not_shrink() -> None:
    counter = Registry().counter("c_total", "help")
    with pytest.raises(ValueError, match="grows"):
        counter.inc(by=-1)
    assert counter.total() == 0


@pytest.mark.parametrize("labels", [(), ("a",), ("a", "b", "c")])
def test_the_wrong_number_of_labels_is_refused(labels: tuple[str, ...]) -> None:
    registry = Registry()
    with pytest.raises(ValueError, match="labels"):
        registry.counter("c_total", "help", ("x", "y")).inc(*labels)
    with pytest.raises(ValueError, match="labels"):
        registry.histogram("h_seconds", "help", ("x", "y")).observe(1, *labels)
    with pytest.raises(ValueError, match="labels"):
        registry.gauge("g", "help", ("x", "y")).set(1, *labels)


def test_past_two_hundred_label_sets_the_rest_is_other() -> None:
    registry = Registry()
    counter = registry.counter("c_total", "help", ("who",))
    histogram = registry.histogram("h_seconds", "help", ("who",))
    gauge = registry.gauge("g", "help", ("who",))
    for number in range(1000):
        counter.inc(str(number))
        histogram.observe(1.0, str(number))
        gauge.set(number, str(number))
    assert len(counter.items()) == len(histogram.items()) == len(gauge.items()) == 200
    assert counter.value("other") == 801
    assert counter.total() == 1000
    assert histogram.summary("other").count == 801
    assert gauge.value("other") == 999


def test_an_own_bound_on_label_sets_is_kept() -> None:
    counter = Registry().counter("c_total", "help", ("who",), max_label_sets=2)
    for who in "abcd":
        counter.inc(who)
    assert counter.items() == ((("a",), 1), (("other",), 3))


def test_a_gauge_moves_both_ways_and_is_cleared() -> None:
    gauge = Registry().gauge("g", "help", ("metric",))
    gauge.set(5, "harmony")
    gauge.set(2, "harmony")
    assert gauge.value("harmony") == 2
    gauge.clear()
    assert gauge.value("harmony") is None


def test_a_gauge_is_read_when_somebody_looks() -> None:
    gauge, now = Registry().gauge("g", "help"), [1.0]
    gauge.function(lambda: now[0])
    assert gauge.value() == 1.0
    now[0] = 2.0
    assert gauge.collect().samples[0].value == 2.0


def test_a_gauge_reads_one_value_per_label_set() -> None:
    gauge = Registry().gauge("g", "help", ("agent",), max_label_sets=2)
    gauge.function(lambda: {("Kael",): 1, ("Vega",): 0, ("Agni",): 1, ("too", "many"): 1})
    assert gauge.items() == ((("Kael",), 1), (("Vega",), 0))


def test_several_parts_read_label_sets_of_their_own_into_one_gauge() -> None:
    registry = Registry()
    for queue, depth in (("inbox", 3), ("outbox", 4)):
        read: dict[tuple[str, ...], float] = {(queue,): depth}
        registry.gauge("g", "help", ("queue",)).function(read.copy)
    assert dict(registry.gauge("g", "help", ("queue",)).items()) == {("inbox",): 3, ("outbox",): 4}


def test_a_gauge_whose_function_fails_is_logged_and_spoils_no_scrape(
    caplog: pytest.LogCaptureFixture,
) -> None:
    registry = Registry()
    registry.counter("c_total", "help").inc()

    def fail() -> float:
        raise RuntimeError("no")

    registry.gauge("g", "help").function(fail)
    with caplog.at_level(logging.ERROR):
        assert [family.name for family in registry.collect()] == ["c_total"]
    assert "metrics.gauge_failed metric=g" in caplog.text


def test_a_histogram_answers_per_label_set_and_for_all() -> None:
    histogram = Registry().histogram("h_seconds", "help", ("route",), (0.1, 1.0))
    histogram.observe(0.05, "/a")
    histogram.bind("/b").observe(0.5)
    assert histogram.summary("/a").count == 1
    assert histogram.summary("/never").count == 0
    assert histogram.quantile(0.5, "/b") is not None
    assert histogram.quantile(0.5, "/never") is None
    assert histogram.merged().count == 2
    assert [labels for labels, _ in histogram.items()] == [("/a",), ("/b",)]


def test_a_histogram_adds_up_its_label_sets() -> None:
    histogram = Registry().histogram("h_seconds", "help", ("route",), (0.1, 1.0))
    for route, seconds in (("/a", 0.05), ("/a", 0.5), ("/b", 50.0)):
        histogram.observe(seconds, route)
    merged = histogram.merge()
    histogram.observe(0.05, "/a")
    assert list(merged.buckets()) == [(0.1, 1), (1.0, 1), (math.inf, 1)]


def test_the_same_metric_twice_is_the_same() -> None:
    registry = Registry()
    counter = registry.counter("c_total", "help", ("a",))
    assert registry.counter("c_total", "help", ("a",)) is counter
    assert registry.get("c_total") is counter
    assert registry.get("unknown") is None


def test_another_metric_under_the_same_name_is_an_error() -> None:
    registry = Registry()
    registry.counter("x", "help", ("a",))
    with pytest.raises(ValueError, match="another shape"):
        registry.counter("x", "help", ("b",))
    with pytest.raises(ValueError, match="another shape"):
        registry.gauge("x", "help", ("a",))
    registry.histogram("h", "help", buckets=(1.0,))
    with pytest.raises(ValueError, match="another shape"):
        registry.histogram("h", "help", buckets=(2.0,))


def test_only_what_was_used_is_collected() -> None:
    registry = Registry()
    counter = registry.counter("c_total", "help", ("a",))
    counter.bind("never counted")
    registry.histogram("h_seconds", "help").bind()
    registry.gauge("g", "help")
    assert registry.collect() == ()
    counter.inc("once")
    assert [sample.labels for sample in registry.collect()[0].samples] == [("once",)]


def test_what_was_collected_does_not_move() -> None:
    registry = Registry()
    histogram = registry.histogram("h_seconds", "help")
    histogram.observe(1.0)
    collected = registry.collect()[0].samples[0].histogram
    histogram.observe(1.0)
    assert collected is not None
    assert collected.count == 1
