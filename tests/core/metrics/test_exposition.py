import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from core.metrics import Registry
from core.metrics.exposition import ExpositionFormat, render, to_json

PARSERS = {"text": parse_text, "openmetrics": parse_openmetrics}


@pytest.fixture
def registry() -> Registry:
    registry = Registry()
    registry.counter("helix_things_total", 'Things "counted"\nin two lines.', ("kind",)).inc('a "b"\n\\c')
    registry.gauge("discord_stat_total_guilds", "Guilds.").set(3)
    registry.histogram("helix_wait_seconds", "Waits.", ("what",), (0.1, 1.0)).observe(0.5, "x")
    registry.histogram("helix_wait_seconds", "Waits.", ("what",), (0.1, 1.0)).observe(7.5, "x")
    registry.counter("helix_unused_total", "Never used.", ("kind",))
    return registry


async def samples(registry: Registry, wanted: ExpositionFormat) -> dict[tuple[str, str], float]:
    body, _ = await render(registry, wanted)
    families = PARSERS[wanted](body.decode())  # type: ignore[no-untyped-call]  # the parsers have no types
    return {
        (sample.name, sample.labels.get("le", sample.labels.get("kind", ""))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize("wanted", ["text", "openmetrics"])
async def test_prometheus_own_parser_reads_back_every_value(
    registry: Registry, wanted: ExpositionFormat
) -> None:
    found = await samples(registry, wanted)
    assert found["helix_things_total", 'a "b"\n\\c'] == 1
    assert found["discord_stat_total_guilds", ""] == 3
    assert found["helix_wait_seconds_bucket", "0.1"] == 0
    assert found["helix_wait_seconds_bucket", "1.0"] == 1
    assert found["helix_wait_seconds_bucket", "+Inf"] == 2
    assert found["helix_wait_seconds_count", ""] == 2
    assert found["helix_wait_seconds_sum", ""] == 8.0
    assert ("helix_unused_total", "") not in found


async def test_the_process_s_own_metrics_are_there(registry: Registry) -> None:
    found = await samples(registry, "text")
    assert found["process_resident_memory_bytes", ""] > 0
    assert ("process_cpu_seconds_total", "") in found


async def test_python_and_its_garbage_collection_are_there(registry: Registry) -> None:
    found = await samples(registry, "openmetrics")
    assert found["python_info", ""] == 1
    assert ("python_gc_collections_total", "") in found


async def test_openmetrics_says_the_unit_that_a_name_ends_with(registry: Registry) -> None:
    registry.gauge("helix_room_bytes", "Room.").set(1)
    lines = (await render(registry, "openmetrics"))[0].decode().splitlines()
    assert [line for line in lines if line.startswith("# UNIT helix")] == [
        "# UNIT helix_room_bytes bytes",
        "# UNIT helix_wait_seconds seconds",
    ]


async def test_each_format_has_its_content_type(registry: Registry) -> None:
    assert (await render(registry, "text"))[1] == "text/plain; version=0.0.4; charset=utf-8"
    assert (await render(registry, "openmetrics"))[1].startswith(
        "application/openmetrics-text; version=1.0.0"
    )


async def test_the_body_of_openmetrics_ends_as_it_must(registry: Registry) -> None:
    assert (await render(registry, "openmetrics"))[0].endswith(b"# EOF\n")


async def test_many_renderings_at_once_do_not_disturb_each_other(registry: Registry) -> None:
    bodies = await asyncio.gather(*(render(registry, "text") for _ in range(8)))
    ours = [[line for line in body.splitlines() if b"helix_" in line] for body, _ in bodies]
    assert all(lines == ours[0] for lines in ours)


def test_json_has_every_sample_with_its_labels(registry: Registry) -> None:
    rendered = msgspec.json.decode(msgspec.json.encode(to_json(registry.collect())))
    assert rendered["helix_things_total"] == {
        "type": "counter",
        "help": 'Things "counted"\nin two lines.',
        "samples": [{"labels": {"kind": 'a "b"\n\\c'}, "value": 1}],
    }
    assert rendered["helix_wait_seconds"] == {
        "type": "histogram",
        "help": "Waits.",
        "samples": [
            {
                "labels": {"what": "x"},
                "count": 2,
                "sum": 8.0,
                "p50": 1.0,
                "p95": pytest.approx(6.85),
                "p99": pytest.approx(7.37),
                "max": 7.5,
            }
        ],
    }


def test_starting_imports_nothing_that_only_later_use_needs() -> None:
    late = ("prometheus_client", "dotenv", "watchfiles", "aiofiles", "difflib")
    script = f"import sys, core.runtime.kernel; print([name for name in {late} if name in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert printed.stdout.strip() == "[]"
