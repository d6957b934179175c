"""Post the weekly digest on Mondays at 09:00 UTC, or at the next start if Helix was down.

A week is never posted twice: the post is recorded before and after it is sent. If only the first record
exists, the channel is searched for the post; its nonce catches what was sent moments ago.
"""

from __future__ import annotations

import hashlib
import io
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

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

logger = logging.getLogger(__name__)

RULE: Final = Cron("0 9 * * 1")
WEEK: Final = timedelta(days=7)
_KEY: Final = "digest"
# How often to compare the time: the machine's clock may be changed at any moment.
_LOOK_EVERY_S: Final = 60.0
# Discord's clock may differ from ours.
_LEEWAY: Final = timedelta(minutes=5)
_PICTURE: Final = "week.png"
_NONCE_LENGTH: Final = 25


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """The stored state.

    Attributes:
        due: the last finished week: it was posted, or ended before there was a channel.
        begun: the week whose post was begun in `channel` at `begun_at`; None if none is pending.
    """

    due: datetime
    begun: datetime | None = None
    begun_at: datetime | None = None
    channel: int = 0


class Digest:
    """Off without a channel (`DIGEST_CHANNEL_ID`, or the one `setup` chose)."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._reach = Reach(bot, "digest")
        self._settled: datetime | None = None
        # The end of the last week and the command count at that moment; None if unknown.
        self._commands: tuple[datetime, float] | None = None

    def begin(self) -> None:
        """Start the loop."""
        self._reach.keep_up("digest", self._work, retry_s=_LOOK_EVERY_S)

    async def post_due(self) -> None:
        """Post the last full week, unless it was posted.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: a temporary failure; try again.
        """
        channel_id = self._reach.channel_id()
        now = self._bot.kernel.clock.now()
        due = RULE.next_after(now - WEEK, now)
        if channel_id is None or (self._settled is not None and due <= self._settled <= now):
            return
        posted = await self._load()
        if posted is None or posted.due > now:
            # Skip the current week: the channel is new, or a clock that was ahead has stored a future week.
            await self._keep(Posted(due=due))
        elif posted.due >= due:
            self._settled = posted.due
        elif posted.begun is not None and await self._arrived(posted, channel_id):
            await self._keep(Posted(due=posted.begun))
        else:
            await self._post(posted, due, channel_id)

    async def _work(self) -> float:
        await self.post_due()
        self._reach.caught_up()
        return _LOOK_EVERY_S

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
                # A retry would be refused again.
                await self._keep(Posted(due=due))
                self._reach.blocked(error)
            return
        self._reach.worked()
        # A late count would include commands of the next week.
        self._commands = (due, self._count_commands()) if now - due <= _LEEWAY else None
        await self._keep(Posted(due=due))
        logger.info("digest.posted due=%s", due.isoformat())

    async def _draw(self, week: Week) -> discord.File | None:
        """The chart with its alt text; None if it cannot be drawn."""
        request = await trends.fetch_past(
            self._bot.collective,
            tuple(METRICS),
            week.since,
            week.until,
            title=digest.chart_title(week),
        )
        try:
            png = await trends.draw(self._bot.kernel.draw, request)
        except (HelixError, WorkerFailed) as error:
            logger.warning("digest.undrawn error=%s", error)
            return None
        return discord.File(io.BytesIO(png), filename=_PICTURE, description=trends.alt_text(request))

    async def _arrived(self, posted: Posted, channel_id: int) -> bool:
        """Whether the begun post is in its channel; True also if that cannot be determined."""
        begun, begun_at = posted.begun, posted.begun_at
        if begun is None or begun_at is None:
            return False
        now = self._bot.kernel.clock.now()
        try:
            after = _own_posts.search_from(begun_at, now, _LEEWAY)
            found = await _own_posts.find(self._bot, posted.channel, digest.mark(begun), after=after)
        except _own_posts.CannotRead:
            # Prefer no post to two: send again only while the nonce prevents a duplicate.
            if _own_posts.nonce_holds(begun_at, now) and posted.channel == channel_id:
                return False
            logger.warning("digest.unsure due=%s action=left_out", begun.isoformat())
            return True
        return found is not None

    def _commands_of(self, due: datetime) -> int | None:
        """The number of commands in the week; None unless this process ran the whole week."""
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


def _nonce(due: datetime, channel_id: int) -> str:
    return hashlib.sha256(f"digest {due.isoformat()} {channel_id}".encode()).hexdigest()[:_NONCE_LENGTH]
