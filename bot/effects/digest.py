"""Sums up the week, on Mondays at 09:00 UTC; what was missed while Helix was down is posted at the start.

Never twice for a week: a post is noted before it is sent and after. Where only the former is known, the
channel is searched for it; and its nonce, made of the week, catches what was sent moments ago.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import aiohttp
import discord
import msgspec

from bot.cards import digest, trends
from bot.effects import _own_posts
from bot.effects._reach import Reach
from bot.replies import discord_codes
from core.errors import HelixError
from core.metrics import Counter
from core.runtime.worker import WorkerFailed
from state.models import METRICS
from state.rituals.schedule_rules import Cron
from state.views.week import Week, fetch_week

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.parts.duties import Duty

logger = logging.getLogger(__name__)

RULE: Final = Cron("0 9 * * 1")
WEEK: Final = timedelta(days=7)
_KEY: Final = "digest"
# The machine's time may be set meanwhile, so it is looked at so often, in seconds.
_LOOK_EVERY_S: Final = 60.0
# Two clocks differ a little.
_LEEWAY: Final = timedelta(minutes=5)
_PICTURE: Final = "week.png"
_NONCE_LENGTH: Final = 25


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered.

    Attributes:
        due: the last week that is settled: it was posted, or was over before there was a channel.
        begun: the week whose post was begun, in `channel`, at `begun_at`; None where none is open.
    """

    due: datetime
    begun: datetime | None = None
    begun_at: datetime | None = None
    channel: int = 0


class Digest:
    """Off without a channel (`DIGEST_CHANNEL_ID`, or what `setup` remembered)."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._reach = Reach(bot, "digest")
        self._wake = asyncio.Event()
        self._settled: datetime | None = None
        # How many commands there had been when the last week ended, and which; None where nobody knows.
        self._commands: tuple[datetime, float] | None = None

    def begin(self) -> None:
        """Hand the loop to the supervisor."""
        self._bot.duties.on_change(self._duty_changed)
        self._bot.kernel.supervisor.add("digest", self._run)

    async def post_due(self) -> None:
        """Post the week that is over, unless it was posted.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: Discord does not take it now; try again.
        """
        channel_id = self._reach.channel_id()
        now = self._bot.kernel.clock.now()
        due = RULE.next_after(now - WEEK, now)
        if channel_id is None or (self._settled is not None and due <= self._settled <= now):
            return
        posted = await self._load()
        if posted is None or posted.due > now:
            # The first one comes when a whole week with a channel may be over; likewise the next one after a
            # clock that was ahead has settled a week of the future.
            await self._keep(Posted(due=due))
        elif posted.due >= due:
            self._settled = posted.due
        elif posted.begun is not None and await self._arrived(posted, channel_id):
            await self._keep(Posted(due=posted.begun))
        else:
            await self._post(posted, due, channel_id)

    async def _run(self) -> None:
        await self._bot.gateway.ready.wait()
        while True:
            self._wake.clear()
            try:
                await self.post_due()
                self._reach.caught_up()
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                self._reach.delayed(error)
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _post(self, posted: Posted, due: datetime, channel_id: int) -> None:
        week = await fetch_week(self._bot.collective, due - WEEK, due)
        file = await self._draw(week)
        embed = digest.card(week, commands=self._commands_of(due), drawn=file is not None)
        now = self._bot.kernel.clock.now()
        again = posted.begun == due and posted.channel == channel_id
        begun_at = posted.begun_at if again else now
        await self._keep(Posted(due=posted.due, begun=due, begun_at=begun_at, channel=channel_id))
        try:
            await self._bot.get_partial_messageable(channel_id).send(
                embed=embed,
                nonce=_nonce(due, channel_id),
                allowed_mentions=discord.AllowedMentions.none(),
                files=[] if file is None else [file],
            )
        except discord.HTTPException as error:
            if not discord_codes.is_final(error):
                raise
            if discord_codes.is_closed(error):
                await self._keep(Posted(due=posted.due))
                self._reach.refused(channel_id, error)
            else:
                # Sent again it would be refused again.
                await self._keep(Posted(due=due))
                self._reach.blocked(error)
            return
        self._reach.worked()
        # A count that is taken late is not that week's.
        self._commands = (due, self._count_commands()) if now - due <= _LEEWAY else None
        await self._keep(Posted(due=due))
        logger.info("digest.posted due=%s", due.isoformat())

    async def _draw(self, week: Week) -> discord.File | None:
        """The chart, with what it shows in words; None where it cannot be drawn."""
        request = await trends.fetch_past(
            self._bot.collective,
            tuple(METRICS),
            week.since,
            week.until,
            title=digest.chart_title(week),
        )
        try:
            png = await trends.draw(self._bot.kernel.worker, request)
        except (HelixError, WorkerFailed) as error:
            logger.warning("digest.undrawn error=%s", error)
            return None
        return discord.File(io.BytesIO(png), filename=_PICTURE, description=trends.alt_text(request))

    async def _arrived(self, posted: Posted, channel_id: int) -> bool:
        """Whether a post that was begun is in its channel, or may be and nobody can tell."""
        begun, begun_at = posted.begun, posted.begun_at
        if begun is None or begun_at is None:
            return False
        now = self._bot.kernel.clock.now()
        try:
            after = _own_posts.search_from(begun_at, now, _LEEWAY)
            found = await _own_posts.find(self._bot, posted.channel, digest.mark(begun), after=after)
        except _own_posts.CannotRead:
            # Rather none than two: it is sent again only where the nonce surely catches it.
            if _own_posts.nonce_holds(begun_at, now) and posted.channel == channel_id:
                return False
            logger.warning("digest.unsure due=%s action=left_out", begun.isoformat())
            return True
        return found is not None

    def _commands_of(self, due: datetime) -> int | None:
        """How many commands the week saw, where this process was there from its begin to its end."""
        late = self._bot.kernel.clock.now() - due > _LEEWAY
        if late or self._commands is None or self._commands[0] != due - WEEK:
            return None
        return int(self._count_commands() - self._commands[1])

    def _count_commands(self) -> float:
        counter = self._bot.kernel.metrics.get("helix_commands_total")
        return counter.total() if isinstance(counter, Counter) else 0.0

    async def _load(self) -> Posted | None:
        found = await self._bot.key_values.get(self._bot.remember_scope, _KEY)
        return None if found is None else msgspec.json.decode(found, type=Posted)

    async def _keep(self, posted: Posted) -> None:
        await self._bot.key_values.set(self._bot.remember_scope, _KEY, msgspec.json.encode(posted).decode())
        self._settled = posted.due

    def _duty_changed(self, duty: Duty) -> None:
        if duty == "digest":
            self._reach.chosen_anew()
            self._wake.set()


def _nonce(due: datetime, channel_id: int) -> str:
    return hashlib.sha256(f"digest {due.isoformat()} {channel_id}".encode()).hexdigest()[:_NONCE_LENGTH]
