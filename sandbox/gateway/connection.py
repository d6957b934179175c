"""A gateway connection: receiving, sending, heartbeat."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.gateway.compression import Pack
from sandbox.wire import JsonObject, decode, encode

logger = logging.getLogger(__name__)

MAX_PAYLOAD_BYTES = 4096
"""The maximum size of a client's payload ("Sending Events" in Discord's reference)."""
MAX_QUEUED = 5000
_RATE = (120, 60.0)
_CLOSE_S = 1.0
# A network-like acknowledgement delay. discord.py records a heartbeat's time in another thread after
# sending it; a faster answer would be measured from the previous heartbeat, as a latency of 41 s.
_ACK_S = 0.05


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Gateway close codes."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_API_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Closed(Exception):
    """Closes the connection with a close code.

    Attributes:
        code: The WebSocket close code.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Connection:
    """A connected WebSocket with a send queue.

    Args:
        request: The upgrade request, whose transport can be aborted.
        socket: The prepared WebSocket.
        pack: Packs payloads into frames.
        monotonic_s: The monotonic clock, in seconds.
        heartbeat_s: The heartbeat interval in HELLO, in seconds.
    """

    def __init__(
        self,
        request: web.Request,
        socket: web.WebSocketResponse,
        pack: Pack,
        monotonic_s: Callable[[], float],
        heartbeat_s: float,
    ) -> None:
        self._request = request
        self._socket = socket
        self._pack = pack
        self._monotonic_s = monotonic_s
        self._heartbeat_s = heartbeat_s
        self._queue: deque[str] = deque()
        self._wake = asyncio.Event()
        self._received: deque[float] = deque(maxlen=_RATE[0])
        self._heard = asyncio.Event()
        self._closing = False

    def send(self, text: str) -> None:
        """Queue a payload; a client that reads too slowly is disconnected."""
        if len(self._queue) >= MAX_QUEUED:
            logger.warning("sandbox.gateway.slow queued=%d", len(self._queue))
            self.drop()
            return
        self._queue.append(text)
        self._wake.set()

    def send_op(self, op: Op, data: object) -> None:
        """Queue a payload that is not an event."""
        self.send(encode({"t": None, "s": None, "op": int(op), "d": data}))

    def drop(self) -> None:
        """Abort the TCP connection without a closing handshake."""
        self._queue.clear()
        if self._request.transport is not None:
            self._request.transport.abort()

    async def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then close with a code."""
        self._closing = True
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._flush()
                await self._socket.close(code=code, message=reason.encode())
        except (ConnectionError, TimeoutError):
            # The client is gone or does not read, so a closing handshake is impossible.
            self.drop()

    @property
    def ended_session(self) -> bool:
        """Whether the client closed the connection with a code that ends the session.

        Codes 1000 and 1001 end the session; all others leave it resumable ("Initiating a Disconnect").
        """
        return not self._closing and self._socket.close_code in (1000, 1001)

    async def _flush(self) -> None:
        while self._queue and not self._socket.closed:
            packed = self._pack(self._queue.popleft())
            if isinstance(packed, bytes):
                await self._socket.send_bytes(packed)
            else:
                await self._socket.send_str(packed)

    async def write(self) -> None:
        """Send queued payloads until cancelled or disconnected."""
        while not self._socket.closed:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._flush()
            except ConnectionError:
                return

    async def watch_heartbeat(self) -> None:
        """Close the connection if no heartbeat comes for one and a half intervals."""
        while not self._socket.closed:
            self._heard.clear()
            try:
                async with asyncio.timeout(self._heartbeat_s * 1.5):
                    await self._heard.wait()
            except TimeoutError:
                logger.info("sandbox.gateway.zombie")
                await self.close(Close.SESSION_TIMED_OUT, "Session timed out.")
                return

    def heartbeat(self) -> None:
        """Record a heartbeat and acknowledge it, after a network-like delay."""
        self._heard.set()
        asyncio.get_running_loop().call_later(_ACK_S, self.send_op, Op.HEARTBEAT_ACK, None)

    async def receive(self) -> tuple[int, Any] | None:
        """The next payload as ``(op, d)``; None at the end of the connection.

        Raises:
            Closed: Too many, too large or invalid payloads.
        """
        message = await self._socket.receive()
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return None
        self._limit_rate()
        if len(message.data) > MAX_PAYLOAD_BYTES:
            raise Closed(Close.DECODE_ERROR, "Payload too large.")
        payload = _decode(message.data)
        if payload is None or not isinstance(payload.get("op"), int):
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
        return payload["op"], payload.get("d")

    def _limit_rate(self) -> None:
        limit, window_s = _RATE
        now_s = self._monotonic_s()
        if len(self._received) == limit and now_s - self._received[0] < window_s:
            raise Closed(Close.RATE_LIMITED, "Rate limited.")
        self._received.append(now_s)


def _decode(data: str | bytes) -> JsonObject | None:
    try:
        payload = decode(data)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None
