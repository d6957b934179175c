"""The records of a cog: the loader's own, and the one that others read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType, ModuleType
from typing import Literal

import msgspec

from bot.loading._code import CogFailure
from core.errors import HelixError, UnknownName

CogState = Literal["loaded", "not yet", "failed", "disabled"]

STAYS: Mapping[str, str] = MappingProxyType(
    {
        "admin": "it reloads the other cogs",
        "help": "it lists the commands",
        "monitoring": "it shows the state of Helix",
    }
)
"""The cogs that cannot be unloaded, each with the reason."""


class UnknownCog(UnknownName):
    """No cog has that name; the text suggests a similar one."""

    kind = "cog"

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(name, known)


class CogDisabled(HelixError):
    """The cog was unloaded by an admin."""

    def __init__(self, cog: str) -> None:
        super().__init__(f"The {cog} commands are switched off. `/load {cog}` switches them on again.")


class CogStays(HelixError):
    """The cog cannot be unloaded."""

    def __init__(self, cog: str) -> None:
        super().__init__(f"`{cog}` stays loaded, because {STAYS[cog]}. Nothing was unloaded.")


class CogFailed(HelixError):
    """The cog could not be loaded; it needs a reload.

    Attributes:
        failure: the place in the code and the reason.
    """

    def __init__(self, cog: str, failure: CogFailure) -> None:
        self.failure = failure
        super().__init__(
            f"The {cog} commands could not be loaded (incident `{failure.incident}`)."
            f" After the code is fixed, `/reload {cog}` loads them."
        )


class LoadResult(msgspec.Struct, frozen=True):
    """The result of a load, unload or reload.

    Attributes:
        ms: its duration in milliseconds.
        kept_old: whether the earlier code still runs.
    """

    cog: str
    ok: bool
    ms: float
    error: CogFailure | None = None
    kept_old: bool = False


class CogStatus(msgspec.Struct, frozen=True):
    """One cog as it is now.

    Attributes:
        load_ms: the duration of its last load in milliseconds; None before the first.
        uses: commands run since the start.
        commands: the names of its commands; empty if it is not loaded.
        error: the error of the last attempt; None if it succeeded. A loaded cog with an error runs old code.
    """

    name: str
    state: CogState
    load_ms: float | None
    uses: int
    commands: tuple[str, ...]
    error: CogFailure | None
    loaded_at: datetime | None


class CogRecord(msgspec.Struct):
    """The loader's own record of one cog.

    Attributes:
        module: the loaded module; after a failed swap its `setup` runs again.
        source: the hash of the files at the last attempt.
        pending: the number of changes that run or wait for the lock; `idle` is set while it is 0.
    """

    name: str
    module_name: str
    state: CogState = "not yet"
    module: ModuleType | None = None
    source: str | None = None
    load_ms: float | None = None
    uses: int = 0
    error: CogFailure | None = None
    loaded_at: datetime | None = None
    lock: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)
    pending: int = 0
    idle: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    def raise_if_unusable(self) -> None:
        """Checks whether using the cog may load it.

        Raises:
            CogDisabled, CogFailed: it needs `load` or `reload`.
        """
        if self.state == "disabled":
            raise CogDisabled(self.name)
        if self.state == "failed" and self.error is not None:
            raise CogFailed(self.name, self.error)

    def status(self, commands: tuple[str, ...]) -> CogStatus:
        """This record for others to read."""
        return CogStatus(
            name=self.name,
            state=self.state,
            load_ms=self.load_ms,
            uses=self.uses,
            commands=commands,
            error=self.error,
            loaded_at=self.loaded_at,
        )
