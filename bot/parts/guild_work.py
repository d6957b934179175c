"""One long piece of work on a server at a time: two set-ups at once would create everything twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from core.errors import HelixError


class Busy(HelixError):
    """Something is at work on this server already."""


class GuildWork:
    """What is being done to which server; memory of this process, since a restart ends the work as well."""

    def __init__(self) -> None:
        self._running: dict[int, str] = {}

    @contextmanager
    def hold(self, guild_id: int, what: str) -> Iterator[Callable[[], None]]:
        """A `with` block in which nobody else works on that server; what it gives ends that early.

        Args:
            guild_id: the server.
            what: the command that does the work, for whoever comes second.

        Raises:
            Busy: names what is at work there.
        """
        running = self._running.get(guild_id)
        if running is not None:
            raise Busy(f"`{running}` is at work on this server. Try again when it has finished.")
        self._running[guild_id] = what
        with ExitStack() as held:
            held.callback(self._running.pop, guild_id)
            yield held.close
