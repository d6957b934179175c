"""Once in some seconds for each key."""

from __future__ import annotations

import pytest

from bot.offers.once_in import OnceIn
from tests.manual_clock import ManualClock


def test_a_key_is_let_through_once_in_that_time() -> None:
    clock = ManualClock()
    limit = OnceIn(5.0, clock.monotonic)
    assert limit.take(1) == 0.0
    clock.advance(2)
    assert limit.take(1) == 3.0
    assert limit.take(2) == 0.0
    clock.advance(3)
    assert limit.take(1) == 0.0


def test_a_refused_use_does_not_prolong_the_wait() -> None:
    clock = ManualClock()
    limit = OnceIn(5.0, clock.monotonic)
    limit.take(1)
    for _ in range(4):
        clock.advance(1)
        assert limit.take(1) > 0
    clock.advance(1)
    assert limit.take(1) == 0.0


def test_asking_how_long_to_wait_counts_for_nothing() -> None:
    limit = OnceIn(5.0, ManualClock().monotonic)
    assert limit.wait_s(1) == 0.0
    assert limit.take(1) == 0.0
    assert limit.wait_s(1) == 5.0


def test_the_memory_is_bounded() -> None:
    limit = OnceIn(5.0, ManualClock().monotonic)
    for key in range(1001):
        limit.take(key)
    assert limit.take(0) == 0.0
    assert limit.take(1000) > 0


def test_whoever_came_last_is_forgotten_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.offers.once_in._KEYS_KEPT", 2)
    clock = ManualClock()
    once = OnceIn(10, clock.monotonic)
    assert (once.take(1), once.take(2)) == (0, 0)
    clock.advance(10)
    assert (once.take(1), once.take(3)) == (0, 0)
    assert once.wait_s(1) == 10
