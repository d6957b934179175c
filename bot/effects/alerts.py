"""Post each alert to the alerts channel once, and keep its message up to date.

At each change and at the start, the alerts are compared with the posts, which catches up on what happened
while Discord was unreachable. A post is recorded before it is sent: after a crash in between, the channel is
searched for it before it is sent again, and its nonce catches what was sent moments ago.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import discord
import msgspec

from bot.cards import alert as alert_card
from bot.effects._alert_posts import Post, Posts, look_of, nonce_of
from bot.effects._reach import DELAYS, Reach
from bot.replies import buttons, discord_codes, errors, lasting
from state.alerts import Alert

if TYPE_CHECKING:
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

_RETRY_S: Final = 10.0
# The end of a mute raises no event, so wait for it, but at most this long at a time.
_LONGEST_WAIT_S: Final = 300.0
# Alerts that opened and cleared while Helix was away are posted if they are not older than this.
_CAUGHT_UP: Final = timedelta(hours=24)
_CAUGHT_UP_COUNT: Final = 10


class AlertPosts:
    """Off without a channel (`ALERTS_CHANNEL_ID`, or the one `setup` chose); skips muted metrics."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._reach = Reach(bot, "alerts")
        self._alerts = bot.collective.alerts
        self._posts = Posts(bot)

    def begin(self) -> None:
        """Listen, and hand the loop to the supervisor."""
        self._alerts.on_change(self._reach.wake.set)
        self._reach.keep_up("alert-posts", self._work, retry_s=_RETRY_S)

    async def _work(self) -> float:
        await self.catch_up()
        self._reach.caught_up()
        return self._wait_s()

    async def catch_up(self) -> None:
        """Post new alerts and edit the messages of changed ones.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: a temporary failure; try again.
        """
        posts, seen = await self._posts.load()
        delayed: Exception | None = None
        for alert_id, post in tuple(posts.items()):
            try:
                known = post if post.shown else await self._recover(alert_id, post)
                if known is None:
                    del posts[alert_id]
                else:
                    await self._refresh(alert_id, known, seen or 0)
            except DELAYS as error:
                # A failed edit must not delay the other alerts.
                delayed = error
        channel_id = self._reach.channel_id()
        if channel_id is not None:
            await self._post_new(posts, seen, channel_id)
        if delayed is not None:
            raise delayed

    async def _post_new(self, posts: dict[int, Post], seen: int | None, channel_id: int) -> None:
        newest = await self._alerts.newest(after_id=seen or 0)
        delayed: Exception | None = None
        for alert in self._unposted(posts, newest if seen is not None else ()):
            try:
                if not await self._post(alert, channel_id):
                    return
            except discord.HTTPException as error:
                if discord_codes.kind_of(error) != "ours":
                    raise
                # A refused post must not delay the other alerts.
                delayed = error
        if delayed is not None:
            raise delayed
        latest = max((alert.id for alert in newest), default=seen or 0)
        if latest != seen:
            await self._posts.saw(latest)
            # Run again, to delete the records of cleared alerts.
            self._reach.wake.set()

    def _unposted(self, posts: dict[int, Post], newest: Sequence[Alert]) -> list[Alert]:
        """Open, unacknowledged alerts without a post, and missed ones that have cleared; oldest first."""
        since = self._bot.kernel.clock.now() - _CAUGHT_UP
        missed = [alert for alert in newest if alert.cleared_at is not None and alert.cleared_at > since]
        found = {alert.id: alert for alert in missed[:_CAUGHT_UP_COUNT]}
        found |= {alert.id: alert for alert in self._alerts.open() if alert.acknowledged_at is None}
        return [
            alert
            for _, alert in sorted(found.items())
            if alert.id not in posts and self._alerts.muted_until(alert.metric) is None
        ]

    async def _post(self, alert: Alert, channel_id: int) -> bool:
        """Post one alert; False if the channel cannot be written to."""
        await self._posts.keep(alert.id, Post(channel=channel_id))
        embed, view = await self._shape(alert, channel_id)
        parts: dict[str, Any] = {} if view is None else {"view": view}
        try:
            sent = await self._bot.get_partial_messageable(channel_id).send(
                embed=embed,
                nonce=nonce_of(alert, channel_id),
                allowed_mentions=discord.AllowedMentions.none(),
                **parts,
            )
        except discord.HTTPException as error:
            if not discord_codes.is_final(error):
                raise
            if discord_codes.is_closed(error):
                await self._posts.forget(alert.id)
                self._reach.refused(channel_id, error)
                return False
            # A retry would be refused again and delay the others.
            self._reach.blocked(error)
            await self._posts.keep(alert.id, Post(channel=channel_id, shown="blocked", deleted=True))
            return True
        self._reach.worked()
        await self._posts.keep(
            alert.id, Post(channel=channel_id, message=sent.id, shown=look_of(embed, view))
        )
        # The alert may have changed while it was being sent.
        self._reach.wake.set()
        return True

    async def _recover(self, alert_id: int, begun: Post) -> Post | None:
        """Find the message of a post that was begun but not recorded as sent; None if it never arrived."""
        alert = await self._alerts.get(alert_id)
        message_id = None if alert is None else await self._find(alert, begun)
        if message_id is None:
            await self._posts.forget(alert_id)
            return None
        found = Post(channel=begun.channel, message=message_id, shown="found")
        await self._posts.keep(alert_id, found)
        return found

    async def _find(self, alert: Alert, begun: Post) -> int | None:
        """The message id of a post whose process crashed before recording it."""
        channel = self._bot.get_partial_messageable(begun.channel)
        # Discord's clock may differ from ours.
        after = alert.raised_at - timedelta(minutes=1)
        try:
            async for message in channel.history(limit=100, after=after):
                if message.author == self._bot.user and any(
                    embed.footer.text == alert_card.mark(alert) for embed in message.embeds
                ):
                    return message.id
        except discord.HTTPException as error:
            # The bot may not read here; then only the nonce prevents a duplicate.
            if not discord_codes.is_closed(error):
                raise
        return None

    async def _refresh(self, alert_id: int, post: Post, seen: int) -> None:
        """Update the message of an alert; forget it once the alert has cleared."""
        alert = next((one for one in self._alerts.open() if one.id == alert_id), None)
        alert = alert or await self._alerts.get(alert_id)
        if alert is not None and not post.deleted and not await self._edit(alert, post):
            return
        # Keep unprocessed alerts: without a record they would be posted again as missed.
        if alert is None or (alert.cleared_at is not None and alert_id <= seen):
            await self._posts.forget(alert_id)

    async def _edit(self, alert: Alert, post: Post) -> bool:
        """Edit the message if the alert has changed; False to try again later."""
        embed, view = await self._shape(alert, post.channel)
        shown = look_of(embed, view)
        if shown == post.shown:
            return True
        message = self._bot.get_partial_messageable(post.channel).get_partial_message(post.message)
        try:
            await message.edit(embed=embed, view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            if lasting.refuses_edits(error):
                post = await self._replace(alert, message, embed, view)
            elif not discord_codes.is_final(error):
                raise
            else:
                logger.info("alerts.not_edited alert=%d error=%s", alert.id, errors.in_short(error))
                if discord_codes.kind_of(error) == "forbidden":
                    # The channel may be opened again; do not wait for that if the alert cleared long ago.
                    long_ago = self._bot.kernel.clock.now() - _CAUGHT_UP
                    return alert.cleared_at is not None and alert.cleared_at < long_ago
                gone = discord_codes.kind_of(error) == "gone"
                post = msgspec.structs.replace(post, deleted=gone)
        await self._posts.keep(alert.id, msgspec.structs.replace(post, shown=shown))
        return True

    async def _replace(
        self,
        alert: Alert,
        old: discord.PartialMessage,
        embed: discord.Embed,
        view: discord.ui.View | None,
    ) -> Post:
        """Replace a message that Discord no longer lets the bot edit."""
        begun = Post(channel=old.channel.id)
        await self._posts.keep(alert.id, begun)
        nonce = nonce_of(alert, old.channel.id, old.id)
        sent = await lasting.replace(old, embed=embed, view=view, nonce=nonce)
        self._reach.worked(lasting.REPLACED)
        return msgspec.structs.replace(begun, message=sent.id)

    async def _shape(self, alert: Alert, channel_id: int) -> tuple[discord.Embed, discord.ui.View | None]:
        embed = alert_card.posted(self._bot, alert, channel_id)
        if alert.acknowledged_at is not None or alert.cleared_at is not None:
            return embed, None
        item = await buttons.button(
            self._bot, "field", "ack", 0, str(alert.id), label="Acknowledge", emoji="👁️"
        )
        return embed, buttons.view_of(item)

    def _wait_s(self) -> float:
        now = self._bot.kernel.clock.now()
        ends = [(until - now).total_seconds() for until in self._alerts.mutes().values()]
        return min((*ends, _LONGEST_WAIT_S))
