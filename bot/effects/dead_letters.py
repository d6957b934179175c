"""Tells the admin channel of dead letters and of destinations switched off, with a button to replay.

What is not told yet is in the database, so a kill loses no notice. A notice is noted before it is sent: after
a crash in between, the nonce (for minutes) or the channel's history (later) keeps it from being sent twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord

from bot.effects import _own_posts
from bot.replies import buttons, discord_codes, errors
from bot.text import embeds
from core.store import LEADER
from core.store.errors import StoreError
from core.store.moments import from_us, to_us

if TYPE_CHECKING:
    from bot.parts import HelixBot
    from bot.parts.duties import Duty
    from core.webhooks.dead_letter_notice import Notice
    from core.webhooks.deliverer import Settled

logger = logging.getLogger(__name__)

# What dies within so long of the first is told of in one message: a dead destination has many.
_GATHERED_S: Final = 5.0
# Between notices; where a queue dies over hours, the channel is not flooded.
_APART_S: Final = 600.0
_RETRY_S: Final = 10.0
# What was refused for good is tried again so much later: somebody may open the channel.
_REFUSED_RETRY_S: Final = 300.0
_NONCE_LENGTH: Final = 25
_KEY: Final = "dead-letters"


class DeadLetters:
    """Posts to the channel that serves alerts, and is off where there is none."""

    def __init__(self, bot: HelixBot) -> None:
        self._bot = bot
        self._wake = asyncio.Event()

    def begin(self) -> None:
        """Listen from now on; what an earlier process did not live to tell is told, too."""
        self._bot.collective.webhooks.on_attempt(self._settled)
        self._bot.duties.on_change(self._duty_changed)
        self._wake.set()
        self._bot.kernel.supervisor.add("dead-letters", self._run, lease=LEADER)

    async def tell(self) -> bool:
        """Post what nobody was told yet; False where there is nothing, or no channel.

        Raises:
            discord.HTTPException, OSError, aiohttp.ClientError: Discord does not take it now; try again.
            StoreError: the store does not.
        """
        channel_id = self._bot.duties.channel_id("alerts")
        if channel_id is None:
            return False
        begun = await self._bot.key_values.get(self._bot.remember_scope, _KEY)
        if begun is not None:
            await self._finish(channel_id, int(begun))
        notices = self._bot.collective.webhooks.notices
        if not await notices.has_unclaimed():
            return begun is not None
        notice = to_us(self._bot.kernel.clock.now())
        await self._bot.key_values.set(self._bot.remember_scope, _KEY, str(notice))
        await notices.claim(notice)
        await self._finish(channel_id, notice)
        return True

    def _settled(self, settled: Settled) -> None:
        if settled.status == "dead" or settled.disabled is not None:
            self._wake.set()

    def _duty_changed(self, duty: Duty) -> None:
        if duty == "alerts":
            self._wake.set()

    async def _run(self) -> None:
        await self._bot.gateway.ready.wait()
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHERED_S)
            self._wake.clear()
            rests_s = 0.0
            try:
                if await self.tell():
                    rests_s = _APART_S
            except (discord.HTTPException, aiohttp.ClientError, OSError, StoreError) as error:
                logger.warning("dead_letters.untold error=%s", errors.in_short(error))
                self._wake.set()
                final = isinstance(error, discord.HTTPException) and discord_codes.is_final(error)
                rests_s = _REFUSED_RETRY_S if final else _RETRY_S
            await asyncio.sleep(rests_s)

    async def _finish(self, channel_id: int, notice: int) -> None:
        """Post a notice that was begun, unless it is there."""
        content = await self._bot.collective.webhooks.notices.notice_content(notice)
        if content is not None and not await self._is_there(channel_id, notice):
            await self._post(channel_id, notice, content)
        await self._bot.key_values.delete(self._bot.remember_scope, _KEY)

    async def _is_there(self, channel_id: int, notice: int) -> bool:
        """Whether an earlier process posted it, where that is too long ago for the nonce to tell."""
        begun, now = from_us(notice), self._bot.kernel.clock.now()
        if _own_posts.nonce_holds(begun, now):
            return False
        try:
            after = _own_posts.search_from(begun, now)
            found = await _own_posts.find(self._bot, channel_id, _mark(notice), after=after)
        except _own_posts.CannotRead:
            return False
        return found is not None

    async def _post(self, channel_id: int, notice: int, content: Notice) -> None:
        more: dict[str, Any] = {}
        if content.count:
            payload = str(content.first) if content.count == 1 else f"{content.first}-{content.last}"
            more["view"] = buttons.view_of(
                await buttons.button(self._bot, "webhooks", "replay", 0, payload, label="Replay", emoji="🔁")
            )
        await self._bot.get_partial_messageable(channel_id).send(
            embed=_card(self._bot.prefix, notice, content),
            nonce=hashlib.sha256(f"dead letters {channel_id} {notice}".encode()).hexdigest()[:_NONCE_LENGTH],
            allowed_mentions=discord.AllowedMentions.none(),
            **more,
        )


def _card(prefix: str, notice: int, content: Notice) -> discord.Embed:
    lines = [
        f"**{each.id}** {each.type} → `{each.destination}`: {embeds.plain(each.error or '', 120)}"
        for each in content.letters
    ]
    if content.count > len(lines):
        lines.append(f"… and {content.count - len(lines)} more; `{prefix}webhooks failed` has them all.")
    lines += [
        f"🔌 `{name}` is switched off: {embeds.plain(reason, 200)}. "
        f"It is on again after `{prefix}breakers reset {name}`, or a replay that arrives."
        for name, reason in content.off.items()
    ]
    title = "A destination is switched off"
    if content.count:
        title = "A delivery died" if content.count == 1 else f"{content.count} deliveries died"
    return embeds.card(title, lines, status="fail", footer=_mark(notice))


def _mark(notice: int) -> str:
    return f"Nothing is lost: dead letters are kept for 30 days. · {notice:x}"
