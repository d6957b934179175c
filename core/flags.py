"""The feature flags: set by the environment at start; a switch at run time lasts until the restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

import msgspec

from core.errors import UnknownName
from core.settings import Settings

logger = logging.getLogger(__name__)

FlagSource = Literal["default", "environment", "overridden until restart"]

_ENV_PREFIX = "ENABLE_"

_MEANINGS: Mapping[str, str] = {
    "response_caching": "Answers are cached in memory for their TTL, until what they depend on changes.",
    "lazy_commands": "A command's code is loaded at its first use.",
    "state_watching": "Edits of the state files are imported as soon as they are saved.",
}


class UnknownFlag(UnknownName):
    """There is no flag with that name."""

    kind = "flag"


class Flag(msgspec.Struct, frozen=True):
    """One flag: short name, environment variable, value, and where the value is from."""

    name: str
    env: str
    value: bool
    source: FlagSource
    meaning: str


class Flags:
    """The three flags. Names may be short or the environment variable, in any case."""

    def __init__(self, settings: Settings) -> None:
        self._values: dict[str, bool] = {
            "response_caching": settings.enable_response_caching,
            "lazy_commands": settings.enable_lazy_commands,
            "state_watching": settings.enable_state_watching,
        }
        self._at_start = dict(self._values)
        self._given = settings.given
        self._overridden: set[str] = set()
        self._listeners: list[Callable[[str, bool], None]] = []

    @property
    def response_caching(self) -> bool:
        """Whether answers are cached."""
        return self._values["response_caching"]

    @property
    def lazy_commands(self) -> bool:
        """Whether a command's code is loaded at its first use."""
        return self._values["lazy_commands"]

    @property
    def state_watching(self) -> bool:
        """Whether the state files are watched."""
        return self._values["state_watching"]

    def value(self, name: str) -> bool:
        """Whether a flag is on.

        Raises:
            UnknownFlag: there is no such flag; the text suggests the nearest.
        """
        return self._values[self._known(name)]

    def reader(self, name: str) -> Callable[[], bool]:
        """A function that reads a flag at each call without overhead, for hot paths.

        Raises:
            UnknownFlag: there is no such flag; the text suggests the nearest.
        """
        return partial(self._values.__getitem__, self._known(name))

    def switch(self, name: str, on: bool) -> Flag:
        """Switches a flag until the restart and tells the listeners; returns the flag.

        Raises:
            UnknownFlag: there is no such flag; the text suggests the nearest.
        """
        known = self._known(name)
        changed = self._values[known] != on
        self._values[known] = on
        if changed:
            self._overridden.add(known)
            if self._at_start[known] == on:
                self._overridden.discard(known)
            logger.info("flag.switched flag=%s on=%s", known, on)
            for listener in tuple(self._listeners):
                try:
                    listener(known, on)
                except Exception:
                    logger.exception("flag.listener_failed flag=%s", known)
        return self._describe(known)

    def describe(self) -> tuple[Flag, ...]:
        """All flags with value and source."""
        return tuple(self._describe(name) for name in self._values)

    def on_switch(self, callback: Callable[[str, bool], None]) -> None:
        """Calls `callback(short name, value)` after each switch that changed a value."""
        self._listeners.append(callback)

    def _known(self, name: str) -> str:
        short = name.strip().casefold().replace("-", "_").removeprefix(_ENV_PREFIX.casefold())
        if short not in self._values:
            raise UnknownFlag(name, self._values)
        return short

    def _describe(self, name: str) -> Flag:
        env = _ENV_PREFIX + name.upper()
        source: FlagSource = "environment" if env in self._given else "default"
        if name in self._overridden:
            source = "overridden until restart"
        return Flag(name, env, self._values[name], source, _MEANINGS[name])
