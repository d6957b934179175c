"""However clients fall behind and catch up, each gets every event that it wants, once and in order."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from tests.web.helpers import Site
from tests.web.live.streams.stream_events import Wire
from web.live import client as client_module
from web.live import fanout
from web.live.client import Client
from web.live.sse_client import SseClient
from web.live.ws_client import WsClient

pytestmark = pytest.mark.unmeasured

_NAMES = ("ritual", "alert", "gateway")
# The id of an event, as either transport frames it.
_HEALTH = re.compile(rb'id(?:: |":)(\d+)(?:\n|,")event(?:: |":")health')


class Narrow(Wire):
    """A connection that takes so many bytes, and then says that it is full until it is emptied."""

    def __init__(self, client: Client, chance: random.Random) -> None:
        super().__init__()
        self.client = client
        self._chance = chance
        self.handed_while_full = 0
        self._full = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.handed_while_full += self._full
        super().write(data)
        if not self._full and self._chance.random() < 0.3:
            self._full = True
            self.client.pause_writing()

    def get_write_buffer_size(self) -> int:
        return 100 if self._full else 0

    def get_extra_info(self, name: str, default: object = None) -> object:
        del name
        return default

    def empty(self) -> None:
        if self._full:
            self._full = False
            self.client.resume_writing()


@pytest.mark.parametrize("seed", range(25))
async def test_every_client_gets_its_topics_once_in_order(
    site: Site, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(fanout, "AT_A_TURN", 2)
    monkeypatch.setattr(client_module, "_PIECE_BYTES", 500)
    chance = random.Random(seed)
    wires: list[tuple[Narrow, int]] = []
    first = site.kernel.broadcaster.last_id
    published: list[int] = []
    site.kernel.broadcaster.listen(
        lambda event: published.append(event.id) if event.topic == "health" else None
    )

    def join() -> None:
        topics = chance.choice((None, frozenset({"health"}), frozenset({"state", "health"})))
        seen = chance.choice((None, first, site.kernel.broadcaster.last_id))
        kind = chance.choice((SseClient, WsClient))
        client = kind(site.streams, "127.0.0.1", topics, seen)
        site.streams.prepare(client)
        wire = Narrow(client, chance)
        wires.append((wire, site.kernel.broadcaster.last_id if seen is None else seen))
        client.begin(wire, b"HTTP/1.1 200 OK\r\n\r\n", b"")

    def publish() -> None:
        site.kernel.health.report(chance.choice(_NAMES), "fail", f"for the {len(published)}. time")

    steps = [join] * 4 + [publish] * 20 + [site.streams._pulse] * 4
    for _ in range(120):
        chance.choice(steps)()
        for wire, _ in chance.sample(wires, k=len(wires) // 2):
            wire.empty()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    while site.streams.fanout._scheduled or any(wire.client.behind_since is not None for wire, _ in wires):
        for wire, _ in wires:
            wire.empty()
        await asyncio.sleep(0)
    for wire, seen in wires:
        assert [int(number) for number in _HEALTH.findall(wire.written)] == [
            number for number in published if number > seen
        ]
        assert wire.handed_while_full == 0
        wire.client.connection_lost(None)
    assert (site.streams.clients, site.streams.unsent.total_bytes) == (0, 0)
