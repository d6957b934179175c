"""Destinations: whose rules they follow, how many hooks there may be, and what stays of one that goes."""

from __future__ import annotations

import pytest

from core.settings import Settings
from core.store import Store
from core.webhooks import destinations
from core.webhooks.destinations import Destinations, TooManySubscriptions, kind_of
from tests.core.webhooks.delivery_stage import Stage
from tests.core.webhooks.receiver import Receiver
from tests.manual_clock import ManualClock

HOOK = "https://example.org/hook"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://hooks.zapier.com/hooks/catch/1/", "zapier"),
        ("https://zapier.com/hooks/", "zapier"),
        ("https://HOOKS.ZAPIER.COM./hooks/", "zapier"),
        ("https://notzapier.com/hooks/", "webhook"),
        ("https://zapier.com.example.org/hooks/", "webhook"),
        ("https://example.org/zapier.com", "webhook"),
    ],
)
def test_only_zapiers_own_hosts_follow_zapiers_rules(url: str, kind: str) -> None:
    assert kind_of(url) == kind


async def test_there_are_so_many_hooks_and_no_more(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destinations, "MOST_SUBSCRIPTIONS", 3)
    known = Destinations(store, clock, Settings())
    hooks = [await known.subscribe("ucf.changed", HOOK) for _ in range(3)]
    with pytest.raises(TooManySubscriptions, match="limit of 3 REST hooks"):
        await known.subscribe("ucf.changed", HOOK)
    assert await known.unsubscribe(hooks[0].id)
    await known.subscribe("ucf.changed", HOOK)


async def test_nothing_is_remembered_of_how_a_hook_did_that_is_gone(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    receiver.statuses = [500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
        await stage.destinations.unsubscribe(hook.id)
    rows = await store.read(lambda c: c.execute("SELECT destination FROM destination_state").fetchall())
    assert rows == []


async def test_enabling_one_that_is_not_switched_off_leaves_its_failures_counted(
    stage: Stage, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    assert not await stage.destinations.enable("zapier")
    rows = await stage.store.read(lambda c: c.execute("SELECT destination FROM destination_state").fetchall())
    assert rows == [("zapier",)]


async def test_a_hook_that_answers_410_is_said_to_be_gone(
    store: Store, clock: ManualClock, receiver: Receiver
) -> None:
    stage = Stage(store, clock, Settings())
    hook = await stage.destinations.subscribe("ucf.changed", receiver.url)
    removed: list[str] = []
    stage.destinations.on_removed(removed.append)
    receiver.statuses = [410]
    async with stage.running():
        await stage.emit()
        await stage.until(1)
    assert removed == [hook.id]
