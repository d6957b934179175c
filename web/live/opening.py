"""The beginning of a stream: the missed events, or a snapshot."""

from __future__ import annotations

from typing import Final, final

from core.runtime.kernel import Kernel
from state.collective import Collective
from state.views.live import breakers_now, checks_now, deliveries_now, open_alerts, ritual_now
from state.views.live_records import Pulse
from web.live.client import Client
from web.live.messages import History, Message
from web.live.pulse import PulseMeter
from web.records.agents import agent_body
from web.records.live import SNAPSHOT, LiveSnapshot
from web.records.status import status_body
from web.records.ucf import ucf_body

# If the missed events are larger than this, the smaller snapshot is sent instead.
LARGEST_REPLAY_BYTES: Final = 128 * 1024
_SNAPSHOT_HOLDS_S: Final = 1.0


@final
class Openings:
    """Prepares the beginning of streams.

    Args:
        history: the last events, for clients that resume.
    """

    def __init__(self, kernel: Kernel, collective: Collective, pulses: PulseMeter, history: History) -> None:
        self._clock = kernel.clock
        self._broadcaster = kernel.broadcaster
        self._collective = collective
        self._pulses = pulses
        self._history = history
        self._snapshot: tuple[int, float, Message] | None = None

    def prepare(self, client: Client) -> None:
        """Resume a client after the event `seen`, or begin with a snapshot."""
        last_id = self._broadcaster.last_id
        gap_bytes = self._gap_bytes(client, last_id)
        if gap_bytes is None or gap_bytes > LARGEST_REPLAY_BYTES:
            client.opening = (self._current(last_id).encoded(client.kind),)
            client.seen = last_id
        else:
            client.waiting_bytes = gap_bytes

    def _gap_bytes(self, client: Client, last_id: int) -> int | None:
        """The size of the events that a client missed; None if some are no longer stored."""
        if not self._history.knows(client.seen) or client.seen > last_id:
            return None
        return sum(
            len(message.encoded(client.kind))
            for _, message in self._history.after(client.seen)
            if client.wants(message.name)
        )

    def _current(self, last_id: int) -> Message:
        """The snapshot, shared by clients that connect at about the same time."""
        now = self._clock.monotonic()
        if self._snapshot is not None:
            made_for, made_at, message = self._snapshot
            if made_for == last_id and now - made_at < _SNAPSHOT_HOLDS_S:
                return message
        record = build_snapshot(self._collective, self._pulses.read())
        message = Message(last_id, SNAPSHOT, record, record.pulse.at)
        self._snapshot = (last_id, now, message)
        return message


def build_snapshot(collective: Collective, pulse: Pulse) -> LiveSnapshot:
    """The current snapshot; reads memory only."""
    return LiveSnapshot(
        status=status_body(collective),
        ucf=ucf_body(collective.manager.snapshot).ucf,
        agents=tuple(agent_body(agent) for agent in collective.monitor.agents()),
        alerts=open_alerts(collective),
        ritual=ritual_now(collective),
        deliveries=deliveries_now(collective),
        breakers=breakers_now(collective),
        checks=checks_now(collective),
        pulse=pulse,
    )
