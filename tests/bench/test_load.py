"""The load test itself: that it measures a real Helix, and that it can fail."""

import re
from typing import Any

import msgspec
import pytest

from bench import _load_variants, load
from bench._load_commands import Commanding
from bench._load_plan import LoadReport, Outcome
from bench._load_run import Run
from bench._load_verdict import judge

GOOD = Run(
    load=LoadReport(
        {name: Outcome(100, [0.001] * 100, {}) for name in ("/status", "/agents", "webhooks")}, 0.001
    ),
    quiet=Commanding([0.01, 0.011, 0.009] * 20, 0),
    busy=Commanding([0.01, 0.011, 0.009] * 20, 0),
    first_command_s=0.1,
    hit_rate=0.99,
    memory_mib=50.0,
    cpu_share=0.1,
    files_at_start=600,
    files_per_min=10.0,
    cpu_us_per_get=None,
)


def _streams(**changed: Outcome) -> LoadReport:
    return LoadReport({**GOOD.load.streams, **{f"/{name}": one for name, one in changed.items()}}, 0.001)


def test_a_good_run_keeps_every_promise() -> None:
    assert [promise.met for promise in judge(GOOD)] == [True] * 5


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"load": _streams(status=Outcome(100, [0.001] * 99, {"answered 500": 1}))}, "no error"),
        ({"load": _streams(agents=Outcome())}, "no error"),
        ({"busy": Commanding(GOOD.busy.times_s, 1)}, "no error"),
        ({"load": _streams(status=Outcome(100, [0.001] * 94 + [0.006] * 6, {}))}, "/status: p95"),
        ({"load": _streams(agents=Outcome(100, [0.001] * 94 + [0.006] * 6, {}))}, "/agents: p95"),
        ({"hit_rate": 0.95}, "hit rate"),
        ({"hit_rate": None}, "hit rate"),
        ({"busy": Commanding([0.012, 0.013, 0.011] * 20, 0)}, "commands"),
        ({"busy": Commanding([], 0)}, "commands"),
    ],
)
def test_each_promise_can_be_broken(change: dict[str, Any], broken: str) -> None:
    missed = [promise.what for promise in judge(msgspec.structs.replace(GOOD, **change)) if not promise.met]
    assert any(what.startswith(broken) for what in missed)


def test_a_few_slower_commands_are_chance() -> None:
    few = msgspec.structs.replace(GOOD, quiet=Commanding([0.01, 0.02], 0), busy=Commanding([0.012, 0.025], 0))
    assert all(promise.met for promise in judge(few))


@pytest.mark.timeout(180)
def test_it_measures_a_running_helix_and_its_variants(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_load_variants, "VARIANTS", _load_variants.VARIANTS[-1:])
    monkeypatch.setattr(_load_variants, "_STARTS", 1)
    code = load.main(["1"])
    output = capsys.readouterr().out
    assert re.search(r"^met +no error: none in \d{2,} requests and \d+ commands$", output, re.MULTILINE)
    assert len(re.findall(r"^(?:met|NOT MET) ", output, re.MULTILINE)) == 5
    assert re.search(r"^all off( +[\d.]+){10}$", output, re.MULTILINE)
    assert code == ("NOT MET" in output)


@pytest.mark.timeout(180)
def test_a_server_that_refuses_makes_it_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_load_variants, "VARIANTS", ())
    assert load.main(["1", "READ_TOKEN=a-token-that-nobody-shows"]) == 1
    output = capsys.readouterr().out
    assert re.search(r"^NOT MET +no error: (\d+) of \1 on /status: answered 401; ", output, re.MULTILINE)
    assert re.search(r"^NOT MET +/agents: p95 under 5 ms: p50 nan", output, re.MULTILINE)
    assert re.search(r"^NOT MET +hit rate over 95%: nan%$", output, re.MULTILINE)


@pytest.mark.parametrize("wrong", ["0", "1e9", "soon", "-3"])
def test_a_duration_that_is_none_is_named(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main([wrong]) == 2
    assert f"'{wrong}' is neither a number of seconds" in capsys.readouterr().err
