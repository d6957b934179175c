from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.web.helpers import Site
from tests.web.live.listening import Listener, over_sse, over_ws

Open = Callable[..., AbstractAsyncContextManager[Listener]]


@pytest.fixture(params=["sse", "ws"])
def listen(request: pytest.FixtureRequest) -> Open:
    """Opens a stream over one transport; takes the site and a query."""
    if request.param == "sse":
        return lambda site, query="": over_sse(site, f"/events{query}")
    return lambda site, query="": over_ws(site, f"/ws{query}")


async def test_a_snapshot_comes_first_and_says_what_the_routes_say(site: Site, listen: Open) -> None:
    async with listen(site) as listener:
        first = await listener.next()
    assert (first.event, first.id) == ("snapshot", site.kernel.broadcaster.last_id)
    data = first.data
    assert data["status"] == (await site.get("/status")).json()
    assert data["ucf"] == (await site.get("/ucf")).json()["ucf"]
    assert [agent["name"] for agent in data["agents"]] == [
        agent["name"] for agent in (await site.get("/agents")).json()["agents"]
    ]
    assert set(data["checks"]) == set((await site.get("/health")).json()["checks"])
    assert (data["alerts"], data["ritual"]) == ([], None)
    assert data["deliveries"] == {"inbox_waiting": 0, "outbox_waiting": 0, "dead": 0, "recent": []}


async def test_a_change_of_the_state_reaches_who_listens(site: Site, listen: Open) -> None:
    async with listen(site, "?topics=state") as listener:
        await listener.next()
        await site.change(harmony=0.9)
        told = await listener.next()
    assert told.event == "state"
    assert told.data["ucf"]["harmony"] == 0.9
    assert told.data["version"] == site.collective.manager.snapshot.version


async def test_whoever_comes_back_gets_what_was_missed_and_nothing_twice(site: Site, listen: Open) -> None:
    async with listen(site, "?topics=state") as listener:
        seen = await listener.next()
    await site.change(harmony=0.8)
    await site.change(harmony=0.7)
    async with listen(site, f"?topics=state&last_event_id={seen.id}") as listener:
        await site.change(harmony=0.6)
        told = [await listener.next() for _ in range(3)]
    assert [(one.event, one.data["ucf"]["harmony"]) for one in told] == [
        ("state", 0.8),
        ("state", 0.7),
        ("state", 0.6),
    ]
