"""Accepted means kept: once per key, also for many at once, until a week and a month are over."""

from __future__ import annotations

import asyncio
import random

import pytest

from core.store import Store
from core.webhooks.inbox import Accepted, IdempotencyConflict, Inbox, InboxFull, Incoming
from tests.core.store.notes_store import Gate, turns
from tests.manual_clock import ManualClock

DAY_S = 86_400


@pytest.fixture
async def inbox(store: Store, clock: ManualClock) -> Inbox:
    opened = Inbox(store, clock)
    await opened.open()
    return opened


def event(key: str | None = "a", data: bytes = b"{}", handlers: tuple[str, ...] = ("one",)) -> Incoming:
    return Incoming(type="ucf.update", data=data, key=key, handlers=handlers)


async def test_it_is_on_the_disk_with_its_handlers_when_accept_returns(inbox: Inbox) -> None:
    accepted = await inbox.accept(event(data=b'{"x":1}', handlers=("one", "two")))
    assert not accepted.duplicate
    found = await inbox.find(accepted.id)
    assert found is not None
    assert (found.id, found.type, found.data, found.status) == (
        accepted.id, "ucf.update", b'{"x":1}', "accepted",
    )  # fmt: skip
    assert [(each.name, each.status, each.attempts) for each in found.handlers] == [
        ("one", "accepted", 0), ("two", "accepted", 0),
    ]  # fmt: skip
    assert inbox.waiting == 2


async def test_the_same_key_and_event_again_gives_the_first_answer(inbox: Inbox) -> None:
    first = await inbox.accept(event())
    again = await inbox.accept(event())
    assert (again.id, again.duplicate) == (first.id, True)
    assert inbox.waiting == 1


async def test_the_same_key_with_another_event_is_refused_and_keeps_nothing(inbox: Inbox) -> None:
    first = await inbox.accept(event())
    with pytest.raises(IdempotencyConflict, match="new key"):
        await inbox.accept(event(data=b'{"other":1}'))
    with pytest.raises(IdempotencyConflict):
        await inbox.accept(Incoming(type="other", data=b"{}", key="a", handlers=("one",)))
    assert [each.id for each in await inbox.page()] == [first.id]


async def test_without_a_key_every_one_is_an_event_of_its_own(inbox: Inbox) -> None:
    ids = {(await inbox.accept(event(key=None))).id for _ in range(3)}
    assert len(ids) == 3


async def test_a_hundred_posts_of_one_key_at_once_give_one_event(inbox: Inbox) -> None:
    answers = await asyncio.gather(*(inbox.accept(event()) for _ in range(100)))
    assert len({answer.id for answer in answers}) == 1
    assert sum(not answer.duplicate for answer in answers) == 1
    assert len(await inbox.page()) == 1


@pytest.mark.parametrize("size", [3, 120_000])
@pytest.mark.parametrize("seed", range(4))
async def test_what_comes_together_ends_as_what_comes_one_by_one(
    inbox: Inbox, store: Store, seed: int, size: int
) -> None:
    dice = random.Random(seed)
    events = [
        event(
            dice.choice([None, "a", "b", "c", f"own-{number}"]),
            b'"%s"' % (dice.choice([b"x", b"y"]) * size),
            dice.choice([(), ("one",), ("one", "two")]),
        )
        for number in range(95)
    ]
    before = await inbox.accept(event("a", b'"%s"' % (b"x" * size)))
    gate = Gate()
    holder = asyncio.create_task(store.write(gate))
    assert await asyncio.to_thread(gate.entered.wait, 10)
    waiting = [asyncio.create_task(inbox.accept(each)) for each in events]
    await turns()
    gate.opened.set()
    await holder
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert store.stats().largest_group == 95

    first = {"a": (before.id, events[0].type, b'"%s"' % (b"x" * size))}
    order = [before.id]
    handlers: dict[str, tuple[str, ...]] = {before.id: ("one",)}
    for each, result in zip(events, results, strict=True):
        known = first.get(each.key or "")
        if known is not None and known[2] != each.data:
            assert isinstance(result, IdempotencyConflict)
            continue
        assert isinstance(result, Accepted)
        assert result.duplicate == (known is not None)
        if known is not None:
            assert result.id == known[0]
            continue
        order.append(result.id)
        handlers[result.id] = each.handlers
        if each.key is not None:
            first[each.key] = (result.id, each.type, each.data)
    kept = await inbox.page(limit=100)
    assert [one.id for one in reversed(kept)] == order
    assert {one.id: tuple(handling.name for handling in one.handlers) for one in kept} == handlers
    assert inbox.waiting == sum(map(len, handlers.values()))


async def test_past_the_high_water_mark_nothing_more_is_taken(store: Store, clock: ManualClock) -> None:
    inbox = Inbox(store, clock, high_water=2)
    await inbox.open()
    await inbox.accept(event("a"))
    await inbox.accept(event("b"))
    with pytest.raises(InboxFull):
        await inbox.accept(event("c"))
    assert len(await inbox.page()) == 2


async def test_a_later_process_knows_what_waits(inbox: Inbox, store: Store, clock: ManualClock) -> None:
    await inbox.accept(event("a", handlers=("one", "two")))
    later = Inbox(store, clock)
    assert await later.open() == 2
    assert later.waiting == 2


async def test_whoever_listens_hears_of_new_events_only(inbox: Inbox) -> None:
    heard: list[tuple[str, ...]] = []
    inbox.on_accept(heard.append)
    await inbox.accept(event())
    await inbox.accept(event())
    assert heard == [("one",)]


async def test_a_key_is_forgotten_after_a_week_and_an_event_after_a_month(
    inbox: Inbox, store: Store, clock: ManualClock
) -> None:
    first = await inbox.accept(event())
    clock.advance(7 * DAY_S - 1)
    await inbox.prune()
    assert (await inbox.accept(event())).duplicate
    clock.advance(2)
    await inbox.prune()
    second = await inbox.accept(event())
    assert not second.duplicate
    clock.advance(30 * DAY_S + 1)
    assert await inbox.prune() == 0, "what still waits is kept"
    await store.write(lambda connection: connection.execute("UPDATE handling SET status = 'done'").rowcount)
    assert await inbox.prune() == 2
    assert await inbox.find(first.id) is None
    assert await inbox.counts() == {}


@pytest.mark.parametrize("status", ["accepted", "processing", "failed"])
async def test_what_is_not_over_is_kept_however_old_it_is(
    inbox: Inbox, store: Store, clock: ManualClock, status: str
) -> None:
    kept = await inbox.accept(event())
    await store.write(lambda connection: connection.execute("UPDATE handling SET status = ?", (status,)))
    clock.advance(60 * DAY_S)
    assert await inbox.prune() == 0
    assert await inbox.find(kept.id) is not None


async def test_pages_go_back_in_time(inbox: Inbox) -> None:
    ids = [(await inbox.accept(event(str(number)))).id for number in range(5)]
    newest = await inbox.page(limit=2)
    assert [each.id for each in newest] == ids[:2:-1]
    assert [each.id for each in await inbox.page(before_seq=newest[-1].seq, limit=9)] == ids[2::-1]


async def test_only_the_dead_are_shown_and_let_try_again(inbox: Inbox, store: Store) -> None:
    await inbox.accept(event("a"))
    dead = await inbox.accept(event("b", handlers=("one", "two")))
    kill = "UPDATE handling SET status = 'dead', attempts = 10 WHERE event = 2 AND handler = 'two'"
    await store.write(lambda connection: connection.execute(kill).rowcount)
    (found,) = await inbox.page(dead_only=True)
    assert (found.id, found.status) == (dead.id, "accepted")
    heard: list[tuple[str, ...]] = []
    inbox.on_accept(heard.append)
    waiting = inbox.waiting
    assert await inbox.replay(dead.id) == 1
    assert inbox.waiting == waiting + 1
    assert heard == [("two",)]
    replayed = await inbox.find(dead.id)
    assert replayed is not None
    assert [(each.status, each.attempts, each.error) for each in replayed.handlers] == [
        ("accepted", 0, None), ("accepted", 0, None),
    ]  # fmt: skip
    assert await inbox.replay(dead.id) == 0
    assert await inbox.replay("evt_none") == 0


async def test_what_is_not_there_is_none(inbox: Inbox) -> None:
    assert await inbox.find("evt_nothing") is None


async def test_a_body_is_kept_once_under_whatever_keys_it_comes(inbox: Inbox) -> None:
    def with_body(key: str | None) -> Incoming:
        return Incoming(type="github", data=b"{}", key=key, handlers=("one",), body_key="body")

    answers = await asyncio.gather(*(inbox.accept(with_body(key)) for key in ("a", "b", None)))
    assert len({each.id for each in answers}) == 1
    assert sorted(each.duplicate for each in answers) == [False, True, True]
    assert inbox.waiting == 1
