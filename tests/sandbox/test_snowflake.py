"""Snowflakes and the small conversions around them."""

import pytest

from sandbox.snowflake import EPOCH_MS, SnowflakeSource, created_s
from sandbox.wire import as_id, iso
from tests.sandbox.support import Clock


def test_ids_grow_strictly_also_within_a_millisecond(clock: Clock) -> None:
    source = SnowflakeSource(clock)

    ids = [source.next() for _ in range(10_000)]

    assert ids == sorted(set(ids))


def test_ids_grow_when_the_clock_steps_back(clock: Clock) -> None:
    source = SnowflakeSource(clock)
    before = source.next()
    clock.now_s -= 3600

    assert source.next() > before


def test_an_id_carries_its_time(clock: Clock) -> None:
    made = SnowflakeSource(clock).next()

    assert created_s(made) == clock.now_s
    assert (made >> 22) + EPOCH_MS == int(clock.now_s * 1000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("123", 123),
        (123, 123),
        (True, None),
        ("0", None),
        (-1, None),
        ("١٢٣", None),
        ("1.5", None),
        (None, None),
        ("9" * 21, None),
        (1 << 63, None),
    ],
)
def test_only_decimal_ids_are_ids(value: object, expected: int | None) -> None:
    assert as_id(value) == expected


def test_times_are_written_as_discord_does() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000000+00:00"
