"""A listener by WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from web.live import frames
from web.live.client import Client, Topics
from web.live.frames import CloseCode, Opcode, Refused

if TYPE_CHECKING:
    from web.live.streams import Streams

# More pings than anybody needs between two of ours.
MOST_FRAMES_A_BEAT: Final = 64
_CUT: Final = {
    "slow": frames.encode_close(CloseCode.TRY_AGAIN_LATER, "too slow"),
    "session": frames.encode_close(CloseCode.POLICY, "the session has ended"),
    "silent": frames.encode_close(CloseCode.POLICY, "no pong"),
    "misused": frames.encode_close(CloseCode.POLICY, "too much said"),
}
_PING: Final = frames.encode_frame(Opcode.PING)
_GOODBYE: Final = frames.encode_close(CloseCode.GOING_AWAY, "the server is stopping")


@final
class WsClient(Client):
    """Takes WebSocket messages, answers pings, and has to answer ours."""

    __slots__ = ("_deaf", "_frames", "_heard", "_received")

    kind = "ws"

    def __init__(self, streams: Streams, address: str, topics: Topics, after_id: int | None) -> None:
        super().__init__(streams, address, topics, after_id)
        self._received = b""
        self._heard = True
        self._frames = 0
        # Set once what comes can no longer be told apart.
        self._deaf = False

    def data_received(self, data: bytes) -> None:
        """Take pongs, pings and a goodbye; anything else ends it."""
        if self._deaf:
            return
        self._received += data
        try:
            while not self._deaf:
                control, self._received = frames.parse_control(self._received)
                if control is None:
                    return
                self._take(control)
        except Refused as refused:
            self._deaf, self._received = True, b""
            if not self.closing:
                self._streams.count_dropped(self, "misused")
                self._close(frames.encode_close(refused.code, str(refused)))

    def beat(self) -> None:
        """A ping; whoever has not answered the last one is gone."""
        if not self._heard:
            self.drop("silent")
            return
        self._heard, self._frames = False, 0
        self.send(_PING)

    def goodbye(self) -> None:
        """A close frame: going away."""
        self._close(_GOODBYE)

    def _take(self, control: frames.Control) -> None:
        self._heard = True
        self._frames += 1
        if self._frames > MOST_FRAMES_A_BEAT:
            self._deaf = True
            self.drop("misused")
        elif control.opcode is Opcode.PING:
            self.send(frames.encode_frame(Opcode.PONG, control.payload))
        elif control.opcode is Opcode.CLOSE:
            self._deaf = True
            # Where ours is sent already, this is the answer to it.
            self._close(frames.answer_close(control.payload))
            if self.transport is not None:
                self.transport.close()

    def _cut(self, reason: str) -> None:
        self._close(_CUT[reason])

    def _close(self, frame: bytes) -> None:
        """Say why it ends; the client's answer ends the connection, or else `Streams` does in a moment."""
        if self.transport is not None and not self.closing:
            self.transport.write(frame)
            self._streams.leave(self, closing=True)
