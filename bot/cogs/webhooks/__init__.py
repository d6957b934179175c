"""Commands about events and deliveries: list, replay, circuit breakers, and test events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.arguments.completion import offering, suggesting
from bot.arguments.parsing import parse_action
from bot.cogs.webhooks import _arguments, _deliveries, _screens, _sending
from bot.dispatch.cog import HelixCog
from bot.dispatch.command import command
from bot.replies import buttons, pages
from bot.replies.progress import Progress
from core.text.durations import say_last
from core.webhooks.records import InboxEvent
from state.events import OUT_EVENTS, by_hand

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.dispatch.cog import Asked
    from bot.replies.context import HelixContext
    from state.webhooks import Webhooks as WebhookService


class Webhooks(HelixCog, name="webhooks"):
    """Commands about webhooks."""

    @command("webhooks")
    async def webhooks(self, ctx: HelixContext, view: str | None = None, page: int = 1) -> None:
        """Show a list, or one entry in full."""
        wanted = _arguments.parse_view(view)
        number = _arguments.check_page(page) - 1
        if isinstance(wanted, _arguments.Target):
            await self._show_one(ctx, wanted)
        else:
            await self._show_list(ctx, wanted, number)

    @buttons.component("webhooks", "list", command="webhooks", payload=pages.TURN + _arguments.VIEW)
    async def turn(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current list."""
        turn = pages.Turn.of(press)
        wanted = _arguments.parse_view(turn.payload)
        if not isinstance(wanted, _arguments.Target):
            await self._show_list(press, wanted, turn.page)

    @command("replay")
    async def replay(self, ctx: HelixContext, target: str, since: str | None = None) -> None:
        """Send dead letters again, or rerun the dead handlers of an event."""
        wanted = _arguments.parse_replay(target, since)
        if isinstance(wanted, _arguments.Target) and (wanted.event or "").startswith("evt_"):
            count = await _sending.replay_incoming(self._webhooks, wanted.event or "", ctx.caller.actor)
            await ctx.say(embed=_screens.handlers_again(count))
            return
        ids = await _sending.find_dead(self._webhooks, wanted, self.bot.kernel.clock.now())
        if not ids:
            await ctx.say(embed=_screens.nothing_dead(_span(wanted)))
            return
        async with Progress(ctx, "🔁 Sending again", total=len(ids)) as progress:
            result = await _sending.replay(self._webhooks, ids, ctx.caller.actor, progress.advance)
            await progress.finish(_screens.replayed(result))

    @buttons.component("webhooks", "replay", command="replay", payload=_arguments.DELIVERIES)
    async def replay_pressed(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """The button below a dead-letter notice: send the deliveries that are still dead."""
        first, _, last = press.payload.partition("-")
        dead = await self._webhooks.outbox.dead_since(None)
        ids = tuple(one for one in dead if int(first) <= one <= int(last or first))
        if not ids:
            await press.answer.whisper("Nothing to replay: these deliveries were already sent again.")
            return
        actor = press.caller.actor
        result = await _sending.replay(self._webhooks, ids, actor, lambda _done, _note: None, wait_s=1.0)
        await press.answer.update(embed=_screens.replayed(result))

    @command("breakers", action="action")
    async def breakers(self, ctx: HelixContext, action: str = "list", *, name: str | None = None) -> None:
        """List the circuit breakers, or reset or trip one."""
        wanted = parse_action(action, _arguments.ACTIONS)
        if wanted == "list":
            await self.show_page(ctx, "breakers", _screens.breakers(self._webhooks.breakers.views(), 0))
            return
        breaker = self._webhooks.breakers.find(_arguments.need_name(wanted, name))
        before = breaker.view()
        if wanted == "reset":
            breaker.reset()
            await self._webhooks.destinations.enable(breaker.name)
        else:
            breaker.trip()
        after = breaker.view()
        await self._webhooks.note(
            ctx.caller.actor.row(
                "breaker", breaker.name, reason=wanted, before=before.state, after=after.state
            )
        )
        await ctx.say(embed=_screens.breaker_changed(before, after))

    @buttons.component("webhooks", "breakers", command="breakers")
    async def turn_breakers(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current breakers."""
        shown = _screens.breakers(self._webhooks.breakers.views(), pages.Turn.of(press).page)
        await self.show_page(press, "breakers", shown)

    @command("emit")
    async def emit(self, ctx: HelixContext, event: str, *, json: str | None = None) -> None:
        """Send a test event to all destinations and show the result."""
        kernel = self.bot.kernel
        made = by_hand.build_from_text(event, json or "", kernel.clock.now())
        row = ctx.caller.actor.row("event", by_hand.find_type(event), reason="on purpose")
        event_id = await self._webhooks.send(made, row)
        listeners = by_hand.announce_test(kernel.broadcaster, made)
        deliveries = await _sending.wait_for(self._webhooks, event_id)
        await ctx.say(embed=_screens.emitted(made, deliveries, listeners))

    webhooks.autocomplete("view")(offering(*_arguments.VIEWS))

    replay.autocomplete("target")(suggesting(lambda asked: _targets(asked.client.collective.webhooks)))
    breakers.autocomplete("name")(
        suggesting(lambda asked: [view.name for view in asked.client.collective.webhooks.breakers.views()])
    )
    emit.autocomplete("event")(offering(*OUT_EVENTS))

    @property
    def _webhooks(self) -> WebhookService:
        return self.bot.collective.webhooks

    async def _show_list(self, asked: Asked, view: _arguments.View, page: int) -> None:
        shown = _screens.listing(await _deliveries.fetch_list(self._webhooks, view), page)
        await self.show_page(asked, "list", shown, view)

    async def _show_one(self, ctx: HelixContext, target: _arguments.Target) -> None:
        found, view = await _deliveries.fetch_one(self._webhooks, target), None
        if isinstance(found, InboxEvent):
            embed = _screens.event(found)
        elif isinstance(found, _deliveries.Outgoing):
            embed = _screens.listing(found, 0).embed
        else:
            embed = _screens.whole(found)
            if found.delivery.status == "dead":
                number = str(found.delivery.id)
                view = buttons.view_of(await self.button(ctx, "replay", number, label="Replay", emoji="🔁"))
        await ctx.say(embed=embed, view=view)


async def _targets(webhooks: WebhookService) -> list[str]:
    """`failed`, and the ids of the dead deliveries, newest first."""
    dead = await webhooks.outbox.dead_since(None)
    return [_arguments.FAILED, *map(str, reversed(dead))]


def _span(wanted: _arguments.Target | timedelta | None) -> str:
    return "" if wanted is None or isinstance(wanted, _arguments.Target) else f" in the {say_last(wanted)}"


setup = Webhooks.add_to
