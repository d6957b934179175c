"""The records of the shared state."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.models import DEFAULT_UCF, METRICS, UCF, AgentReport, InvalidUCF, Snapshot, judge, validate_ucf

GOOD = DEFAULT_UCF.as_dict()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_default_is_what_the_design_says() -> None:
    assert list(GOOD.values()) == [0.5, 1.0, 0.5, 0.5, 0.1, 1.0]
    assert list(GOOD) == ["harmony", "resilience", "prana", "drishti", "klesha", "zoom"]


def test_six_good_numbers_are_taken() -> None:
    assert validate_ucf(GOOD) == DEFAULT_UCF


@pytest.mark.parametrize("name", list(METRICS))
def test_the_bounds_themselves_are_taken(name: str) -> None:
    for bound in (METRICS[name].low, METRICS[name].high):
        assert getattr(validate_ucf({**GOOD, name: bound}), name) == bound


@pytest.mark.parametrize("name", list(METRICS))
@pytest.mark.parametrize(
    "value", [-0.001, 2.001, math.nan, math.inf, -math.inf, True, False, "0.5", None, [], {}, 10**400]
)
def test_what_is_no_number_in_range_is_refused_naming_field_and_range(name: str, value: Any) -> None:
    with pytest.raises(InvalidUCF) as caught:
        validate_ucf({**GOOD, name: value})
    assert set(caught.value.problems) == {name}
    metric = METRICS[name]
    assert f"{name} must be a number between {metric.low:g} and {metric.high:g}" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_every_mistake_is_named_at_once() -> None:
    values = {"harmony": 3, "resiliance": 1, "prana": 0.5, "drishti": True, "klesha": 0.1}
    with pytest.raises(InvalidUCF) as caught:
        validate_ucf(values)
    assert set(caught.value.problems) == {"harmony", "resiliance", "resilience", "drishti", "zoom"}
    assert "did you mean resilience?" in caught.value.problems["resiliance"]
    assert caught.value.problems["zoom"] == "zoom is missing"


def test_an_unknown_field_that_resembles_none_lists_the_known() -> None:
    with pytest.raises(InvalidUCF, match="known are harmony, resilience"):
        validate_ucf({**GOOD, "x": 1})


def test_a_ucf_cannot_be_made_invalid_by_any_way() -> None:
    with pytest.raises(InvalidUCF):
        UCF(**{**GOOD, "harmony": 2.5})
    with pytest.raises(InvalidUCF):
        msgspec.structs.replace(DEFAULT_UCF, klesha=-1.0)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"harmony": 9}', type=UCF)
    with pytest.raises(AttributeError):
        DEFAULT_UCF.harmony = 1.0  # type: ignore[misc] # that it cannot be is the point


def test_one_value_has_one_form() -> None:
    whole = UCF(**{**GOOD, "harmony": 1, "klesha": -0.0})
    assert repr(whole.harmony) == "1.0"
    assert repr(whole.klesha) == "0.0"


@given(st.dictionaries(st.sampled_from(list(METRICS)), st.floats() | st.integers() | st.booleans()))
def test_validation_takes_valid_values_and_refuses_all_else(values: dict[str, Any]) -> None:
    try:
        ucf = validate_ucf(values)
    except InvalidUCF:
        return
    assert all(METRICS[name].low <= value <= METRICS[name].high for name, value in ucf.as_dict().items())
    assert validate_ucf(ucf.as_dict()) == ucf


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("harmony", 0.29, "critical"),
        ("harmony", 0.3, "fair"),
        ("harmony", 0.7, "good"),
        ("resilience", 0.49, "critical"),
        ("resilience", 0.99, "fair"),
        ("resilience", 1.0, "good"),
        ("prana", 0.19, "critical"),
        ("drishti", 0.29, "critical"),
        ("klesha", 0.3, "good"),
        ("klesha", 0.31, "fair"),
        ("klesha", 0.71, "critical"),
        ("zoom", 0.49, "critical"),
        ("zoom", 0.79, "fair"),
        ("zoom", 1.2, "good"),
        ("zoom", 1.8, "fair"),
        ("zoom", 1.81, "critical"),
    ],
)
def test_values_are_judged_by_their_bands(metric: str, value: float, expected: str) -> None:
    assert judge(metric, value) == expected


def test_a_snapshots_reports_cannot_be_changed_nor_the_dict_they_came_from() -> None:
    source = {"Gemini": AgentReport(agent="Gemini", status="active", reported_at=NOW)}
    snapshot = Snapshot(version=1, changed_at=NOW, source="default", ucf=DEFAULT_UCF, reports=source)
    source.clear()
    assert list(snapshot.reports) == ["Gemini"]
    with pytest.raises(TypeError):
        snapshot.reports["Kael"] = snapshot.reports["Gemini"]  # type: ignore[index] # likewise
