"""Level, emotions and ethics, computed without Discord."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.consciousness import _emotions, _ethics, _level, _screens
from bot.cogs.consciousness._emotions import Activity
from state.agents import AgentStatus, AgentView
from state.change import Actor
from state.collective import Collective
from state.directives.policy import APPROVED, Decision
from state.models import DEFAULT_UCF, METRICS, UCF, judge
from tests.manual_clock import ManualClock

QUIET = Activity(entries=0, rituals=0, open_alerts=0)


def ucf(**values: float) -> UCF:
    return msgspec.structs.replace(DEFAULT_UCF, **values)


def fields() -> st.SearchStrategy[UCF]:
    return st.builds(UCF, **{name: st.floats(metric.low, metric.high) for name, metric in METRICS.items()})


def agent(status: AgentStatus = "active", load: float | None = None) -> AgentView:
    return AgentView(
        name="Lumina", symbol="🌕", layer="Consciousness", role="empathy", subsystem="x",
        status=status, external=False, detail="", load=load,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "value", "whole"),
    [
        ("harmony", 0.0, 0.0),
        ("harmony", 0.3, 0.4),
        ("harmony", 0.5, 0.7),
        ("harmony", 0.7, 1.0),
        ("harmony", 2.0, 1.0),
        ("klesha", 0.3, 1.0),
        ("klesha", 0.7, 0.4),
        ("klesha", 1.0, 0.0),
        ("zoom", 0.25, 0.2),
        ("zoom", 1.0, 1.0),
        ("zoom", 1.9, 0.2),
    ],
)
def test_wholeness_is_as_documented(metric: str, value: float, whole: float) -> None:
    assert _level.wholeness(metric, value) == pytest.approx(whole)


@given(fields())
def test_a_level_is_the_sum_of_its_parts_between_0_and_100(field: UCF) -> None:
    level = _level.build_level(field, DEFAULT_UCF)
    assert 0 <= level.whole <= 100
    assert sum(part.points for part in level.parts) == pytest.approx(level.whole)
    assert sum(part.moved or 0.0 for part in level.parts) == pytest.approx(level.moved or 0.0)
    if all(judge(name, value) == "good" for name, value in field.as_dict().items()):
        assert level.whole == pytest.approx(100)


def test_a_field_with_only_good_values_is_exactly_100() -> None:
    middles = {name: (metric.good_low + metric.good_high) / 2 for name, metric in METRICS.items()}
    assert _level.level_of(UCF(**middles)) == 100.0


def test_the_defaults_are_lucid() -> None:
    level = _level.build_level(DEFAULT_UCF, None)
    assert (round(level.whole, 1), level.band, level.moved) == (92.5, "lucid", None)


@pytest.mark.parametrize(
    ("value", "band"),
    [(100, "radiant"), (95, "radiant"), (94.9, "lucid"), (60, "aware"), (40, "waking"), (20, "stirring"),
     (19.9, "asleep"), (-1e-12, "asleep")],
)  # fmt: skip
def test_each_level_has_its_band(value: float, band: str) -> None:
    assert _level.band_of(value) == band


def test_the_largest_change_comes_first() -> None:
    level = _level.build_level(ucf(klesha=0.7, harmony=0.6), DEFAULT_UCF)
    assert [part.metric for part in level.parts[:2]] == ["klesha", "harmony"]
    text = _screens.level(level).description or ""
    assert "−6.2 points: klesha −10.0, harmony +3.8" in text


@pytest.mark.parametrize(
    ("status", "load", "share"),
    [("active", None, 1.0), ("active", 1.0, 0.75), ("degraded", 0.0, 0.7)],
)
def test_the_level_seen_by_an_agent_depends_on_its_status_and_load(
    status: AgentStatus, load: float | None, share: float
) -> None:
    level = _level.build_level(DEFAULT_UCF, DEFAULT_UCF, agent(status, load))
    assert level.value == pytest.approx(level.whole * share)
    text = _screens.level(level).description or ""
    assert f"sees {share:.0%} of the level 93." in text
    assert "steady: no value has changed" in text


@given(fields(), st.builds(Activity, *(st.integers(0, 500) for _ in range(3))))
def test_every_emotion_is_from_0_to_1_and_the_strongest_first(field: UCF, activity: Activity) -> None:
    values = [one.value for one in _emotions.build_landscape(field, activity).emotions]
    assert len(values) == 7
    assert values == sorted(values, reverse=True)
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in values)


def test_emotions_are_as_documented() -> None:
    activity = Activity(entries=20, rituals=5, open_alerts=3)
    found = {one.name: one.value for one in _emotions.build_landscape(DEFAULT_UCF, activity).emotions}
    assert found == pytest.approx(
        {
            "joy": 0.62, "calm": 0.78, "curiosity": 0.5, "courage": 1.0,
            "devotion": 0.85, "worry": 0.55, "weariness": 0.5,
        }
    )  # fmt: skip


async def test_activity_counts_one_day(collective: Collective, clock: ManualClock) -> None:
    actor = Actor("command", "Ada", 5)
    await collective.manager.record(actor.row("ritual", "1"), actor.row("ucf", "harmony"))
    activity = await _emotions.fetch_activity(collective.journal, clock.now(), 2)
    assert activity == Activity(entries=2, rituals=1, open_alerts=2)
    clock.advance(25 * 3600)
    assert (await _emotions.fetch_activity(collective.journal, clock.now(), 0)).entries == 0


async def test_decisions_name_people_and_reasons_only_where_they_may(collective: Collective) -> None:
    actor = Actor("command", "Ada", 5)
    for approved in (True, False):
        decision = Decision(action="clean", approved=approved, principle="humility", reason="because")
        await collective.manager.record(decision.row(actor))
    decisions = await _ethics.fetch_decisions(collective.journal)
    assert [(one.after == APPROVED, one.actor, one.reason) for one in decisions] == [
        (False, "Ada", "because"), (True, "Ada", "because"),
    ]  # fmt: skip
    away = _screens.ethics(decisions, show_people=False).description or ""
    assert "⛔ **clean** refused <t:" in away
    assert "Ada" not in away
    assert "because" not in away
    text = _screens.ethics(decisions, show_people=True).description or ""
    assert "⛔ **clean** refused for Ada" in text
    assert "humility\n-# because" in text


def test_ethics_without_decisions_says_so() -> None:
    assert "None yet" in (_screens.ethics((), show_people=True).description or "")


def test_screens_fit_a_phone() -> None:
    level = _screens.level(_level.build_level(DEFAULT_UCF, DEFAULT_UCF, agent()))
    emotions = _screens.emotions(_emotions.build_landscape(DEFAULT_UCF, QUIET))
    assert len((level.description or "").splitlines()) < 14
    assert len((emotions.description or "").splitlines()) < 18
