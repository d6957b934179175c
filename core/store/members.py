"""Members: the processes of one store, which can be asked to do something each."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from core.clock import Clock, SystemClock
from core.errors import HelixError

logger = logging.getLogger(__name__)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One process.

    Attributes:
        id: unique among all processes that ever were.
        node: its name for people (HELIX_NODE), by default that of its machine.
        version: the version of the program.
        seen_at: when it was last known to be alive.
    """

    id: str
    node: str
    version: str
    seen_at: datetime


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What one process answered.

    Attributes:
        member: the process.
        text: its answer; None if it gave none in time or failed.
        error: why there is no answer, as text for people.
    """

    member: Member
    text: str | None = None
    error: str | None = None


OnAsk = Callable[[str], Awaitable[str]]


class Members(Protocol):
    """The processes that share the store."""

    @property
    def me(self) -> Member:
        """This process."""
        ...

    def alive(self) -> tuple[Member, ...]:
        """Every process known to be alive; this one first."""
        ...

    async def ask(self, command: str, body: str = "", *, deadline_s: float = 5.0) -> tuple[Reply, ...]:
        """Asks every process; returns one reply for each, that of this process first.

        This process's own answer is waited for without a deadline, and an error of its handler is raised
        here, so that with one process asking is the same as calling the handler.

        Args:
            command: what `on_ask` was given.
            body: passed to the handler.
            deadline_s: how long to wait for the others.
        """
        ...

    def on_ask(self, command: str, handler: OnAsk) -> None:
        """Sets the handler of a command: it gets the body and returns the answer."""
        ...


async def answer(handlers: Mapping[str, OnAsk], member: Member, command: str, body: str) -> Reply:
    """The reply to another process; the text of a `HelixError`, else only the class of an error."""
    handler = handlers.get(command)
    if handler is None:
        return Reply(member=member, error=f"{member.version} does not know {command!r}")
    try:
        return Reply(member=member, text=await handler(body))
    except HelixError as error:
        return Reply(member=member, error=str(error))
    except Exception as error:
        logger.exception("members.answer_failed command=%s", command)
        return Reply(member=member, error=type(error).__name__)


class LocalMembers:
    """The members of a store with one process.

    Args:
        version: of the program.
        clock: tells when this process was last alive: now.
        node: the name of this process; that of the machine by default.
    """

    def __init__(self, version: str, clock: Clock | None = None, *, node: str = "") -> None:
        self._clock = clock or SystemClock()
        node = node or socket.gethostname()
        self._me = Member(
            id=f"{node}-{secrets.token_hex(8)}", node=node, version=version, seen_at=self._clock.now()
        )
        self._handlers: dict[str, OnAsk] = {}

    @property
    def me(self) -> Member:
        """See `Members.me`."""
        return msgspec.structs.replace(self._me, seen_at=self._clock.now())

    def alive(self) -> tuple[Member, ...]:
        """See `Members.alive`."""
        return (self.me,)

    async def ask(self, command: str, body: str = "", *, deadline_s: float = 5.0) -> tuple[Reply, ...]:  # noqa: ARG002 - nobody else is waited for
        """See `Members.ask`."""
        return (Reply(member=self.me, text=await self._handlers[command](body)),)

    def on_ask(self, command: str, handler: OnAsk) -> None:
        """See `Members.on_ask`."""
        self._handlers[command] = handler
