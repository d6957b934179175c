"""The channels for alerts, telemetry, digest and deployments: from a setting, else from `setup`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from core.settings import Settings
    from core.store.kv import KeyValueStore

Duty = Literal["alerts", "telemetry", "digest", "deployments"]

# The kind of change that the feed tells.
KINDS: Final = ("duties",)
DUTIES: Final[tuple[Duty, ...]] = get_args(Duty)


class Duties:
    """The channels of one application on one Discord; call `load` after the login."""

    def __init__(self, settings: Settings, key_values: KeyValueStore) -> None:
        self._store = key_values
        self._scope = ""
        self._set: dict[Duty, int | None] = {
            "alerts": settings.alerts_channel_id,
            "telemetry": settings.telemetry_channel_id,
            "digest": settings.digest_channel_id,
            "deployments": settings.deployments_channel_id,
        }
        self._channels: dict[str, int] = {}
        self._listeners: list[Callable[[Duty], None]] = []

    async def load(self, scope: str) -> None:
        """Read the channels that an earlier run stored for this application (`scope`)."""
        self._scope = f"{scope}#duties"
        found = await self._store.items(self._scope)
        self._channels = {duty: int(channel) for duty, channel in found.items()}
        for duty in DUTIES:
            if duty in self._channels:
                self._announce(duty)

    async def reload(self) -> None:
        """Read the channels again, after another process stored one."""
        before = self._channels
        found = await self._store.items(self._scope)
        self._channels = {duty: int(channel) for duty, channel in found.items()}
        for duty in DUTIES:
            if before.get(duty) != self._channels.get(duty):
                self._announce(duty)

    def channel_id(self, duty: Duty) -> int | None:
        """The channel for this duty; None if there is none and the feature is off."""
        return self._set[duty] or self._channels.get(duty)

    def is_set(self, duty: Duty) -> bool:
        """Whether a setting names the channel; it overrides the stored one."""
        return self._set[duty] is not None

    async def remember(self, duty: Duty, channel_id: int) -> None:
        """Store the channel for this duty; a setting overrides it."""
        if self._channels.get(duty) == channel_id:
            return
        await self._store.set(self._scope, duty, str(channel_id), kinds=KINDS)
        self._channels[duty] = channel_id
        self._announce(duty)

    def on_change(self, callback: Callable[[Duty], None]) -> None:
        """Call `callback(duty)` when the channel may have changed; it must not block."""
        self._listeners.append(callback)

    def _announce(self, duty: Duty) -> None:
        for callback in self._listeners:
            callback(duty)
