"""What a client gets first: what it has missed, or a snapshot."""

from __future__ import annotations

from typing import Final, final

from core.kernel import Kernel
from state.collective import Collective
from web.live.client import Client
from web.live.messages import History, Message
from web.live.pulse import PulseMeter
from web.live.snapshot import build_snapshot
from web.records.live import SNAPSHOT

KEPT_MESSAGES: Final = 512
# A gap that takes more than this to fill is answered by a snapshot, which is smaller.
LARGEST_REPLAY_BYTES: Final = 128 * 1024
_SNAPSHOT_HOLDS_S: Final = 1.0


@final
class Openings:
    """Knows the last messages, and the state of now."""

    def __init__(self, kernel: Kernel, collective: Collective, pulses: PulseMeter) -> None:
        self._clock = kernel.clock
        self._broadcaster = kernel.broadcaster
        self._collective = collective
        self._pulses = pulses
        self._history = History(self._broadcaster.last_id, KEPT_MESSAGES)
        self._snapshot: tuple[int, float, Message] | None = None

    def keep(self, message: Message) -> None:
        """Keep a message for those who come back."""
        self._history.add(message)

    def prepare(self, client: Client) -> None:
        """Make what a client gets first, as of the newest event."""
        last_id = client.seen = self._broadcaster.last_id
        missed = None if client.after_id is None else self._history.after(client.after_id, last_id)
        if missed is not None:
            wanted = (one for one in missed if client.topics is None or one.name in client.topics)
            client.opening = b"".join(message.encoded(client.kind) for message in wanted)
        if missed is None or len(client.opening) > LARGEST_REPLAY_BYTES:
            client.opening = self._current(last_id).encoded(client.kind)

    def _current(self, last_id: int) -> Message:
        """The snapshot, made once for all who come at about the same time."""
        now = self._clock.monotonic()
        if self._snapshot is not None:
            made_for, made_at, message = self._snapshot
            if made_for == last_id and now - made_at < _SNAPSHOT_HOLDS_S:
                return message
        record = build_snapshot(self._collective, self._pulses.read())
        message = Message(last_id, SNAPSHOT, record, record.pulse.at)
        self._snapshot = (last_id, now, message)
        return message
