"""Commands for fun: dice, coins, fortunes, the eight ball and the vibe check."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.arguments.completion import offering
from bot.arguments.parsing import check_range
from bot.arguments.people import Person
from bot.cogs.fun import _dice, _dice_notation, _eight_ball, _fortune, _screens, _signs, _vibe
from bot.cogs.fun._day import day_of
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command

if TYPE_CHECKING:
    from bot.replies.context import HelixContext

# Suggestions; any other notation may be typed as well.
_COMMON_DICE = ("1d20", "1d20+5", "2d20kh1", "2d20kl1", "2d6", "3d6", "4d6kh3", "8d6", "1d100")


class Fun(HelixCog, name="fun"):
    """Commands for a light moment."""

    @command("8ball")
    async def eight_ball(self, ctx: HelixContext, *, question: str) -> None:
        """Answer a question."""
        asked = _eight_ball.check_question(question)
        harmony = self.bot.collective.manager.snapshot.ucf.harmony
        draw = random.SystemRandom()
        reading = _eight_ball.answer(harmony, draw.random(), draw.random())
        await ctx.say(embed=_screens.eight_ball(asked, reading, harmony))

    @command("roll")
    async def roll(self, ctx: HelixContext, *, dice: str = "1d20") -> None:
        """Roll dice."""
        terms = _dice_notation.parse_dice(dice)
        await ctx.say(embed=_screens.rolled(_dice.roll(terms, random.SystemRandom().randint)))

    @command("coinflip")
    async def coinflip(self, ctx: HelixContext, count: int = 1) -> None:
        """Flip coins."""
        count = check_range("count", count, 1, _dice.MOST_COINS)
        await ctx.say(embed=_screens.coins(_dice.flip(count, random.SystemRandom().getrandbits)))

    @command("fortune")
    async def fortune(self, ctx: HelixContext, sign: str | None = None) -> None:
        """Show the caller's fortune of the day."""
        known = _signs.parse_sign(sign)
        view = _fortune.build_fortune(ctx.author.id, day_of(self.bot.kernel.clock.now()), known)
        await ctx.say(embed=_screens.fortune(view, ctx.author.display_name))

    @command("vibe-check")
    async def vibe_check(
        self,
        ctx: HelixContext,
        *,
        member: app_commands.Transform[discord.Member | discord.User | None, Person] = None,
    ) -> None:
        """Show the vibe of the caller or another member."""
        person = member or ctx.author
        ucf = self.bot.collective.manager.snapshot.ucf
        view = _vibe.build_vibe(ucf, person.id, day_of(self.bot.kernel.clock.now()))
        await ctx.say(embed=_screens.vibe(view, person.display_name))

    roll.autocomplete("dice")(offering(*_COMMON_DICE))
    fortune.autocomplete("sign")(offering(*_signs.SIGNS))


setup = Fun.add_to
