"""The feature flags: from the environment at start, switched at run time until the restart."""

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
    "response_caching": "Answers are kept in memory for their TTL, until what they depend on changes.",
    "lazy_commands": "A command's code is loaded when it is first used.",
    "state_watching": "An edit of the state files by hand is taken as soon as it is saved.",
}


class UnknownFlag(UnknownName):
    """No flag has that name."""

    kind = "flag"


class Flag(msgspec.Struct, frozen=True):
    """One flag as it stands: its short name, its environment variable, its value and where that is from."""

    name: str
    env: str
    value: bool
    source: FlagSource
    meaning: str


class Flags:
    """The three flags. Names are taken short or as the environment variable, in any case."""

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
        """Whether commands are loaded on first use."""
        return self._values["lazy_commands"]

    @property
    def state_watching(self) -> bool:
        """Whether the state files are watched."""
        return self._values["state_watching"]

    def value(self, name: str) -> bool:
        """Whether a flag is on.

        Raises:
            UnknownFlag: no flag has that name; the text suggests the nearest.
        """
        return self._values[self._known(name)]

    def reader(self, name: str) -> Callable[[], bool]:
        """What reads a flag each time it is called, with nothing in between; for hot paths.

        Raises:
            UnknownFlag: no flag has that name; the text suggests the nearest.
        """
        return partial(self._values.__getitem__, self._known(name))

    def switch(self, name: str, on: bool) -> Flag:
        """Switch a flag until the restart and tell the listeners; gives the flag as it is now.

        Raises:
            UnknownFlag: no flag has that name; the text suggests the nearest.
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
        """Every flag with its value and where that is from."""
        return tuple(self._describe(name) for name in self._values)

    def on_switch(self, callback: Callable[[str, bool], None]) -> None:
        """Call `callback(short name, value)` after each switch that changed something."""
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
