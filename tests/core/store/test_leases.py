"""A block under a lease carries it, ends when it is lost, and lets other cancellations through."""

import asyncio
import math

import pytest

from core.store.leases import Holding, Lease, LocalLeases, current_lease


async def test_a_local_lease_is_granted_at_once_and_its_token_grows() -> None:
    leases = LocalLeases()
    async with leases.hold("leader") as first:
        assert (first.name, first.token, first.deadline) == ("leader", 1, math.inf)
        assert current_lease() is first
    assert current_lease() is None
    async with leases.hold("leader") as second, leases.hold("inbox:alerts") as other:
        assert (second.token, other.token) == (2, 1)
        assert current_lease() is other
    assert leases.elsewhere() == {}


async def test_tasks_begun_in_the_block_carry_the_lease() -> None:
    async def look() -> Lease | None:
        return current_lease()

    async with LocalLeases().hold("leader") as lease:
        begun = asyncio.create_task(look())
    assert await begun is lease


async def test_a_lost_lease_ends_the_block_without_an_error() -> None:
    holding = Holding(Lease("leader", 1))
    asyncio.get_running_loop().call_soon(holding.lose)
    reached = False
    async with holding:
        await asyncio.get_running_loop().create_future()
        reached = True
    assert not reached
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    holding.lose()
    await asyncio.sleep(0)


async def test_an_error_of_the_block_is_not_hidden_by_the_loss() -> None:
    holding = Holding(Lease("leader", 1))

    async def work() -> None:
        async with holding:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                raise ValueError("at the end") from None

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    holding.lose()
    with pytest.raises(ValueError, match="at the end"):
        await task


async def test_a_cancelled_task_stays_cancelled_though_the_lease_is_lost_too() -> None:
    holding = Holding(Lease("leader", 1))

    async def work() -> None:
        async with holding:
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    holding.lose()
    with pytest.raises(asyncio.CancelledError):
        await task
