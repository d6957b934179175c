"""Cooldowns per user, at a cost that does not grow with the number of users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from discord.ext import commands

from bot.catalog.entry import USUAL, Cooldown
from bot.gateway.discord_internals import CooldownSweep


class UserCooldowns(CooldownSweep):
    """One bucket per user, forgotten after a window without use.

    discord.py 2.7 checks all buckets at each command; this class does so once per window. A bucket that is
    kept longer is no stricter: it starts a new window on its own.
    """

    def __init__(self, cooldown: Cooldown) -> None:
        super().__init__(commands.Cooldown(cooldown.rate, cooldown.per_s), commands.BucketType.user)
        self._per_s = cooldown.per_s
        self._swept_at: float | None = None

    def is_due(self, moment: float) -> bool:
        """True once per window."""
        # Also sweep if the clock was set back.
        if self._swept_at is not None and 0 <= moment - self._swept_at < self._per_s:
            return False
        self._swept_at = moment
        return True


class ActionCooldowns(UserCooldowns):
    """Cooldowns of a command whose quick uses have the usual cooldown."""

    def __init__(self, cooldown: Cooldown, is_quick: Callable[[commands.Context[Any]], bool]) -> None:
        super().__init__(cooldown)
        self._is_quick = is_quick
        self._quick = UserCooldowns(USUAL)

    def get_bucket(
        self, message: commands.Context[Any], current: float | None = None
    ) -> commands.Cooldown | None:
        """The bucket that counts this use."""
        if self._is_quick(message):
            return self._quick.get_bucket(message, current)
        return super().get_bucket(message, current)
