"""What the loader knows of one cog, and what it tells of it."""

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
        "admin": "it loads the other cogs again",
        "help": "it shows what the commands are",
        "monitoring": "it shows how Helix is doing",
    }
)
"""The cogs that cannot be unloaded, each with the reason."""


class UnknownCog(UnknownName):
    """No cog has that name; the text suggests the nearest."""

    kind = "cog"

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(name, known)


class CogDisabled(HelixError):
    """The cog was unloaded on purpose."""

    def __init__(self, cog: str) -> None:
        super().__init__(f"The {cog} commands are switched off. `/load {cog}` switches them on again.")


class CogStays(HelixError):
    """The cog cannot be unloaded."""

    def __init__(self, cog: str) -> None:
        super().__init__(f"`{cog}` stays loaded, because {STAYS[cog]}. Nothing was unloaded.")


class CogFailed(HelixError):
    """The cog could not be loaded; trying again needs a reload.

    Attributes:
        failure: where and why.
    """

    def __init__(self, cog: str, failure: CogFailure) -> None:
        self.failure = failure
        super().__init__(
            f"The {cog} commands could not be loaded (incident `{failure.incident}`)."
            f" Once that is mended, `/reload {cog}` loads them."
        )


class LoadResult(msgspec.Struct, frozen=True):
    """What became of one load, unload or reload.

    Attributes:
        ms: how long it took, in milliseconds.
        kept_old: whether the code from before is still there and answers.
    """

    cog: str
    ok: bool
    ms: float
    error: CogFailure | None = None
    kept_old: bool = False


class CogStatus(msgspec.Struct, frozen=True):
    """One cog as it is now.

    Attributes:
        load_ms: how long its last load took; None before the first.
        uses: commands run since the start.
        commands: their names; empty where the cog is not loaded.
        error: of the last attempt, where that failed; a loaded cog with an error runs its old code.
    """

    name: str
    state: CogState
    load_ms: float | None
    uses: int
    commands: tuple[str, ...]
    error: CogFailure | None
    loaded_at: datetime | None


class CogRecord(msgspec.Struct):
    """The loader's own memory of one cog.

    Attributes:
        module: what is loaded; its `setup` brings it back after a failed swap.
        source: the hash of the files that were last tried.
        pending: changes that run or wait for the lock; `idle` is set while there are none.
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
        """Nothing, where a load may be tried.

        Raises:
            CogDisabled, CogFailed: only `load` or `reload` bring it back.
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
