"""Runs the steps of a set-up in order, with progress and a "Stop" button."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.replies import discord_codes, errors
from bot.replies.progress import Stopped

if TYPE_CHECKING:
    from bot.replies.progress import Progress

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to create: its label, and the function that creates it."""

    label: str
    act: Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Report:
    """The result of a run.

    Attributes:
        total: the number of steps.
        done: the labels of the finished steps.
        trouble: why the run ended early, as a sentence; None if it did not.
    """

    total: int
    done: list[str] = field(default_factory=list)
    trouble: str | None = None

    @property
    def left(self) -> int:
        """The number of unfinished steps; a second run does them."""
        return self.total - len(self.done)


async def carry_out(steps: Sequence[Step], progress: Progress) -> Report:
    """Do the steps in order until one fails or "Stop" is pressed.

    Finished steps stay finished, and a second run plans only what is missing, so it continues from there.
    """
    report = Report(len(steps))

    async def work() -> None:
        for step in steps:
            await step.act()
            report.done.append(step.label)
            progress.advance(len(report.done), f"✅ {step.label}")

    try:
        await progress.run(work())
    except Stopped:
        report.trouble = "It was stopped."
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        report.trouble = in_words(error)
        logger.warning("guild_work.step_failed done=%d error=%s", len(report.done), errors.in_short(error))
    return report


def in_words(error: BaseException) -> str:
    """Why Discord did not do it, and what helps."""
    if isinstance(error, discord.HTTPException):
        return discord_codes.in_words(error)
    return "Discord could not be reached. Try again in a moment."
