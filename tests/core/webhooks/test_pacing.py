import pytest

from core.webhooks.pacing import ALL_IN_WINDOW, HOOK_PER_S, WINDOW_S, Pace
from tests.manual_clock import ManualClock


def test_a_burst_goes_at_once_and_the_rest_at_its_pace() -> None:
    pace = Pace(15, 1, ManualClock())
    waits = [pace.reserve() for _ in range(8)]
    assert waits[:5] == [0.0] * 5
    assert [round(wait, 3) for wait in waits[5:]] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize(("most", "window_s"), [(HOOK_PER_S, 1), (ALL_IN_WINDOW, WINDOW_S)])
def test_no_window_holds_more_than_the_other_side_takes(most: int, window_s: float) -> None:
    clock = ManualClock()
    pace = Pace(most, window_s, clock)
    at = [clock.monotonic() + pace.reserve() for _ in range(2 * most)]
    clock.advance(window_s * 10)
    at += [clock.monotonic() + pace.reserve() for _ in range(2 * most)]
    # Where one more than may be stands within the window, it begins with the first of them.
    assert all(last - first >= window_s - 1e-6 for first, last in zip(at, at[most:], strict=False))


def test_what_was_not_used_does_not_add_up_beyond_the_burst() -> None:
    clock = ManualClock()
    pace = Pace(15, 1, clock)
    clock.advance(3600)
    assert [pace.reserve() for _ in range(6)][-1] > 0


async def test_waiting_takes_the_turn_that_was_reserved() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pace = Pace(3, 0.2, ManualClock(), sleep=sleep)
    for _ in range(3):
        await pace.wait()
    assert slept == [0.1, 0.2]
