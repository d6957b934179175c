"""Commands that run, stop, list, replay and schedule rituals, and show the folklore."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot import access
from bot.arguments.completion import offering
from bot.arguments.parsing import parse_action
from bot.cards import ritual as ritual_cards
from bot.cards import ritual_messages
from bot.catalog.entry import Level
from bot.cogs.rituals import _folklore, _harmony, _limits, _log, _schedule, _screens
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.confirm import confirm
from bot.replies.progress import Progress
from state.rituals.folklore import KINDS
from state.rituals.records import Replay, RitualCancelled, RitualRecord, check_steps
from state.rituals.rules import DEFAULT_STEPS, HARMONY_GOAL, HARMONY_STEPS

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext
    from state.rituals import Run

_MOST_CHOICES = 25


class Rituals(HelixCog, name="rituals"):
    """Commands about the Z-88 engine."""

    @command("ritual")
    async def ritual(self, ctx: HelixContext, steps: int = DEFAULT_STEPS) -> None:
        """Run a ritual and show its progress."""
        rituals, caller = self.bot.collective.rituals, ctx.caller
        place = _limits.PLACE if _limits.is_away(caller) else None
        if place is not None:
            last = await rituals.last_of(caller.user_id, place)
            _limits.check_away(check_steps(steps), last, self.bot.kernel.clock.now())
        run = await rituals.start(steps, actor=caller.actor, place=place)
        await self._follow(ctx, run, partial(_first_met, run))

    @buttons.component("rituals", "stop", command="ritual", payload=buttons.NUMBER)
    async def stop(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Stop the ritual of this button, if the member began it or is a mod."""
        rituals, caller = self.bot.collective.rituals, press.caller
        record = await rituals.get(int(press.payload))
        if not _may_stop(caller, record):
            await press.answer.whisper(
                "Only the person who began this ritual or a mod of the home server can stop it."
            )
            return
        await rituals.cancel("stopped by button", caller.actor, ritual=record.id)
        record = await rituals.get(record.id)
        if record.status == "running":
            await press.answer.whisper("Too late to stop it: its result is being saved.")
            return
        await press.answer.update(embed=ritual_cards.ended(record, show_people=caller.sees_names))

    @command("harmony")
    async def harmony(self, ctx: HelixContext) -> None:
        """Run a harmony ritual if harmony is low."""
        harmony = self.bot.collective.manager.snapshot.ucf.harmony
        if harmony >= HARMONY_GOAL:
            await ctx.say(embed=_screens.in_harmony(harmony))
            return
        rituals = self.bot.collective.rituals
        place = f"{self.bot.remember_scope}#{ctx.guild.id if ctx.guild is not None else 0}"
        _limits.check_rest(await rituals.last_at(place), self.bot.kernel.clock.now())
        run = await rituals.start(HARMONY_STEPS, actor=ctx.caller.actor, kind="harmony", place=place)
        await self._follow(ctx, run, _harmony.phase_begun, first=_harmony.PHASES[0])

    @command("rituals")
    async def rituals(self, ctx: HelixContext, page: int = 1) -> None:
        """List the rituals."""
        log = _log.check_page(page, await _log.fetch_log(self.bot.collective.rituals, page - 1))
        await self._show_log(ctx, log)

    @buttons.component("rituals", "list", command="rituals")
    async def turn_log(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current list."""
        log = await _log.fetch_log(self.bot.collective.rituals, pages.Turn.of(press).page)
        await self._show_log(press, log)

    @buttons.component("rituals", "one", command="rituals", chosen=buttons.NUMBER)
    async def show_one(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Show the chosen ritual."""
        record = await self.bot.collective.rituals.get(int(press.values[0]))
        await self._show_whole(press, record, page=pages.Turn.of(press).page)

    @buttons.component("rituals", "replay", command="rituals", payload=pages.TURN + buttons.NUMBER)
    async def replay(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Replay the ritual and compare it with the record."""
        turn = pages.Turn.of(press)
        replay = await self.bot.collective.rituals.replay(int(turn.payload))
        await self._show_whole(press, replay.record, page=turn.page, replay=replay)

    @command("schedule")
    async def schedule(self, ctx: HelixContext, action: str = "list", *, details: str | None = None) -> None:
        """Show the schedules, or add or remove one."""
        schedules = self.bot.collective.schedules
        wanted = parse_action(action, _schedule.ACTIONS)
        if wanted == "list":
            _schedule.refuse_details(details)
            await self._show_schedules(ctx, 0)
        elif wanted == "add":
            rule, steps = _schedule.parse_addition(details, self.bot.kernel.clock.now())
            await ctx.say(embed=_screens.added(await schedules.add(rule, steps, actor=ctx.caller.actor)))
        else:
            found = schedules.get(_schedule.parse_id(details))
            if await confirm(ctx, _screens.removal_question(found), danger=False):
                await ctx.say(
                    embed=_screens.removed(await schedules.remove(found.id, actor=ctx.caller.actor))
                )

    @buttons.component("rituals", "schedules", command="schedule")
    async def turn_schedules(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the schedules."""
        await self._show_schedules(press, pages.Turn.of(press).page)

    @command("folklore")
    async def folklore(self, ctx: HelixContext, *, entry: str | None = None) -> None:
        """Show the folklore, or one entry."""
        wanted = None if entry is None else _folklore.parse_entry(entry)
        entries = ctx.cached(
            (), lambda: _folklore.build_folklore(self.bot.collective.manager.snapshot), ("state",)
        )
        one = next((found for found in entries if found.kind == wanted), None)
        await ctx.say(embed=_screens.folklore(entries) if one is None else _screens.entry(one))

    folklore.autocomplete("entry")(offering(*KINDS))

    @schedule.autocomplete("details")
    async def complete_details(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest times to add or schedules to remove, depending on the action."""
        action = getattr(interaction.namespace, "action", None)
        typed = current.strip().casefold()
        return [
            app_commands.Choice(name=shown[:100], value=value)
            for shown, value in _schedule.offered(action, self.bot.collective.schedules.all)
            if typed in shown.casefold()
        ][:_MOST_CHOICES]

    async def _follow(
        self, ctx: HelixContext, run: Run, note: Callable[[int], str], *, first: str = ""
    ) -> None:
        """Show a ritual's progress until it has ended."""
        stop = await buttons.button(self.bot, "rituals", "stop", 0, str(run.id), label="Stop")
        async with Progress(
            ctx,
            ritual_cards.title(run.record),
            total=run.record.steps,
            below=buttons.view_of(stop),
            on_message=partial(ritual_messages.remember, self.bot, run.id),
        ) as progress:
            progress.advance(run.step, first)
            run.watch(lambda step: progress.advance(step, note(step)))
            try:
                record = await run.wait()
            except RitualCancelled as early:
                record = early.record
            await progress.finish(ritual_cards.ended(record, show_people=ctx.at_home))
        await ritual_messages.forget(self.bot, run.id)

    async def _show_log(self, asked: Asked, log: _log.Log) -> None:
        items = []
        if log.records:
            options = _screens.options(log.records)
            items.append(
                await self.menu(asked, "one", f"{log.page}|", options=options, placeholder="Open a ritual")
            )
        running = log.running_record
        if log.records and running is not None and _may_stop(asked.caller, running):
            items.append(await self.button(asked, "stop", str(running.id), label=f"Stop {running.id}"))
        await self.show_page(
            asked, "list", _screens.log(log, show_people=asked.caller.sees_names), items=items
        )

    async def _show_whole(
        self, press: buttons.Press, record: RitualRecord, *, page: int, replay: Replay | None = None
    ) -> None:
        back = await self.button(press, "list", f"{page}|", label="Back")
        again = await self.button(
            press, "replay", f"{page}|{record.id}", label="Replay", disabled=record.finish is None
        )
        embed = _screens.whole(record, show_people=press.caller.sees_names, replay=replay)
        await press.answer.update(embed=embed, view=buttons.view_of(again, back))

    async def _show_schedules(self, asked: Asked, page: int) -> None:
        schedules = self.bot.collective.schedules
        show_people = asked.caller.sees_names
        shown = _screens.schedules(schedules.all, page, show_people=show_people, held=schedules.held)
        await self.show_page(asked, "schedules", shown)


def _may_stop(caller: access.Caller, record: RitualRecord) -> bool:
    return caller.user_id == record.actor.id or access.level_at(caller, local=False) >= Level.mod


def _first_met(run: Run, step: int) -> str:
    """A line for the first time a kind appears in this ritual; else empty."""
    kind = run.drawn[step - 1]
    if kind is None or kind in run.drawn[: step - 1]:
        return ""
    return f"{ritual_cards.SYMBOLS.get(kind, '')} {kind} at step {step}"


setup = Rituals.add_to
