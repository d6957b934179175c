"""Everybody who listens: let in, served, kept alive, and sent away."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, final

from core.broadcast import Event
from core.kernel import Kernel
from state.agents import AgentView
from state.collective import Collective
from state.live import translate
from web.live import sse
from web.live.client import Client, behind_longest
from web.live.fanout import Fanout
from web.live.messages import History, Message
from web.live.pulse import PulseMeter
from web.live.snapshot import build_snapshot
from web.problems import Problem
from web.records.agents import agent_body
from web.records.live import PULSE, SNAPSHOT
from web.traffic import Traffic

logger = logging.getLogger(__name__)

LOOP: Final = "streams"
PULSE_EVERY_S: Final = 2.0
HEARTBEAT_EVERY_S: Final = 15.0
# How long a client may be behind before it is let go of, and how long its goodbye may take.
LONGEST_BEHIND_S: Final = 20.0
GOODBYE_S: Final = 2.0
KEPT_MESSAGES: Final = 512
# A gap that takes more than this to fill is answered by a snapshot, which is smaller.
LARGEST_REPLAY_BYTES: Final = 128 * 1024

_LOOK_EVERY_S: Final = 1.0
_SNAPSHOT_HOLDS_S: Final = 1.0
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
        behind: the clients that take events more slowly than they come.
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
            lambda: {(kind,): float(self._count_of(kind)) for kind in ("sse", "ws")}
        )
        self._fanout = Fanout(took.bind().observe)
        self._history = History(self._broadcaster.last_id, KEPT_MESSAGES)
        self._pulses = PulseMeter(kernel, collective, traffic, clients=lambda: self.clients)
        self._clients: dict[Client, None] = {}
        self._leaving: dict[Client, float] = {}
        self._by_address: Counter[str] = Counter()
        self._joined = 0
        self._snapshot: tuple[int, float, Message] | None = None
        self._anybody = asyncio.Event()
        self._nobody: asyncio.Future[None] | None = None
        self.behind: set[Client] = set()
        self._stop_listening = self._broadcaster.listen(self._hear, lambda: self.clients)
        kernel.drain.on_close(self.close)

    @property
    def clients(self) -> int:
        """How many listen."""
        return len(self._clients)

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
        if self.clients >= self._settings.max_streams:
            raise _busy(503, f"All {self._settings.max_streams} streams are taken.")
        if self._by_address[client.address] >= self._settings.max_streams_per_client:
            raise _busy(
                429, f"One address may have {self._settings.max_streams_per_client} streams open at once."
            )
        self._open(client)

    def join(self, client: Client) -> None:
        """Let a client listen from now on, and send it what it gets first."""
        if client.seen != self._broadcaster.last_id:
            self._open(client)
        self._fanout.add(client)
        self._clients[client] = None
        self._by_address[client.address] += 1
        self._joined += 1
        opening, client.opening = client.opening, b""
        if client.kind == "sse":
            retry_ms = _RETRY_FIRST_MS + self._joined * _RETRY_STEP_MS % _RETRY_SPREAD_MS
            opening = sse.encode_opening(retry_ms) + opening
        if opening:
            client.send(opening)
        self._anybody.set()
        if not self._kernel.drain.accepting:
            client.goodbye()

    def leave(self, client: Client, *, closing: bool = False) -> None:
        """Serve a client no longer; `closing` where its goodbye is still under way."""
        if self._clients.pop(client, 0) is None:
            self._fanout.remove(client)
            self._by_address[client.address] -= 1
            if not self._by_address[client.address]:
                del self._by_address[client.address]
        self.behind.discard(client)
        if closing:
            client.closing = True
            self._leaving[client] = self.now()
        else:
            self._leaving.pop(client, None)
        if self._nobody is not None and not self._nobody.done() and not self._leaving and not self._clients:
            self._nobody.set_result(None)

    def count_dropped(self, client: Client, reason: str) -> None:
        """Count a client that is dropped."""
        self._dropped.inc(client.kind, reason)
        logger.info("stream.dropped transport=%s reason=%s", client.kind, reason)

    async def run(self) -> None:
        """Supervised: the pulse, the heartbeat, and a look at who is too slow; rests while nobody listens."""
        pulse_at = beat_at = 0.0
        while True:
            if not self._clients and not self._leaving:
                self._anybody.clear()
                await self._anybody.wait()
                pulse_at = self.now() + PULSE_EVERY_S
                beat_at = self.now() + HEARTBEAT_EVERY_S
            await self._sleep(_LOOK_EVERY_S)
            now = self.now()
            self._let_go(now)
            if now >= pulse_at:
                pulse_at = now + PULSE_EVERY_S
                self._pulse()
            if now >= beat_at:
                beat_at = now + HEARTBEAT_EVERY_S
                for client in tuple(self._clients):
                    client.beat()

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
            self._history.add(message)
            self._fanout.publish(message)

    def _pulse(self) -> None:
        if self._fanout.wants(PULSE):
            record = self._pulses.read()
            self._fanout.publish(Message(None, PULSE, record, record.at))

    def _let_go(self, now: float) -> None:
        for client in behind_longest(self.behind, now - LONGEST_BEHIND_S):
            client.drop("slow")
        for client, since in tuple(self._leaving.items()):
            if now - since >= GOODBYE_S:
                client.abort()

    def _open(self, client: Client) -> None:
        """What a client gets first: what it has missed, or a snapshot."""
        last_id = client.seen = self._broadcaster.last_id
        missed = None if client.after_id is None else self._history.after(client.after_id, last_id)
        if missed is not None:
            wanted = (one for one in missed if client.topics is None or one.name in client.topics)
            client.opening = b"".join(message.encoded(client.kind) for message in wanted)
        if missed is None or len(client.opening) > LARGEST_REPLAY_BYTES:
            client.opening = self._current(last_id).encoded(client.kind)

    def _current(self, last_id: int) -> Message:
        """The snapshot, made once for all who come at about the same time."""
        now = self.now()
        if self._snapshot is not None:
            made_for, made_at, message = self._snapshot
            if made_for == last_id and now - made_at < _SNAPSHOT_HOLDS_S:
                return message
        record = build_snapshot(self._collective, self._pulses.read())
        message = Message(last_id, SNAPSHOT, record, record.pulse.at)
        self._snapshot = (last_id, now, message)
        return message

    def _count_of(self, kind: str) -> int:
        return sum(client.kind == kind for client in self._clients)


def _busy(status: int, detail: str) -> Problem:
    return Problem(
        status, f"{detail} Try again later.", kind="too-many-streams", headers={"Retry-After": _RETRY_S}
    )
