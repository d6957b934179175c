"""Commands that show the UCF, its trends and its alerts, and tune its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord

from bot import access
from bot.arguments.completion import offering, suggesting
from bot.arguments.parsing import parse_action
from bot.cards import alert as alert_card
from bot.cards import trends
from bot.cogs.field import _alerts, _arguments, _field, _screens, _tune
from bot.dispatch.cog import HelixCog, may
from bot.dispatch.command import command
from bot.replies import buttons, pages
from state.change import Actor
from state.models import METRICS

if TYPE_CHECKING:
    from bot.dispatch.cog import Asked
    from bot.parts import HelixBot
    from bot.replies.context import HelixContext

_WINDOWS = ("1h", "6h", "24h", "7d", "30d", "90d")
_SPANS = ("30m", "1h", "2h", "8h", "1d", "7d", _arguments.OFF)


@dataclass(frozen=True, slots=True)
class _Picture:
    png: bytes
    alt: str
    lines: tuple[str, ...]


def _may_ack(interaction: discord.Interaction[Any]) -> bool:
    return may(access.caller_of(interaction), "alerts", "ack")


def _targets(interaction: discord.Interaction[HelixBot]) -> Sequence[str]:
    """The alerts to acknowledge and the metrics to mute, depending on the action; none to others."""
    action = getattr(interaction.namespace, "action", None)
    if action == "list" or not _may_ack(interaction):
        return ()
    open_alerts = interaction.client.collective.alerts.open()
    unknown = [str(alert.id) for alert in open_alerts if alert.acknowledged_at is None]
    return {"ack": unknown, "mute": list(METRICS)}.get(str(action), [*unknown, *METRICS])


class Field(HelixCog, name="field"):
    """Commands about the field."""

    @command("ucf")
    async def ucf(self, ctx: HelixContext, metric: str | None = None) -> None:
        """Show the six values, or one of them."""
        names = tuple(METRICS) if metric is None else (_arguments.parse_metric(metric),)
        view = await ctx.cached_async(names, lambda: self._fetch_field(names), ("state", "rituals"))
        await ctx.say(embed=_screens.field(view))

    @command("trend")
    async def trend(self, ctx: HelixContext, metric: str | None = None, *, window: str | None = None) -> None:
        """Draw a chart over time."""
        names, span = _arguments.parse_scope(metric, window)
        picture = await ctx.cached_async(
            (names, span.total_seconds()), lambda: self._draw(names, span), ("state",), kind=_Picture
        )
        name = names[0] if len(names) == 1 else "field"
        file = discord.File(BytesIO(picture.png), filename=f"{name}-trend.png", description=picture.alt)
        await ctx.say("\n".join(picture.lines), files=(file,))

    @command("alerts", action="action")
    async def alerts(
        self,
        ctx: HelixContext,
        action: str = "list",
        target: str | None = None,
        *,
        span: str | None = None,
    ) -> None:
        """List the alerts, acknowledge one, or mute a metric."""
        wanted = parse_action(action, _arguments.ALERT_ACTIONS)
        if wanted == "ack":
            alert = await self.bot.collective.alerts.ack(_arguments.parse_alert(target), ctx.caller.actor)
            await ctx.say(embed=alert_card.card(alert, show_people=ctx.at_home))
        elif wanted == "mute":
            await ctx.say(embed=await self._mute(target, span, ctx.caller.actor))
        else:
            await self._show_alerts(ctx, 0)

    @command("tune")
    async def tune(self, ctx: HelixContext, metric: str, value: str, *, reason: str | None = None) -> None:
        """Set or shift a value."""
        name, shift = _arguments.parse_metric(metric), _arguments.parse_value(value)
        result = await _tune.tune(self.bot.collective.manager, name, shift, ctx.caller.actor, reason)
        await ctx.say(embed=_screens.tuned(result, reason if ctx.at_home else None))

    @buttons.component("field", "alerts", command="alerts")
    async def turn_alerts(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Turn to another page of the current alerts."""
        await self._show_alerts(press, pages.Turn.of(press).page)

    @buttons.component(
        "field", "ack-listed", command="alerts", needs="ack", payload=pages.TURN + buttons.NUMBER
    )
    async def ack_listed(self, _interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Acknowledge one alert of the list."""
        turn = pages.Turn.of(press)
        await self.bot.collective.alerts.ack(int(turn.payload), _by_button(press.caller))
        await self._show_alerts(press, turn.page)

    @buttons.component("field", "ack", command="alerts", needs="ack", payload=buttons.NUMBER)
    async def ack_posted(self, interaction: discord.Interaction[Any], press: buttons.Press) -> None:
        """Acknowledge an alert from its message in the alerts channel."""
        alert = await self.bot.collective.alerts.ack(int(press.payload), _by_button(press.caller))
        await press.answer.update(embed=alert_card.posted(self.bot, alert, interaction.channel_id or 0))

    trend.autocomplete("window")(offering(*_WINDOWS))
    alerts.autocomplete("target")(suggesting(_targets))
    alerts.autocomplete("span")(suggesting(lambda asked: _SPANS if _may_ack(asked) else ()))

    async def _fetch_field(self, names: Sequence[str]) -> _field.FieldView:
        collective = self.bot.collective
        day_ago = await collective.journal.ucf_at(self.bot.kernel.clock.now() - timedelta(hours=24))
        ucf = collective.manager.snapshot.ucf
        forecasts = collective.forecasts.newest
        rows = tuple(
            _field.build_row(
                name,
                ucf,
                day_ago,
                expected=forecasts[name].steps[0] if name in forecasts else None,
                muted_until=collective.alerts.muted_until(name),
            )
            for name in names
        )
        running = collective.rituals.running is not None
        return _field.FieldView(
            rows, _field.advise(ucf, self.bot.prefix, ritual_running=running, among=names)
        )

    async def _draw(self, names: Sequence[str], span: timedelta) -> _Picture:
        request = await trends.fetch_chart(self.bot.collective, names, span)
        # Not from the shared cache: the chart ends at this moment, so that nobody drew it before.
        png = await trends.draw(self.bot.kernel.worker.run, request)
        lines = tuple(trends.summary(panel, bold="**") for panel in request.panels)
        return _Picture(png, trends.alt_text(request), lines)

    async def _mute(self, target: str | None, span: str | None, actor: Actor) -> discord.Embed:
        alerts = self.bot.collective.alerts
        metric, length = _arguments.parse_mute(target, span)
        if length is None:
            return _screens.unmuted(metric, was=await alerts.unmute(metric, actor))
        return _screens.muted(metric, await alerts.mute(metric, length, actor))

    async def _show_alerts(self, asked: Asked, number: int) -> None:
        may_ack = may(asked.caller, "alerts", "ack")
        view = await _alerts.fetch_alerts(self.bot.collective.alerts)
        page = pages.share(view.alerts, number, per_page=_alerts.PER_PAGE)
        items = [
            await self.button(
                asked, "ack-listed", f"{page.number}|{alert.id}", label=f"Acknowledge #{alert.id}"
            )
            for alert in page.parts
            if alert.acknowledged_at is None and alert.cleared_at is None and may_ack
        ]
        shown = _screens.alerts(view, page, show_people=asked.caller.sees_names)
        await self.show_page(asked, "alerts", shown, items=items)


def _by_button(caller: access.Caller) -> Actor:
    return Actor("button", caller.display_name, caller.user_id)


setup = Field.add_to
