"""Allows one set-up per server at a time: two at once would create everything twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from core.errors import HelixError


class Busy(HelixError):
    """Another set-up is running on this server."""


class GuildWork:
    """The set-ups that are running; kept in memory, since a restart ends them too."""

    def __init__(self) -> None:
        self._running: dict[int, str] = {}

    @contextmanager
    def hold(self, guild_id: int, what: str) -> Iterator[Callable[[], None]]:
        """Hold the server in a `with` block; the yielded function releases it early.

        Args:
            guild_id: the server.
            what: the running command, for the message to a second caller.

        Raises:
            Busy: names the running command.
        """
        running = self._running.get(guild_id)
        if running is not None:
            raise Busy(f"`{running}` is already running on this server. Try again when it has finished.")
        self._running[guild_id] = what
        with ExitStack() as held:
            held.callback(self._running.pop, guild_id)
            yield held.close
