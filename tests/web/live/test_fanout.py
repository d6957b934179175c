from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from web.live import fanout as module
from web.live.client import Client, Topics
from web.live.fanout import Fanout
from web.live.messages import History, Message

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Said(msgspec.Struct, frozen=True):
    n: int


class Listener:
    """What the fan-out needs of a client."""

    kind = "sse"

    def __init__(self, topics: Topics = None) -> None:
        self.topics = topics
        self.got: list[bytes] = []

    def tell(self, payload: bytes, newest: int) -> None:
        del newest
        self.got.append(payload)

    def numbers(self) -> list[int]:
        lines = b"".join(self.got).split(b"\n")
        return [msgspec.json.decode(line[6:])["n"] for line in lines if line.startswith(b"data: ")]


class Broken(Listener):
    """A connection that fails in a way that nobody knows."""

    aborted = False

    def tell(self, payload: bytes, newest: int) -> None:
        del payload, newest
        raise RuntimeError("no such handle")

    def abort(self) -> None:
        self.aborted = True


def client(listener: Listener) -> Client:
    return cast("Client", listener)


@pytest.fixture
def took() -> list[float]:
    return []


@pytest.fixture
def fanout(took: list[float]) -> Fanout:
    return Fanout(History(0, 512, 1 << 20), took.append)


def join(fanout: Fanout, topics: Topics = None) -> Listener:
    listener = Listener(topics)
    fanout.add(client(listener))
    return listener


def publish(fanout: Fanout, *numbers: int, name: str = "state") -> None:
    for number in numbers:
        fanout.publish(Message(number, name, Said(number), AT))


async def settle(took: list[Any], count: int) -> None:
    async with asyncio.timeout(40):
        while len(took) < count:
            await asyncio.sleep(0)


async def test_every_client_gets_every_message_in_order(fanout: Fanout, took: list[float]) -> None:
    one, two = join(fanout), join(fanout)
    publish(fanout, 1, 2, 3)
    await settle(took, 3)
    assert one.numbers() == two.numbers() == [1, 2, 3]
    assert len(one.got) == 1
    assert one.got[0] is two.got[0]


async def test_publishing_does_not_send_immediately(fanout: Fanout) -> None:
    listener = join(fanout)
    publish(fanout, 1)
    assert listener.got == []


async def test_each_client_gets_its_topics(fanout: Fanout, took: list[float]) -> None:
    some, other, every = join(fanout, frozenset({"state"})), join(fanout, frozenset({"pulse"})), join(fanout)
    publish(fanout, 1)
    publish(fanout, 2, name="pulse")
    await settle(took, 2)
    assert (some.numbers(), other.numbers(), every.numbers()) == ([1], [2], [1, 2])


async def test_a_new_client_gets_no_earlier_messages(fanout: Fanout, took: list[float]) -> None:
    early = join(fanout)
    publish(fanout, 1)
    late = join(fanout)
    publish(fanout, 2)
    await settle(took, 2)
    assert (early.numbers(), late.numbers()) == ([1, 2], [2])


async def test_many_clients_are_served_in_turns_and_in_order(
    fanout: Fanout, took: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_A_TURN", 2)
    listeners = [join(fanout) for _ in range(5)]
    publish(fanout, 1)
    await asyncio.sleep(0)
    assert [len(one.got) for one in listeners] == [1, 1, 0, 0, 0]
    # While a round is under way: the next one takes it to all, and in one piece.
    publish(fanout, 2, 3)
    late = join(fanout)
    await settle(took, 3)
    assert [one.numbers() for one in listeners] == [[1, 2, 3]] * 5
    assert [len(one.got) for one in listeners] == [2] * 5
    assert late.numbers() == []


async def test_a_client_that_leaves_is_removed(fanout: Fanout, took: list[float]) -> None:
    listener, stays = join(fanout), join(fanout)
    fanout.remove(client(listener))
    fanout.remove(client(listener))
    publish(fanout, 1)
    await settle(took, 1)
    assert (listener.got, stays.numbers()) == ([], [1])


async def test_a_failing_client_is_dropped_and_the_others_are_served(
    fanout: Fanout, took: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    before, broken, after = join(fanout), Broken(), join(fanout)
    fanout.remove(client(after))
    fanout.add(client(broken))
    fanout.add(client(after))
    publish(fanout, 1)
    await settle(took, 1)
    publish(fanout, 2)
    await settle(took, 2)
    assert (before.numbers(), after.numbers()) == ([1, 2], [1, 2])
    assert broken.aborted
    assert "stream.send_failed" in caplog.text


async def test_wants_covers_all_subscriptions(fanout: Fanout) -> None:
    assert not fanout.wants("state")
    listener = join(fanout, frozenset({"state"}))
    assert fanout.wants("state")
    assert not fanout.wants("pulse")
    fanout.remove(client(listener))
    assert not fanout.wants("state")


async def test_messages_without_subscribers_are_not_measured(fanout: Fanout, took: list[float]) -> None:
    join(fanout, frozenset({"pulse"}))
    publish(fanout, 1)
    publish(fanout, 2, name="pulse")
    await settle(took, 1)
    await asyncio.sleep(0)
    assert len(took) == 1
    assert took[0] > 0
