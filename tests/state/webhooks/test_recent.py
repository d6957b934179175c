from __future__ import annotations

from datetime import timedelta
from typing import Literal

from core.webhooks.deliverer import Settled
from core.webhooks.records import Delivery
from core.webhooks.sending import Outcome
from state.webhooks.recent import MOST, RecentDeliveries
from tests.manual_clock import DEFAULT_START


def settled(
    delivery: int, status: Literal["waiting", "delivered", "dead"] = "delivered", attempts: int = 1
) -> Settled:
    return Settled(
        delivery=delivery,
        event_id=f"msg_{delivery}",
        type="ucf.changed",
        destination="zapier",
        status=status,
        attempts=attempts,
        outcome=Outcome(verdict="delivered", status=200, error=None, took_s=0.1),
        disabled=None,
        lag_s=0.1,
    )


def kept(delivery: int) -> Delivery:
    return Delivery(
        id=delivery,
        event_id=f"msg_{delivery}",
        type="ucf.changed",
        destination="zapier",
        status="delivered",
        attempts=1,
        created_at=DEFAULT_START,
        next_at=None,
        finished_at=DEFAULT_START,
        last_status=200,
        last_error=None,
        receipt=None,
    )


def test_the_newest_attempt_comes_first_and_each_delivery_once() -> None:
    recent = RecentDeliveries()
    for delivery, attempts in ((1, 1), (2, 1), (1, 2)):
        recent.add(settled(delivery, attempts=attempts), DEFAULT_START + timedelta(seconds=attempts))
    assert [(one.id, one.attempts) for one in recent.newest()] == [(1, 2), (2, 1)]
    assert recent.newest()[0].at == DEFAULT_START + timedelta(seconds=2)


def test_the_number_of_recent_deliveries_is_limited() -> None:
    recent = RecentDeliveries()
    for delivery in range(MOST + 5):
        recent.add(settled(delivery), DEFAULT_START)
    assert [one.id for one in recent.newest()] == list(range(MOST + 4, 4, -1))


def test_loaded_deliveries_come_before_new_attempts() -> None:
    recent = RecentDeliveries()
    recent.load([kept(9), kept(8)])
    recent.add(settled(10), DEFAULT_START)
    assert [one.id for one in recent.newest()] == [10, 9, 8]
    assert recent.newest()[1].at == DEFAULT_START
