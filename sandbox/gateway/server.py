"""The gateway server: HELLO, IDENTIFY, RESUME and later payloads."""

import asyncio
import hmac
import logging

from aiohttp import web

from sandbox.gateway.compression import build_pack
from sandbox.gateway.connection import Close, Closed, Connection, Op
from sandbox.gateway.handshake import guild_create_json, member_chunks, own_guilds, ready_json
from sandbox.gateway.intents import disallowed
from sandbox.gateway.sessions import Session, Sessions
from sandbox.parts import Core, Part
from sandbox.wire import JsonObject

logger = logging.getLogger(__name__)

HEARTBEAT_S = 41.25
IDENTIFIES_PER_DAY = 1000
DAY_S = 86_400.0
_MAX_INTENTS = 1 << 26
_MAX_SHARDS = 16


class Gateway(Part):
    """Accepts gateway connections and keeps the count of identifies.

    Attributes:
        url: The ``resume_gateway_url`` in READY; set once the port is known.
        heartbeat_s: The heartbeat interval in HELLO, in seconds.
        identifies_left: The remaining session starts of today.
    """

    def __init__(self, core: Core, sessions: Sessions) -> None:
        super().__init__(core)
        self.url = ""
        self.heartbeat_s = HEARTBEAT_S
        self.identifies_left = IDENTIFIES_PER_DAY
        self._sessions = sessions
        self._day_ends_s = self._monotonic_s() + DAY_S
        self._connections: dict[Connection, Session | None] = {}

    def session_start_limit(self) -> JsonObject:
        """The session start limit object of ``/gateway/bot``; times in milliseconds."""
        self._roll_day()
        return {
            "total": IDENTIFIES_PER_DAY,
            "remaining": self.identifies_left,
            "reset_after": int((self._day_ends_s - self._monotonic_s()) * 1000),
            "max_concurrency": 1,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a WebSocket from HELLO until it closes."""
        pack = build_pack(request.query.get("compress"))
        encoding = request.query.get("encoding", "json")
        if pack is None or encoding != "json":
            return web.json_response(
                {"message": "encoding must be json. compress must be zlib-stream or omitted."}, status=501
            )
        socket = web.WebSocketResponse(max_msg_size=1 << 16, compress=False)
        await socket.prepare(request)
        connection = Connection(request, socket, pack, self._monotonic_s, self.heartbeat_s)
        if request.query.get("v", "10") not in ("9", "10"):
            await connection.close(Close.INVALID_API_VERSION, "Invalid API version.")
            return socket
        self._connections[connection] = None
        async with asyncio.TaskGroup() as tasks:
            helpers = [
                tasks.create_task(connection.write(), name="sandbox.gateway.write"),
                tasks.create_task(connection.watch_heartbeat(), name="sandbox.gateway.heartbeat"),
            ]
            try:
                await self._serve(connection)
            finally:
                for helper in helpers:
                    helper.cancel()
                self._disconnect(connection)
        return socket

    async def _serve(self, connection: Connection) -> None:
        connection.send_op(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_s * 1000), "_trace": []})
        try:
            while (received := await connection.receive()) is not None:
                self._on_payload(connection, *received)
        except Closed as closed:
            logger.info("sandbox.gateway.closed code=%d reason=%s", closed.code, closed)
            await connection.close(closed.code, str(closed))

    def _disconnect(self, connection: Connection) -> None:
        session = self._connections.pop(connection, None)
        if session is None:
            return
        if connection.ended_session and session.wire is connection:
            self._sessions.end(session)
        else:
            self._sessions.detach(session, connection)

    def _on_payload(self, connection: Connection, op: int, data: object) -> None:
        if op == Op.HEARTBEAT:
            connection.heartbeat()
            return
        session = self._connections[connection]
        if op in (Op.IDENTIFY, Op.RESUME):
            if session is not None:
                raise Closed(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
            if not isinstance(data, dict):
                raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
            self._check_token(data.get("token"))
            start = self._identify if op == Op.IDENTIFY else self._resume
            start(connection, data)
            return
        if session is None:
            raise Closed(Close.NOT_AUTHENTICATED, "Not authenticated.")
        if op == Op.REQUEST_GUILD_MEMBERS and isinstance(data, dict):
            for chunk in member_chunks(self._world, data, session.intents):
                session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
        elif op not in (Op.PRESENCE_UPDATE, Op.VOICE_STATE_UPDATE):
            raise Closed(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _check_token(self, token: object) -> None:
        plain = token.removeprefix("Bot ") if isinstance(token, str) else ""
        if not hmac.compare_digest(plain.encode(), self._world.application.token.encode()):
            raise Closed(Close.AUTHENTICATION_FAILED, "Authentication failed.")

    def _identify(self, connection: Connection, data: JsonObject) -> None:
        intents = data.get("intents")
        if not isinstance(intents, int) or isinstance(intents, bool) or not 0 <= intents < _MAX_INTENTS:
            raise Closed(Close.INVALID_INTENTS, "Invalid intent(s).")
        if disallowed(intents, self._world.application):
            raise Closed(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")
        shard = _parse_shard(data.get("shard"))
        self._roll_day()
        if self.identifies_left == 0:
            raise Closed(Close.AUTHENTICATION_FAILED, "No session starts left today.")
        self.identifies_left -= 1
        session = self._sessions.open(intents, shard, connection)
        self._connections[connection] = session
        session.dispatch("READY", ready_json(self._world, session, self.url))
        for guild in own_guilds(self._world, session):
            session.dispatch("GUILD_CREATE", guild_create_json(self._world, guild, intents))
        self._sessions.update_presence()
        logger.info("sandbox.gateway.ready shard=%d/%d", *shard)

    def _resume(self, connection: Connection, data: JsonObject) -> None:
        session = self._sessions.find(str(data.get("session_id")))
        sequence = data.get("seq")
        if session is None or not isinstance(sequence, int):
            connection.send_op(Op.INVALID_SESSION, False)
            return
        if sequence > session.sequence:
            raise Closed(Close.INVALID_SEQ, "Invalid seq.")
        missed = session.missed_since(sequence)
        if missed is None:
            self._sessions.end(session)
            connection.send_op(Op.INVALID_SESSION, False)
            return
        if session.wire is not None:
            session.wire.drop()
        session.wire, session.disconnected_s = connection, None
        self._connections[connection] = session
        for text in missed:
            connection.send(text)
        session.dispatch("RESUMED", {"_trace": []})
        self._sessions.update_presence()
        logger.info("sandbox.gateway.resumed replayed=%d", len(missed))

    def _roll_day(self) -> None:
        now_s = self._monotonic_s()
        if now_s >= self._day_ends_s:
            self._day_ends_s = now_s + DAY_S
            self.identifies_left = IDENTIFIES_PER_DAY

    def drop(self) -> int:
        """Abort all connections; sessions stay resumable. Returns the number of connections."""
        connections = list(self._connections)
        for connection in connections:
            connection.drop()
        return len(connections)

    def ask_reconnect(self) -> int:
        """Send op 7 (reconnect and resume) to all clients. Returns the number of clients."""
        for connection in self._connections:
            connection.send_op(Op.RECONNECT, None)
        return len(self._connections)

    def invalidate(self, *, resumable: bool) -> int:
        """Send op 9 to all clients; ends their sessions unless resumable. Returns the number of clients."""
        for connection, session in list(self._connections.items()):
            if session is not None and not resumable:
                self._sessions.end(session)
                self._connections[connection] = None
            connection.send_op(Op.INVALID_SESSION, resumable)
        return len(self._connections)

    async def close_all(self, code: int) -> int:
        """Close all connections with a code. Returns the number of connections."""
        connections = list(self._connections)
        await asyncio.gather(*(connection.close(code) for connection in connections))
        return len(connections)


def _parse_shard(raw: object) -> tuple[int, int]:
    if raw is None:
        return 0, 1
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(part, int) for part in raw):
        number, count = raw
        if 0 <= number < count <= _MAX_SHARDS:
            return number, count
    raise Closed(Close.INVALID_SHARD, "Invalid shard.")
