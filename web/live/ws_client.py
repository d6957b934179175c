"""A listener by WebSocket."""

from __future__ import annotations

from typing import Final, final

from web.live import frames
from web.live.client import Client, Owner, Topics
from web.live.frames import CloseCode, Opcode, Refused

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

    __slots__ = ("_deaf", "_frames", "_heard", "_pong", "_received")

    kind = "ws"

    def __init__(self, streams: Owner, address: str, topics: Topics, after_id: int | None) -> None:
        super().__init__(streams, address, topics, after_id)
        self._received = b""
        self._heard = True
        self._frames = 0
        # The answer to its last ping, where it is behind.
        self._pong = b""
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
                self._end_with(frames.encode_close(refused.code, str(refused)))

    def beat(self) -> None:
        """A ping; whoever has not answered the last one is gone."""
        if not self._heard:
            self.drop("silent")
            return
        self._frames = 0
        # One that is behind gets no ping, and is dropped for that in time.
        self._heard = not self.send(_PING)

    def resume_writing(self) -> None:
        """The client has taken all that was handed over; its ping is answered first."""
        if self._pong:
            self.opening, self._pong = (*self.opening, self._pong), b""
        super().resume_writing()

    def goodbye(self) -> None:
        """A close frame: going away. The client's answer ends the connection, or else `Streams` does."""
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
                # Of several pings only the last one needs an answer (RFC 6455 §5.5.3).
                self._pong = pong
        elif control.opcode is Opcode.CLOSE:
            self._deaf = True
            # Where ours is sent already, this is the answer to it.
            self._end_with(frames.answer_close(control.payload))
            if self.transport is not None:
                self.transport.close()

    def _cut(self, reason: str) -> None:
        self._end_with(_CUT[reason])
