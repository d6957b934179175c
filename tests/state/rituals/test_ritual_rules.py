"""What a ritual does to the field and the folklore, without running one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from state.models import DEFAULT_UCF, METRICS, UCF, Lore, judge
from state.rituals.folklore import KINDS, next_promotion, rank_of
from state.rituals.records import WrongSteps, check_steps
from state.rituals.rules import (
    ALGORITHM,
    ANOMALY_CHANCE,
    Outcome,
    RitualKind,
    UnknownAlgorithm,
    conclude,
    draw,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = st.integers(1, 1000)
FIELDS = st.builds(UCF, **{name: st.floats(spec.low, spec.high) for name, spec in METRICS.items()})
LORES = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 30))


def lore(counts: Mapping[str, int]) -> dict[str, Lore]:
    return {kind: Lore(kind=kind, encounters=count, last_seen=AT) for kind, count in counts.items()}


def run(
    seed: int,
    steps: int,
    ucf: UCF = DEFAULT_UCF,
    known: Mapping[str, int] | None = None,
    kind: RitualKind = "z88",
) -> Outcome:
    return conclude(kind, draw(ALGORITHM, kind, seed, steps), ucf, lore(known or {}), AT)


def test_the_draws_of_an_id_never_change() -> None:
    assert draw(1, "z88", 1, 12) == (
        "resonance", None, "void", "echo", None, "flare", None, "resonance", "void", None, "resonance", None,
    )  # fmt: skip


def test_an_anomaly_comes_in_about_every_golden_share_of_steps() -> None:
    drawn = [one for seed in range(40) for one in draw(1, "z88", seed, 1000)]
    share = sum(one is not None for one in drawn) / len(drawn)
    assert share == pytest.approx(ANOMALY_CHANCE, abs=0.01)
    assert pytest.approx(0.618034, abs=1e-6) == ANOMALY_CHANCE


def test_a_kind_counts_once_per_ritual() -> None:
    outcome = conclude("z88", ("flare", "flare", None, "void"), DEFAULT_UCF, lore({"flare": 2}), AT)
    assert outcome.anomalies == {"flare": 2, "void": 1}
    assert {kind: one.encounters for kind, one in outcome.folklore.items()} == {"flare": 3, "void": 1}
    assert outcome.folklore["void"].last_seen == AT


def test_klesha_falls_by_the_steps_and_stops_at_its_bound() -> None:
    nothing = (None,) * 54
    assert conclude("z88", nothing, DEFAULT_UCF, {}, AT).ucf.klesha == 0.075
    calm = msgspec.structs.replace(DEFAULT_UCF, klesha=0.01)
    assert conclude("z88", nothing, calm, {}, AT).ucf.klesha == 0.0


@pytest.mark.parametrize(
    ("met", "promotion", "moved"),
    [
        (4, "flare: legend", {"harmony": 0.6, "drishti": 0.55}),
        (9, "flare: hymn", {"harmony": 0.7, "prana": 0.6}),
        (19, "flare: law", {"resilience": 1.3, "klesha": 0.249537037}),
    ],
)
def test_a_promotion_moves_the_field(met: int, promotion: str, moved: Mapping[str, float]) -> None:
    outcome = conclude("z88", ("flare",), DEFAULT_UCF, lore({"flare": met}), AT)
    assert outcome.promotions == (promotion,)
    calmed = {**DEFAULT_UCF.as_dict(), "klesha": 0.099537037}
    assert outcome.ucf.as_dict() == {**calmed, **moved}


def test_a_first_encounter_and_one_between_promotions_move_nothing_but_klesha() -> None:
    for met in (0, 5, 20, 21):
        outcome = conclude("z88", ("flare",), DEFAULT_UCF, lore({"flare": met}), AT)
        assert outcome.promotions == ()
        assert outcome.ucf == msgspec.structs.replace(DEFAULT_UCF, klesha=0.099537037)


def test_harmony_rises_to_its_goal_and_never_past_it() -> None:
    assert run(3, 36, kind="harmony").ucf.harmony == 0.6
    near = msgspec.structs.replace(DEFAULT_UCF, harmony=0.65)
    assert run(3, 36, near, kind="harmony").ucf.harmony == 0.7
    above = msgspec.structs.replace(DEFAULT_UCF, harmony=1.4)
    outcome = run(3, 36, above, kind="harmony")
    assert outcome.ucf.harmony == 1.4
    assert (outcome.anomalies, outcome.folklore) == ({}, {})


@given(STEPS, st.integers(0, 2**63 - 1), FIELDS, LORES)
def test_every_value_stays_within_its_bounds_and_playing_again_gives_the_same(
    steps: int, seed: int, ucf: UCF, known: dict[str, int]
) -> None:
    outcome = run(seed, steps, ucf, known)
    for name, spec in METRICS.items():
        assert spec.low <= getattr(outcome.ucf, name) <= spec.high
    assert run(seed, steps, ucf, known) == outcome
    encoded = msgspec.json.encode(outcome)
    assert msgspec.json.decode(encoded, type=Outcome) == outcome


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(1, 10**9))
def test_a_hundred_rituals_from_the_defaults_never_make_klesha_critical(steps: int, first: int) -> None:
    ucf = DEFAULT_UCF
    folklore: dict[str, Lore] = {}
    for seed in range(first, first + 100):
        outcome = conclude("z88", draw(ALGORITHM, "z88", seed, steps), ucf, folklore, AT)
        ucf, folklore = outcome.ucf, dict(outcome.folklore)
        assert judge("klesha", ucf.klesha) != "critical"
        assert ucf.klesha < 0.7
        for name, spec in METRICS.items():
            assert spec.low <= getattr(ucf, name) <= spec.high


@given(st.integers())
def test_a_number_of_steps_is_taken_or_refused_with_what_would_be_right(steps: int) -> None:
    if 1 <= steps <= 1000:
        assert check_steps(steps) == steps
        return
    with pytest.raises(WrongSteps, match="from 1 to 1000, not"):
        check_steps(steps)


def test_draws_of_a_later_version_are_refused() -> None:
    with pytest.raises(UnknownAlgorithm, match="later version"):
        draw(ALGORITHM + 1, "z88", 1, 1)


def test_ranks_and_what_comes_next() -> None:
    assert [rank_of(count) for count in (0, 1, 4, 5, 9, 10, 19, 20, 99)] == [
        None, "anomaly", "anomaly", "legend", "legend", "hymn", "hymn", "law", "law",
    ]  # fmt: skip
    coming = next_promotion(7)
    assert coming is not None
    assert (coming.rank, coming.at, coming.missing) == ("hymn", 10, 3)
    assert next_promotion(20) is None
