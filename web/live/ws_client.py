"""A stream client over WebSocket."""

from __future__ import annotations

from typing import Final, final

from web.live import frames
from web.live.client import Client, Owner, Topics
from web.live.frames import CloseCode, Opcode, Refused

# More pings than a client needs between two of the server's.
MOST_FRAMES_A_BEAT: Final = 64
_CUT: Final = {
    "slow": frames.encode_close(CloseCode.TRY_AGAIN_LATER, "too slow"),
    "session": frames.encode_close(CloseCode.POLICY, "the session has ended"),
    "silent": frames.encode_close(CloseCode.POLICY, "no pong"),
    "misused": frames.encode_close(CloseCode.POLICY, "too many frames"),
}
_PING: Final = frames.encode_frame(Opcode.PING)
_GOODBYE: Final = frames.encode_close(CloseCode.GOING_AWAY, "the server is stopping")


@final
class WsClient(Client):
    """A WebSocket client: answers pings, and is dropped if it does not answer the server's."""

    __slots__ = ("_deaf", "_frames", "_heard", "_pong", "_received")

    kind = "ws"

    def __init__(self, streams: Owner, address: str, topics: Topics, after_id: int | None) -> None:
        super().__init__(streams, address, topics, after_id)
        self._received = b""
        self._heard = True
        self._frames = 0
        # The pong to its last ping, while the client is behind.
        self._pong = b""
        # Set once the incoming bytes can no longer be parsed.
        self._deaf = False

    def data_received(self, data: bytes) -> None:
        """Handle pongs, pings and close frames; anything else closes the connection."""
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
                self._end_with(frames.encode_close(refused.code, str(refused)))

    def beat(self) -> None:
        """Send a ping; drop the client if it has not answered the last one."""
        if not self._heard:
            self.drop("silent")
            return
        self._frames = 0
        # A client that is behind gets no ping; it is dropped if it stays behind.
        self._heard = not self.send(_PING)

    def resume_writing(self) -> None:
        """The client has read everything; answer its ping first."""
        if self._pong:
            self.opening, self._pong = (*self.opening, self._pong), b""
        super().resume_writing()

    def goodbye(self) -> None:
        """Send a close frame (going away). The client's reply closes the connection, or `Streams` does."""
        self._end_with(_GOODBYE)

    def _take(self, control: frames.Control) -> None:
        self._heard = True
        self._frames += 1
        if self._frames > MOST_FRAMES_A_BEAT:
            self._deaf = True
            self.drop("misused")
        elif control.opcode is Opcode.PING:
            pong = frames.encode_frame(Opcode.PONG, control.payload)
            if not self.send(pong):
                # Only the last of several pings needs a pong (RFC 6455 §5.5.3).
                self._pong = pong
        elif control.opcode is Opcode.CLOSE:
            self._deaf = True
            # If ours was sent already, this is the reply to it.
            self._end_with(frames.answer_close(control.payload))
            if self.transport is not None:
                self.transport.close()

    def _cut(self, reason: str) -> None:
        self._end_with(_CUT[reason])
