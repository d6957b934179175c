"""Everybody who listens: let in, served, kept alive, and sent away."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Final, final, get_args

from aiohttp import web

from core.broadcast import Event
from core.logs import MANY
from core.runtime.file_limit import raise_file_limit
from core.runtime.kernel import Kernel
from core.runtime.memory import give_back_memory
from state.agents import AgentView
from state.collective import Collective
from state.ports import StreamKind
from state.views.live import translate
from web.answers.problems import Problem
from web.edge.unsent import Unsent
from web.live.client import Client, behind_longest
from web.live.fanout import AT_A_TURN, Fanout
from web.live.messages import History, Message
from web.live.opening import Openings
from web.live.pulse import PulseMeter
from web.records.agents import agent_body
from web.records.live import PULSE
from web.traffic import Traffic

logger = logging.getLogger(__name__)

LOOP: Final = "streams"
PULSE_EVERY_S: Final = 2.0
HEARTBEAT_EVERY_S: Final = 15.0
# What is kept for clients that come back or are behind.
KEPT_MESSAGES: Final = 512
KEPT_BYTES: Final = 4 * 1024 * 1024
# What all connections together may hold that their clients have not taken.
MOST_UNSENT_BYTES: Final = 64 * 1024 * 1024
# After so many have gone, memory is given back to the system.
MANY_GONE: Final = 1_000
# How long a client may be behind before it is let go of, and how long its goodbye may take.
LONGEST_BEHIND_S: Final = 20.0
GOODBYE_S: Final = 2.0

_LOOK_EVERY_S: Final = 1.0
_RETRY_S: Final = "30"
# Clients that were cut off together come back one after another, from one to three seconds later.
_RETRY_FIRST_MS: Final = 1000
_RETRY_SPREAD_MS: Final = 2000
_RETRY_STEP_MS: Final = 37
# From a millisecond for a handful of clients to the promise of 100 ms, and what lies beyond it.
_BUCKETS_S: Final = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5,
)  # fmt: skip


@final
class Streams:
    """The listeners of one server.

    Args:
        kernel: its broadcaster is listened to; the metrics helix_broadcast_seconds and helix_stream_* are
            registered there.
        collective: what is told of.
        traffic: what the pulse counts.
        sleep: what waits; tests put their own clock's here.

    Attributes:
        fanout: hands them what is published.
        unsent: the clients that take events more slowly than they come, and what is held for them.
    """

    def __init__(
        self,
        kernel: Kernel,
        collective: Collective,
        traffic: Traffic,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kernel = kernel
        self._collective = collective
        self._settings = kernel.settings
        self._sleep = sleep
        self._broadcaster = kernel.broadcaster
        metrics = kernel.metrics
        took = metrics.histogram(
            "helix_broadcast_seconds",
            "From an event to its hand-over to the last listener's connection.",
            buckets=_BUCKETS_S,
        )
        self._dropped = metrics.counter(
            "helix_stream_dropped_total", "Listeners that were dropped, by why.", ("transport", "reason")
        )
        metrics.gauge("helix_stream_clients", "Who listens to /events and /ws.", ("transport",)).function(
            lambda: {(kind,): float(self._by_kind[kind]) for kind in get_args(StreamKind)}
        )
        history = History(self._broadcaster.last_id, KEPT_MESSAGES, KEPT_BYTES)
        self.fanout = Fanout(history, took.bind().observe)
        self._pulses = PulseMeter(kernel, collective, traffic, clients=lambda: self.clients)
        self._openings = Openings(kernel, collective, self._pulses, history)
        self._clients: dict[Client, None] = {}
        self._leaving: dict[Client, float] = {}
        self._by_address: Counter[str] = Counter()
        self._by_kind: Counter[StreamKind] = Counter()
        self._most = kernel.settings.max_streams
        self._joined = 0
        # How many listened at most since memory was given back.
        self._peak = 0
        self._anybody = asyncio.Event()
        self._nobody: asyncio.Future[None] | None = None
        self.unsent: Unsent[Client] = Unsent(MOST_UNSENT_BYTES)
        self._stop_listening = self._broadcaster.listen(self._hear, lambda: self.clients)
        kernel.drain.on_close(self.close)

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

    def make_room(self, besides: int) -> None:
        """See to it that the system lets so many connect; `besides` are the files that others need."""
        wanted = self._settings.max_streams
        self._most = max(0, min(wanted, raise_file_limit(wanted + besides) - besides))
        if self._most < wanted:
            logger.warning("streams.limited wanted=%d possible=%d by=open-files", wanted, self._most)

    def now(self) -> float:
        """Seconds on the clock by which clients are judged."""
        return self._kernel.clock.monotonic()

    def prepare(self, client: Client) -> None:
        """Make what a client gets first, before anything is promised to it.

        Raises:
            Problem: there are too many already (503, or 429 where they are all its own), or Helix stops.
        """
        if not self._kernel.drain.accepting:
            raise _busy(503, "Helix is stopping.")
        if self.clients >= self._most:
            raise _busy(503, f"All {self._most} streams are taken.")
        if self._by_address[client.address] >= self._settings.max_streams_per_client:
            raise _busy(
                429, f"One address may have {self._settings.max_streams_per_client} streams open at once."
            )
        self._openings.prepare(client)

    def join(self, client: Client) -> None:
        """Let a client listen from now on, and send it what it gets first."""
        self.fanout.add(client)
        self._clients[client] = None
        self._by_address[client.address] += 1
        self._by_kind[client.kind] += 1
        client.catch_up()
        self._anybody.set()
        if not self._kernel.drain.accepting:
            client.goodbye()

    def next_retry_ms(self) -> int:
        """After how long the next client is to come back once it is cut."""
        self._joined += 1
        return _RETRY_FIRST_MS + self._joined * _RETRY_STEP_MS % _RETRY_SPREAD_MS

    def leave(self, client: Client, *, closing: bool = False) -> None:
        """Serve a client no longer; `closing` where its goodbye is still under way."""
        if self._clients.pop(client, 0) is None:
            self.fanout.remove(client)
            self._by_kind[client.kind] -= 1
            self._by_address[client.address] -= 1
            if not self._by_address[client.address]:
                del self._by_address[client.address]
        if closing:
            client.closing = True
            self._leaving[client] = self.now()
        else:
            self.unsent.release(client)
            self._leaving.pop(client, None)
        if self._nobody is not None and not self._nobody.done() and not self._leaving and not self._clients:
            self._nobody.set_result(None)

    def recheck(self) -> None:
        """Drop those whose session has ended."""
        for client in tuple(self._clients):
            if client.may_go_on is not None and not client.may_go_on():
                client.drop("session")

    def count_dropped(self, client: Client, reason: str) -> None:
        """Count a client that is dropped."""
        self._dropped.inc(client.kind, reason)
        logger.info("stream.dropped transport=%s reason=%s", client.kind, reason, extra=MANY)

    async def run(self) -> None:
        """Supervised: the pulse, the heartbeat, and a look at who is too slow; rests while nobody listens."""
        pulse_at, beat_at = self._first_beats()
        while True:
            await self._give_back()
            if not self._clients and not self._leaving:
                self._anybody.clear()
                await self._anybody.wait()
                pulse_at, beat_at = self._first_beats()
            await self._sleep(_LOOK_EVERY_S)
            now = self.now()
            self._let_go(now)
            if now >= pulse_at:
                pulse_at = now + PULSE_EVERY_S
                self._pulse()
            if now >= beat_at:
                beat_at = now + HEARTBEAT_EVERY_S
                self.recheck()
                await self._beat()

    def close(self) -> None:
        """Say goodbye to everybody."""
        for client in tuple(self._clients):
            client.goodbye()

    async def stop(self) -> None:
        """Say goodbye, and let go of whoever does not hear it soon."""
        self._stop_listening()
        self.close()
        if self._leaving:
            self._nobody = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._nobody,), timeout=min(GOODBYE_S, self._settings.shutdown_s / 10))
        for client in tuple(self._leaving):
            client.abort()

    def _hear(self, event: Event) -> None:
        """Keep and hand on an event of the broadcaster, where it is one for others."""
        record = translate(self._collective, event)
        if record is not None:
            shown = agent_body(record) if isinstance(record, AgentView) else record
            message = Message(event.id, event.topic, shown, event.at)
            self.fanout.publish(message)

    def _pulse(self) -> None:
        if self.fanout.wants(PULSE):
            record = self._pulses.read()
            self.fanout.publish(Message(None, PULSE, record, record.at))

    async def _beat(self) -> None:
        """The heartbeat of everybody, who are many, in turns as any other message."""
        clients = iter(tuple(self._clients))
        while some := tuple(islice(clients, AT_A_TURN)):
            for client in some:
                client.beat()
            await asyncio.sleep(0)

    async def _give_back(self) -> None:
        """Give memory back to the system after many have gone."""
        self._peak = max(self._peak, self.clients)
        if self._peak - self.clients >= MANY_GONE:
            self._peak = self.clients
            await asyncio.to_thread(give_back_memory)

    def _first_beats(self) -> tuple[float, float]:
        return self.now() + PULSE_EVERY_S, self.now() + HEARTBEAT_EVERY_S

    def _let_go(self, now: float) -> None:
        for client in behind_longest(self.unsent, now - LONGEST_BEHIND_S):
            client.drop("slow")
        for client, since in tuple(self._leaving.items()):
            if now - since >= GOODBYE_S:
                client.abort()


STREAMS = web.AppKey("streams", Streams)


def _busy(status: int, detail: str) -> Problem:
    return Problem(
        status, f"{detail} Try again later.", kind="too-many-streams", headers={"Retry-After": _RETRY_S}
    )
