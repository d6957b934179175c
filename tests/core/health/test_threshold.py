import pytest

from core.health.threshold import Threshold, fails_when, passes_with, warns_when


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (
            Threshold("drift_s", "above", 5.0, None, ("CLOCK_WARN_S",)),
            "warns when drift is above 5 s (CLOCK_WARN_S)",
        ),
        (
            Threshold("worst_recent_s", "above", 0.25, 2.0, ("A", "B")),
            "warns when worst recent is above 0.25 s, fails when it is above 2 s (A, B)",
        ),
        (
            Threshold("free_bytes", "below", 100 * 2**20, 10 * 2**20),
            "warns when free is below 100 MiB, fails when it is below 10 MiB",
        ),
        (Threshold("error_rate", "above", 0.05, None), "warns when error rate is above 5 %"),
        (Threshold("late_h", "above", 1.5, None), "warns when late is above 1.5 h"),
        (
            Threshold("crashes_in_a_row", "above", 0, 2, ("A", "B")),
            "warns with more than 0 crashes in a row, fails with more than 2 (A, B)",
        ),
        (Threshold("inbox_waiting", "above", None, 0), "fails with more than 0 inbox waiting"),
        (Threshold("copies", "below", 2, None), "warns with fewer than 2 copies"),
        (warns_when("Manus", "halted"), "warns when Manus is halted"),
        (fails_when("the connection", "lost"), "fails when the connection is lost"),
        (passes_with("refusals"), "passes with any refusals"),
    ],
)
def test_a_threshold_reads_as_a_sentence(threshold: Threshold, words: str) -> None:
    assert threshold.words() == words


@pytest.mark.parametrize(
    ("threshold", "verdicts"),
    [
        (Threshold("lag_s", "above", 1, 2), {1: "pass", 1.1: "warn", 2: "warn", 2.1: "fail"}),
        (Threshold("free", "below", 2, 1), {2: "pass", 1.9: "warn", 1: "warn", 0.9: "fail"}),
        (Threshold("down", "above", None, 0), {0: "pass", 1: "fail"}),
        (warns_when("the door", "open"), {0: "pass", 9: "pass"}),
        (passes_with("visitors"), {9: "pass"}),
    ],
)
def test_a_number_is_judged_by_the_bounds_that_are_shown(
    threshold: Threshold, verdicts: dict[float, str]
) -> None:
    assert {number: threshold.judge(number) for number in verdicts} == verdicts
