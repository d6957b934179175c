"""Slash commands: loads the cog before discord.py looks for the command, and counts every call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands

from bot import access, catalog
from bot.gateway.discord_internals import WholeCallTree
from bot.parts import HelixBot
from bot.replies import errors
from bot.replies.context import ANSWERED, OUTCOME
from bot.replies.responding import whisper
from bot.replies.waiting import Deferral
from core.errors import HelixError

if TYPE_CHECKING:
    from bot.gateway.command_metrics import Outcome

logger = logging.getLogger(__name__)


class HelixTree(WholeCallTree[HelixBot]):
    """A command tree that loads the cog of a slash command on its first use."""

    async def interaction_check(self, interaction: discord.Interaction[HelixBot], /) -> bool:
        """Check access and load the cog; False ends a completion that the caller may not use.

        Raises:
            AppCommandError: wraps the error, since only this kind reaches `on_error`.
        """
        entry = catalog.find(_name_of(interaction))
        if entry is None:
            return True
        completing = interaction.type is discord.InteractionType.autocomplete
        if not completing:
            # Loading counts towards the 3 s that Discord waits.
            Deferral(interaction, ephemeral=entry.ephemeral)
        try:
            access.enforce(entry, None, interaction)
            await self.client.loader.ensure(entry.cog)
        except HelixError as error:
            if completing:
                await interaction.response.autocomplete([])
                return False
            raise app_commands.AppCommandError(str(error)) from error
        return True

    async def on_error(
        self, interaction: discord.Interaction[HelixBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer and log an error that the command did not handle."""
        await self._answer(interaction, error)

    async def around_call(
        self,
        interaction: discord.Interaction[HelixBot],
        call: Callable[[discord.Interaction[HelixBot]], Awaitable[None]],
    ) -> None:
        """Run a slash call unless Helix is stopping; answer its errors and count it."""
        drain = self.client.kernel.drain
        completing = interaction.type is discord.InteractionType.autocomplete
        if not drain.accepting:
            if not completing:
                await _say_anyway(interaction, errors.RESTARTING)
            return
        began = self.client.kernel.clock.monotonic()
        self.client.kernel.clock_skew.compare(interaction.created_at)
        task = asyncio.current_task()
        if task is not None:
            drain.track(task, "command")
        try:
            await call(interaction)
        except asyncio.CancelledError:
            interaction.extras[OUTCOME] = "cut off"
            await _say_anyway(interaction, errors.CUT_OFF)
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the one handler sorts and logs all of them
            interaction.command_failed = True
            await self._answer(interaction, error)
        finally:
            deferral = Deferral.of(interaction)
            if deferral is not None:
                deferral.cancel()
            if not completing:
                self._count(interaction, began)

    async def _answer(self, interaction: discord.Interaction[HelixBot], error: BaseException) -> None:
        interaction.extras[OUTCOME] = await errors.report(
            interaction, error, where=f"/{_name_of(interaction)}"
        )

    def _count(self, interaction: discord.Interaction[HelixBot], began: float) -> None:
        entry = catalog.find(_name_of(interaction))
        if entry is None:
            self.client.command_metrics.record_unknown()
            return
        outcome: Outcome = interaction.extras.get(OUTCOME, "ok")
        answered: float = interaction.extras.get(ANSWERED, self.client.kernel.clock.monotonic())
        self.client.command_metrics.record(entry.name, outcome, answered - began)


def _name_of(interaction: discord.Interaction[Any]) -> str:
    data = cast("dict[str, Any]", interaction.data or {})
    return str(data.get("name", ""))


async def _say_anyway(interaction: discord.Interaction[Any], text: str) -> None:
    try:
        await whisper(interaction, text)
    except errors.UNSENT as error:
        logger.info("slash.untold error=%s", type(error).__name__)
