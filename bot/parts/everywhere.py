"""What admins do in every process that shares the store: reload, switch a flag, clear a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from bot.loading import LoadResult
from core.store import Reply

if TYPE_CHECKING:
    from bot.loading import CogLoader
    from core.cache import CacheRegistry
    from core.flags import Flags
    from core.store import Members
    from state.projection import Projector

# Names of caches that stand for several.
ALL, STATE = "all", "state"
_RELOAD, _FLAGS, _CLEAR = "reload", "flags", "cache clear"
# The code of a cog is read from the disk and run.
_RELOAD_WITHIN_S: Final = 30.0


class _Switch(msgspec.Struct, frozen=True):
    name: str
    on: bool


class Everywhere:
    """Asks every process, and answers when another process asks; the own reply comes first."""

    def __init__(
        self,
        members: Members,
        *,
        loader: CogLoader,
        flags: Flags,
        caches: CacheRegistry,
        projector: Projector,
    ) -> None:
        self._members = members
        self._loader = loader
        self._flags = flags
        self._caches = caches
        self._projector = projector
        members.on_ask(_RELOAD, self._reload)
        members.on_ask(_FLAGS, self._switch)
        members.on_ask(_CLEAR, self._clear)

    async def reload(self, cog: str) -> tuple[Reply, ...]:
        """Reloads the code of a cog; each reply is a `LoadResult` as JSON."""
        return await self._members.ask(_RELOAD, cog, deadline_s=_RELOAD_WITHIN_S)

    async def switch(self, name: str, *, on: bool) -> tuple[Reply, ...]:
        """Switches a flag; each reply is "on" or "off"."""
        return await self._members.ask(_FLAGS, msgspec.json.encode(_Switch(name, on)).decode())

    async def clear(self, cache: str) -> tuple[Reply, ...]:
        """Clears a cache, and rereads the state files if it holds what is made of them.

        Each reply is the number of entries removed.
        """
        return await self._members.ask(_CLEAR, cache)

    async def _reload(self, cog: str) -> str:
        return msgspec.json.encode(await self._loader.reload(cog)).decode()

    async def _switch(self, body: str) -> str:
        asked = msgspec.json.decode(body, type=_Switch)
        return "on" if self._flags.switch(asked.name, asked.on).value else "off"

    async def _clear(self, cache: str) -> str:
        entries = self._caches.drop_tags(STATE) if cache == STATE else self._caches.clear(cache)
        if reads_files(cache):
            await self._projector.check()
        return str(entries)


def reads_files(cache: str) -> bool:
    """Whether clearing this name also rereads the state files."""
    return cache in {STATE, ALL}


def read_result(answer: str) -> LoadResult:
    """The result of a reload that a process answered."""
    return msgspec.json.decode(answer, type=LoadResult)
