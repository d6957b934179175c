"""The critical bounds and their margin."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.alerts.hysteresis import RULES, compare
from state.models import DEFAULT_UCF, METRICS, UCF, judge


def ucf(**values: float) -> UCF:
    return msgspec.structs.replace(DEFAULT_UCF, **values)


def keys(rules: object) -> set[str]:
    return {rule.key for rule in rules}  # type: ignore[attr-defined]  # rules


def test_every_critical_bound_has_a_rule() -> None:
    assert keys(RULES) == {
        "ucf.harmony.low", "ucf.resilience.low", "ucf.prana.low", "ucf.drishti.low",
        "ucf.klesha.high", "ucf.zoom.low", "ucf.zoom.high",
    }  # fmt: skip


def test_the_defaults_raise_nothing() -> None:
    assert compare((), DEFAULT_UCF) == ((), ())


@pytest.mark.parametrize(
    ("metric", "steps", "key"),
    [
        ("harmony", (0.3, 0.29, 0.39, 0.4), "ucf.harmony.low"),
        ("resilience", (0.5, 0.49, 0.59, 0.6), "ucf.resilience.low"),
        ("prana", (0.2, 0.19, 0.24, 0.25), "ucf.prana.low"),
        ("drishti", (0.3, 0.29, 0.34, 0.35), "ucf.drishti.low"),
        ("klesha", (0.7, 0.71, 0.66, 0.65), "ucf.klesha.high"),
        ("zoom", (0.5, 0.49, 0.59, 0.6), "ucf.zoom.low"),
        ("zoom", (1.8, 1.81, 1.71, 1.7), "ucf.zoom.high"),
    ],
)
def test_it_is_raised_beyond_the_bound_and_cleared_a_margin_back(
    metric: str, steps: tuple[float, float, float, float], key: str
) -> None:
    at_bound, beyond, short, back = steps
    assert compare((), ucf(**{metric: at_bound})) == ((), ())
    assert keys(compare((), ucf(**{metric: beyond}))[0]) == {key}
    assert compare({key}, ucf(**{metric: beyond})) == ((), ())
    assert compare({key}, ucf(**{metric: short})) == ((), ())
    assert keys(compare({key}, ucf(**{metric: back}))[1]) == {key}


def values() -> st.SearchStrategy[UCF]:
    return st.builds(UCF, **{name: st.floats(metric.low, metric.high) for name, metric in METRICS.items()})


@given(values(), st.sets(st.sampled_from([rule.key for rule in RULES])))
def test_every_critical_value_has_an_open_alert_afterwards(found: UCF, before: set[str]) -> None:
    raised, cleared = compare(before, found)
    after = (before | keys(raised)) - keys(cleared)
    for rule in RULES:
        if rule.crossed(found):
            assert rule.key in after
            assert judge(rule.metric, getattr(found, rule.metric)) == "critical"
    assert compare(after, found) == ((), ())


def test_a_tiny_value_is_written_out_in_an_alert() -> None:
    rule = next(rule for rule in RULES if rule.key == "ucf.harmony.low")
    assert rule.detail(ucf(harmony=0.00001)).startswith("0.00001; critical below")
