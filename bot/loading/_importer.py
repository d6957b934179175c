"""The thread that executes the modules of cogs, while the event loop goes on.

An import on a slow machine may take longer than the 3 s that Discord gives a press or a slash command; on the
event loop it would also hold back the deferral that makes up for it.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import msgspec

from bot.loading import _code as code

# `sys.modules` is the process's, and another bot in it may import the same cog.
_ALONE = threading.Lock()


class Imported(msgspec.Struct, frozen=True):
    """What came of an import.

    Attributes:
        source: the hash of the files just before; see `source_hash`.
        outcome: the module, or what it raised, `SystemExit` and its like included.
    """

    source: str
    outcome: ModuleType | BaseException

    def module(self) -> ModuleType:
        """The module; raises what it raised."""
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class CogImporter:
    """Imports one module after the other: each import takes those before it out of `sys.modules`."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cog-import")

    async def run(self, name: str) -> Imported:
        """Execute the module as its files are now; what it raises is returned and not raised."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _import, name)

    def close(self) -> None:
        """End the thread once it has nothing left to do."""
        self._thread.shutdown(wait=False)


def _import(name: str) -> Imported:
    source = code.source_hash(name)
    try:
        with _ALONE:
            return Imported(source, code.import_anew(name))
    except BaseException as error:  # noqa: BLE001 - it is whoever waits that raises it; no future takes StopIteration
        return Imported(source, error)
