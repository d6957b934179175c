"""Renders the metrics for Prometheus, and as JSON.

prometheus_client writes the formats. It is imported at the first scrape and runs in a thread, since a full
rendering takes milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET, UnsetType

from core.metrics import HistogramCell, MetricFamily, Registry, Sample
from core.metrics._kinds import Kind

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

ExpositionFormat = Literal["text", "openmetrics"]

_UNITS = frozenset({"seconds", "bytes"})


async def render(registry: Registry, wanted: ExpositionFormat) -> tuple[bytes, str]:
    """Body and content type of the registry's and the process's own metrics.

    "text" is Prometheus' text format 0.0.4, "openmetrics" is OpenMetrics 1.0.
    """
    return await asyncio.to_thread(write, registry.collect(), wanted)


class SampleReport(msgspec.Struct, frozen=True, kw_only=True):
    """One sample: its `value`, or the summary of a histogram.

    Attributes:
        p50: the median; null before the first observation.
    """

    labels: Mapping[str, str]
    value: float | UnsetType = UNSET
    count: int | UnsetType = UNSET
    sum: float | UnsetType = UNSET
    p50: float | UnsetType | None = UNSET
    p95: float | UnsetType | None = UNSET
    p99: float | UnsetType | None = UNSET
    max: float | UnsetType | None = UNSET


class FamilyReport(msgspec.Struct, frozen=True, kw_only=True):
    """One metric with its samples; times are in seconds."""

    type: Kind
    help: str
    samples: tuple[SampleReport, ...]


def to_json(families: tuple[MetricFamily, ...]) -> dict[str, FamilyReport]:
    """All metrics by name, as records for JSON."""
    return {family.name: _family_report(family) for family in families}


class _Collector:
    """Passes collected families to prometheus_client."""

    def __init__(self, families: tuple[MetricFamily, ...]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """The families as prometheus_client's records."""
        from prometheus_client.metrics_core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        for family in self._families:
            if family.kind == "histogram":
                histogram = HistogramMetricFamily(
                    family.name, family.help, labels=family.label_names, unit=_unit(family)
                )
                cells = ((one.labels, one.histogram) for one in family.samples if one.histogram is not None)
                for labels, cell in cells:
                    histogram.add_metric(labels, _buckets(cell), cell.sum)
                yield histogram
                continue
            kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            metric = kind(family.name, family.help, labels=family.label_names, unit=_unit(family))
            for sample in family.samples:
                metric.add_metric(sample.labels, sample.value)
            yield metric


def write(families: tuple[MetricFamily, ...], wanted: ExpositionFormat) -> tuple[bytes, str]:
    """Renders families and the process's own metrics as (body, content type); takes milliseconds."""
    from prometheus_client import (
        CollectorRegistry,
        GCCollector,
        PlatformCollector,
        ProcessCollector,
        exposition,
    )
    from prometheus_client.openmetrics import exposition as openmetrics

    registry = CollectorRegistry()
    registry.register(_Collector(families))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    if wanted == "openmetrics":
        body: bytes = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]  # it has no types
        return body, openmetrics.CONTENT_TYPE_LATEST
    return exposition.generate_latest(registry), exposition.CONTENT_TYPE_PLAIN_0_0_4


def _unit(family: MetricFamily) -> str:
    """The base unit at the end of a name, by Prometheus' conventions; "" for a plain count."""
    last = family.name.removesuffix("_total").rpartition("_")[2]
    return last if last in _UNITS else ""


def _buckets(cell: HistogramCell) -> list[tuple[str, float]]:
    # Go's spelling of infinity, which both formats prescribe.
    return [("+Inf" if bound == float("inf") else repr(bound), count) for bound, count in cell.cumulative()]


def _family_report(family: MetricFamily) -> FamilyReport:
    return FamilyReport(
        type=family.kind,
        help=family.help,
        samples=tuple(
            _sample_report(dict(zip(family.label_names, sample.labels, strict=True)), sample)
            for sample in family.samples
        ),
    )


def _sample_report(labels: dict[str, str], sample: Sample) -> SampleReport:
    if sample.histogram is None:
        return SampleReport(labels=labels, value=sample.value)
    summary = sample.histogram.summary()
    return SampleReport(
        labels=labels,
        count=summary.count,
        sum=summary.sum,
        p50=summary.p50,
        p95=summary.p95,
        p99=summary.p99,
        max=summary.max,
    )
