"""Gateway sessions, which survive a connection so that it can be resumed without loss."""

import secrets
from collections import deque
from collections.abc import Callable

from sandbox.events import Event, may_receive
from sandbox.gateway.connection import Connection
from sandbox.gateway.intents import blank_content, hides_content, wants
from sandbox.parts import Core, Part
from sandbox.wire import JsonObject, encode
from sandbox.world import World

REPLAY_EVENTS = 1000
"""The maximum number of events that a session keeps for a resume."""
RESUMABLE_S = 300.0
"""How long a disconnected session can be resumed, in seconds."""
MAX_SESSIONS = 32


class Session:
    """The session of an identified client.

    Attributes:
        id: The session id in READY.
        intents: Its intents.
        shard: ``(number, count)``.
        sequence: The sequence number of the newest event.
        wire: Its connection; None while disconnected.
    """

    def __init__(self, world: World, intents: int, shard: tuple[int, int], replay_events: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.wire: Connection | None = None
        self.disconnected_s: float | None = None
        self._world = world
        self._buffer: deque[tuple[int, str]] = deque(maxlen=replay_events)

    def dispatch(self, name: str, data: JsonObject) -> None:
        """Number an event, keep it for a resume, and send it if connected."""
        self.sequence += 1
        text = f'{{"t":"{name}","s":{self.sequence},"op":0,"d":{encode(data)}}}'
        self._buffer.append((self.sequence, text))
        if self.wire is not None:
            self.wire.send(text)

    def on_event(self, event: Event) -> None:
        """Dispatch an event of the bus, if this session's intents, shard and permissions allow."""
        bot_id = self._world.application.bot_id
        if not wants(event, self.intents) or not self.in_shard(event.guild_id):
            return
        if not may_receive(self._world, event, bot_id):
            return
        data = event.data(bot_id)
        if hides_content(event, self.intents, bot_id):
            data = blank_content(data)
        self.dispatch(event.name, data)

    def in_shard(self, guild_id: int | None) -> bool:
        """Whether a server belongs to this session's shard ("Sharding" in Discord's reference).

        Direct messages and other events without a server go to shard 0.
        """
        number, count = self.shard
        return (guild_id >> 22) % count == number if guild_id is not None else number == 0

    def missed_since(self, sequence: int) -> list[str] | None:
        """The payloads after ``sequence``; None if some are no longer kept."""
        if sequence == self.sequence:
            return []
        if not self._buffer or self._buffer[0][0] > sequence + 1:
            return None
        return [text for number, text in self._buffer if number > sequence]


class Sessions(Part):
    """All sessions of the application. Several can be connected at once, as during a rolling deployment.

    Args:
        core: What the parts share.
        on_presence: Called when the first client connects or the last one disconnects.
    """

    def __init__(self, core: Core, on_presence: Callable[[bool], None]) -> None:
        super().__init__(core)
        self.replay_events = REPLAY_EVENTS
        self.resumable_s = RESUMABLE_S
        self._on_presence = on_presence
        self._sessions: dict[str, Session] = {}
        self._online = False
        self._bus.subscribe(self._on_event)

    def _on_event(self, event: Event) -> None:
        for session in tuple(self._sessions.values()):
            session.on_event(event)

    def open(self, intents: int, shard: tuple[int, int], wire: Connection) -> Session:
        """Open a session for an identified client."""
        self._expire()
        session = Session(self._world, intents, shard, self.replay_events)
        session.wire = wire
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        """A resumable session, or None."""
        self._expire()
        return self._sessions.get(session_id)

    def detach(self, session: Session, wire: Connection) -> None:
        """Record that a connection is gone; the session stays resumable.

        No-op if a resume has replaced the connection.
        """
        if session.wire is wire:
            session.wire = None
            session.disconnected_s = self._monotonic_s()
            self.update_presence()

    def end(self, session: Session) -> None:
        """End a session for good."""
        self._sessions.pop(session.id, None)
        self.update_presence()

    def connected(self) -> list[Session]:
        """The connected sessions."""
        return [session for session in self._sessions.values() if session.wire is not None]

    def update_presence(self) -> None:
        """Call ``on_presence`` if the first client has connected or the last one has disconnected.

        Call it after READY, which must be a new client's first event.
        """
        online = bool(self.connected())
        if online != self._online:
            self._online = online
            self._on_presence(online)

    def _expire(self) -> None:
        oldest = self._monotonic_s() - self.resumable_s
        away = [s for s in self._sessions.values() if s.disconnected_s is not None]
        away.sort(key=lambda s: s.disconnected_s or 0.0)
        surplus = len(self._sessions) - MAX_SESSIONS + 1
        for index, session in enumerate(away):
            if index < surplus or (session.disconnected_s or 0.0) < oldest:
                del self._sessions[session.id]
