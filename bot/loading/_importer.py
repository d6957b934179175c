"""Imports the modules of cogs in a thread.

On a slow machine an import may take longer than the 3 s that Discord allows for the answer to a press or a
slash command. On the event loop it would also delay the deferral, which extends that time.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import msgspec

from bot.loading import _code as code

# All bots of the process share `sys.modules`, so only one import runs at a time.
_ALONE = threading.Lock()


class Imported(msgspec.Struct, frozen=True):
    """The result of an import.

    Attributes:
        source: the hash of the files just before; see `source_hash`.
        outcome: the module, or the exception it raised, also `SystemExit`.
    """

    source: str
    outcome: ModuleType | BaseException

    def module(self) -> ModuleType:
        """The module; raises the exception that the import raised."""
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class CogImporter:
    """Imports one module at a time, since each import replaces modules in `sys.modules`."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cog-import")

    async def run(self, name: str) -> Imported:
        """Execute the present files of the module; an exception is returned, not raised."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _import, name)

    def close(self) -> None:
        """Stop the thread after its last import."""
        self._thread.shutdown(wait=False)


def _import(name: str) -> Imported:
    source = code.source_hash(name)
    try:
        with _ALONE:
            return Imported(source, code.import_anew(name))
    except BaseException as error:  # noqa: BLE001 - raised in the caller, since a future does not accept StopIteration
        return Imported(source, error)
