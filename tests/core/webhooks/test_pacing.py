from core.webhooks.pacing import Pace
from tests.manual_clock import ManualClock


def test_a_burst_goes_at_once_and_the_rest_at_its_pace() -> None:
    clock = ManualClock()
    pace = Pace(10, 5, clock)
    waits = [pace.reserve() for _ in range(8)]
    assert waits[:5] == [0.0] * 5
    assert [round(wait, 3) for wait in waits[5:]] == [0.1, 0.2, 0.3]


def test_a_second_never_holds_more_than_the_rate_and_the_burst() -> None:
    clock = ManualClock()
    pace = Pace(30, 15, clock)
    at = sorted(pace.reserve() for _ in range(200))
    for start in at:
        assert sum(start <= moment < start + 1 for moment in at) <= 46


def test_what_was_not_used_does_not_add_up_beyond_the_burst() -> None:
    clock = ManualClock()
    pace = Pace(10, 5, clock)
    clock.advance(3600)
    assert [pace.reserve() for _ in range(6)][-1] > 0


async def test_waiting_takes_the_turn_that_was_reserved() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    pace = Pace(10, 1, ManualClock(), sleep=sleep)
    for _ in range(3):
        await pace.wait()
    assert slept == [0.1, 0.2]
