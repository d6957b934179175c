"""A loop with a lease runs only while this process holds it."""

import asyncio

from core.runtime.supervisor import Supervisor
from core.store.leases import current_lease
from tests.core.runtime.supervising.counted_loop import Loop
from tests.core.store.hand_leases import HandLeases


def state(supervisor: Supervisor) -> str:
    return supervisor.loops()[0].state


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_loop_waits_for_its_lease_and_ends_with_it(supervisor: Supervisor) -> None:
    leases, loop = HandLeases(), Loop("stay")
    supervisor.lease_from(leases)
    supervisor.add("duty", loop, lease="leader")
    supervisor.start()
    await settle()
    assert (state(supervisor), loop.runs) == ("standing by", 0)
    assert supervisor.probe().status == "pass"
    assert supervisor.probe().reason == "node-b holds leader"
    leases.grant("leader")
    await loop.until(1)
    assert state(supervisor) == "running"
    assert supervisor.probe().reason == ""
    leases.lose("leader")
    await settle()
    assert state(supervisor) == "standing by"
    leases.grant("leader")
    await loop.until(2)
    await supervisor.stop(1)
    assert state(supervisor) == "stopped"


async def test_a_leased_loop_that_returns_is_finished(supervisor: Supervisor) -> None:
    leases, loop = HandLeases(), Loop("return")
    supervisor.lease_from(leases)
    leases.grant("leader")
    supervisor.add("once", loop, lease="leader")
    supervisor.start()
    await loop.until(1)
    await settle()
    assert state(supervisor) == "finished"
    assert leases.elsewhere() == {}


async def test_stopping_a_loop_that_stands_by(supervisor: Supervisor) -> None:
    supervisor.lease_from(HandLeases())
    supervisor.add("duty", Loop("stay"), lease="leader")
    supervisor.start()
    await settle()
    assert await supervisor.stop(1) == ()
    assert state(supervisor) == "stopped"


async def test_a_loop_carries_its_own_lease_and_none_of_whoever_added_it(supervisor: Supervisor) -> None:
    leases = HandLeases()
    leases.grant("leader")
    supervisor.lease_from(leases)
    seen: dict[str, str | None] = {}

    async def inner() -> None:
        lease = current_lease()
        seen["inner"] = None if lease is None else lease.name

    async def outer() -> None:
        lease = current_lease()
        seen["outer"] = None if lease is None else lease.name
        supervisor.add("inner", inner)

    supervisor.add("outer", outer, lease="leader")
    supervisor.start()
    await settle()
    assert seen == {"outer": "leader", "inner": None}


async def test_without_leases_every_loop_runs(supervisor: Supervisor) -> None:
    loop = Loop("stay")
    supervisor.add("duty", loop, lease="leader")
    supervisor.start()
    await loop.until(1)
