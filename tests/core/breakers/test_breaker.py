from __future__ import annotations

import asyncio

import pytest

from core.breakers.breaker import Breaker, Permit, State
from core.breakers.policies import BreakerPolicy
from tests.manual_clock import ManualClock

POLICY = BreakerPolicy(window_s=60, min_calls=4, failure_rate=0.5, open_s=5, longest_open_s=15)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker("shop", clock, POLICY, sleep=clock.sleep)


def call(breaker: Breaker, *, ok: bool) -> None:
    permit = breaker.try_acquire()
    assert permit is not None
    if ok:
        permit.succeeded()
    else:
        permit.failed()


def state_of(breaker: Breaker) -> State:
    return breaker.state


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        call(breaker, ok=False)


def test_a_few_failures_open_nothing(breaker: Breaker) -> None:
    fail(breaker, 3)
    assert state_of(breaker) == "closed"


def test_from_the_failure_rate_on_it_opens(breaker: Breaker) -> None:
    call(breaker, ok=True)
    call(breaker, ok=True)
    call(breaker, ok=False)
    assert state_of(breaker) == "closed"
    call(breaker, ok=False)
    assert state_of(breaker) == "open"
    assert breaker.try_acquire() is None


def test_failures_from_before_the_window_do_not_count(breaker: Breaker, clock: ManualClock) -> None:
    fail(breaker, 3)
    clock.advance(61)
    fail(breaker, 1)
    assert state_of(breaker) == "closed"


def test_after_the_open_time_exactly_one_probe_is_let_through(breaker: Breaker, clock: ManualClock) -> None:
    fail(breaker, 4)
    clock.advance(4.9)
    assert breaker.try_acquire() is None
    clock.advance(0.1)
    probe = breaker.try_acquire()
    assert probe is not None
    assert probe.probe
    assert state_of(breaker) == "half-open"
    assert breaker.try_acquire() is None
    probe.succeeded()
    assert state_of(breaker) == "closed"
    fail(breaker, 3)
    assert state_of(breaker) == "closed"


def test_the_open_time_grows_while_probes_fail_up_to_a_bound(breaker: Breaker, clock: ManualClock) -> None:
    fail(breaker, 4)
    for open_s in (5, 10, 15, 15):
        view = breaker.view()
        assert view.next_probe is not None
        assert (view.next_probe - clock.now()).total_seconds() == open_s
        clock.advance(open_s)
        call(breaker, ok=False)
        assert state_of(breaker) == "open"


def test_a_released_probe_leaves_the_probe_to_another(breaker: Breaker, clock: ManualClock) -> None:
    fail(breaker, 4)
    clock.advance(5)
    probe = breaker.try_acquire()
    assert probe is not None
    probe.released()
    probe.failed()
    assert state_of(breaker) == "half-open"
    assert breaker.try_acquire() is not None


def test_how_an_old_call_ends_says_nothing_about_the_state_after_it(
    breaker: Breaker, clock: ManualClock
) -> None:
    old = breaker.try_acquire()
    assert old is not None
    fail(breaker, 4)
    clock.advance(5)
    probe = breaker.try_acquire()
    assert probe is not None
    old.succeeded()
    assert state_of(breaker) == "half-open"
    probe.succeeded()
    assert state_of(breaker) == "closed"


async def test_of_two_hundred_who_wait_one_makes_the_probe_and_then_all_go_on(
    breaker: Breaker, clock: ManualClock
) -> None:
    fail(breaker, 4)
    got: list[Permit] = []

    async def caller() -> None:
        got.append(await breaker.acquire())

    callers = [asyncio.create_task(caller()) for _ in range(200)]
    await clock.until_sleeping()
    assert got == []
    clock.advance(5)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [permit.probe for permit in got] == [True]
    got[0].succeeded()
    await asyncio.gather(*callers)
    assert sum(permit.probe for permit in got) == 1
    assert len(got) == 200
    await breaker.close()


async def test_while_probes_fail_each_open_time_has_one_more(breaker: Breaker, clock: ManualClock) -> None:
    fail(breaker, 4)
    probes = 0

    async def caller() -> None:
        nonlocal probes
        permit = await breaker.acquire()
        probes += 1
        permit.failed()

    callers = [asyncio.create_task(caller()) for _ in range(5)]
    for expected, open_s in enumerate((5, 10, 15), start=1):
        await clock.until_sleeping()
        clock.advance(open_s)
        for _ in range(5):
            await asyncio.sleep(0)
        assert probes == expected
    for task in callers:
        task.cancel()
    await asyncio.wait(callers)
    await breaker.close()


async def test_whoever_was_woken_for_the_probe_and_is_cancelled_hands_it_on(
    breaker: Breaker, clock: ManualClock
) -> None:
    fail(breaker, 4)
    first = asyncio.create_task(breaker.acquire())
    second = asyncio.create_task(breaker.acquire())
    await clock.until_sleeping()
    clock.advance(5)
    await asyncio.sleep(0)
    first.cancel()
    permit = await asyncio.wait_for(second, 40)
    assert permit.probe
    assert first.cancelled()
    await breaker.close()


async def test_by_hand_it_opens_and_closes(breaker: Breaker) -> None:
    breaker.trip()
    assert state_of(breaker) == "open"
    waiting = asyncio.create_task(breaker.acquire())
    await asyncio.sleep(0)
    breaker.reset()
    assert not (await waiting).probe
    assert state_of(breaker) == "closed"
    await breaker.close()


def test_its_view_says_what_people_ask(breaker: Breaker, clock: ManualClock) -> None:
    call(breaker, ok=True)
    call(breaker, ok=False)
    view = breaker.view()
    assert (view.state, view.calls, view.failures) == ("closed", 2, 1)
    assert view.next_probe is None
    assert view.since == clock.now()


def test_changes_are_told(clock: ManualClock) -> None:
    states: list[str] = []
    breaker = Breaker("x", clock, POLICY, on_change=lambda one: states.append(one.state))
    fail(breaker, 4)
    clock.advance(5)
    call(breaker, ok=True)
    breaker.reset()
    assert states == ["open", "half-open", "closed"]


async def test_after_a_reset_a_new_open_time_is_not_waited_out_by_the_old_one(
    breaker: Breaker, clock: ManualClock
) -> None:
    fail(breaker, 4)
    for _ in range(3):
        clock.advance(20)
        fail(breaker, 1)
    waiting = asyncio.create_task(breaker.acquire())
    assert await clock.until_sleeping() == (15.0,)
    breaker.reset()
    (await waiting).released()
    fail(breaker, 4)
    again = asyncio.create_task(breaker.acquire())
    async with asyncio.timeout(40):
        while 5.0 not in clock.pending_sleeps():
            await asyncio.sleep(0)
    clock.advance(5)
    assert (await again).probe
    await breaker.close()
