"""The stream clients of a server: admission, heartbeat, pulse, dropping, shutdown."""

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
# Limits of the history.
KEPT_MESSAGES: Final = 512
KEPT_BYTES: Final = 4 * 1024 * 1024
# The limit of unsent bytes of all stream connections together.
MOST_UNSENT_BYTES: Final = 64 * 1024 * 1024
# After so many clients have gone, memory is returned to the system.
MANY_GONE: Final = 1_000
# How long a client may be behind before it is dropped, and how long closing may take.
LONGEST_BEHIND_S: Final = 20.0
GOODBYE_S: Final = 2.0

_LOOK_EVERY_S: Final = 1.0
_RETRY_S: Final = "30"
# Spreads reconnections over one to three seconds, so that clients do not all return at once.
_RETRY_FIRST_MS: Final = 1000
_RETRY_SPREAD_MS: Final = 2000
_RETRY_STEP_MS: Final = 37
# From a millisecond for a few clients to the objective of 100 ms, and beyond.
_BUCKETS_S: Final = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5,
)  # fmt: skip


@final
class Streams:
    """The stream clients of one server.

    Args:
        kernel: source of the events; the metrics helix_broadcast_seconds and helix_stream_* are registered
            there.
        collective: the state for snapshots.
        traffic: the counters for the pulse.
        sleep: used to wait; tests inject their own.

    Attributes:
        fanout: sends messages to the clients.
        unsent: the clients with unsent bytes.
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
            "Time from an event until it is handed to the last stream client's connection.",
            buckets=_BUCKETS_S,
        )
        self._dropped = metrics.counter(
            "helix_stream_dropped_total",
            "Stream clients that were dropped, by reason.",
            ("transport", "reason"),
        )
        metrics.gauge(
            "helix_stream_clients", "Connected clients of /events and /ws.", ("transport",)
        ).function(lambda: {(kind,): float(self._by_kind[kind]) for kind in get_args(StreamKind)})
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
        # The maximum number of clients since memory was last returned.
        self._peak = 0
        self._anybody = asyncio.Event()
        self._nobody: asyncio.Future[None] | None = None
        self.unsent: Unsent[Client] = Unsent(MOST_UNSENT_BYTES)
        self._stop_listening = self._broadcaster.listen(self._hear, lambda: self.clients)
        kernel.drain.on_close(self.close)

    @property
    def clients(self) -> int:
        """The number of clients."""
        return len(self._clients)

    def make_room(self, besides: int) -> None:
        """Raise the limit of open files for the clients; `besides` is what other parts need."""
        wanted = self._settings.max_streams
        self._most = max(0, min(wanted, raise_file_limit(wanted + besides) - besides))
        if self._most < wanted:
            logger.warning("streams.limited wanted=%d possible=%d by=open-files", wanted, self._most)

    def now(self) -> float:
        """The monotonic clock for time limits of clients, in seconds."""
        return self._kernel.clock.monotonic()

    def prepare(self, client: Client) -> None:
        """Admit a client and prepare the beginning of its stream, before the response starts.

        Raises:
            Problem: 503, too many clients or Helix is stopping; 429, too many from this address.
        """
        if not self._kernel.drain.accepting:
            raise _busy(503, "Helix is stopping.")
        if self.clients >= self._most:
            raise _busy(503, f"All {self._most} streams are in use.")
        if self._by_address[client.address] >= self._settings.max_streams_per_client:
            raise _busy(
                429, f"One address may have {self._settings.max_streams_per_client} streams open at once."
            )
        self._openings.prepare(client)

    def join(self, client: Client) -> None:
        """Add a client, and send it the beginning of its stream."""
        self.fanout.add(client)
        self._clients[client] = None
        self._by_address[client.address] += 1
        self._by_kind[client.kind] += 1
        client.catch_up()
        self._anybody.set()
        if not self._kernel.drain.accepting:
            client.goodbye()

    def next_retry_ms(self) -> int:
        """The reconnection time for the next client, in milliseconds."""
        self._joined += 1
        return _RETRY_FIRST_MS + self._joined * _RETRY_STEP_MS % _RETRY_SPREAD_MS

    def leave(self, client: Client, *, closing: bool = False) -> None:
        """Remove a client; `closing` while its close handshake is pending."""
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
        """Drop clients whose session has ended."""
        for client in tuple(self._clients):
            if client.may_go_on is not None and not client.may_go_on():
                client.drop("session")

    def count_dropped(self, client: Client, reason: str) -> None:
        """Count a client that is dropped."""
        self._dropped.inc(client.kind, reason)
        logger.info("stream.dropped transport=%s reason=%s", client.kind, reason, extra=MANY)

    async def run(self) -> None:
        """The supervised loop: sends pulses and heartbeats, drops slow clients; idle without clients."""
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
        """Tell all clients that the server stops."""
        for client in tuple(self._clients):
            client.goodbye()

    async def stop(self) -> None:
        """Close all clients, and abort those that do not close in time."""
        self._stop_listening()
        self.close()
        if self._leaving:
            self._nobody = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._nobody,), timeout=min(GOODBYE_S, self._settings.shutdown_s / 10))
        for client in tuple(self._leaving):
            client.abort()

    def _hear(self, event: Event) -> None:
        """Store and publish an event of the broadcaster, if it is for stream clients."""
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
        """Send a heartbeat to all clients, some hundred in each turn of the event loop."""
        clients = iter(tuple(self._clients))
        while some := tuple(islice(clients, AT_A_TURN)):
            for client in some:
                client.beat()
            await asyncio.sleep(0)

    async def _give_back(self) -> None:
        """Return memory to the system after many clients have gone."""
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
        status, f"{detail} Retry later.", kind="too-many-streams", headers={"Retry-After": _RETRY_S}
    )
