"""Buttons and menus that answer after a restart, without their cog loaded, and only to whom they belong.

A custom id is `cog:action:user:key`. The user is whom it belongs to (0: anyone). The key is `=` and the
payload, or `~` and the key under which `PayloadStore` keeps one too long for Discord's 100 characters.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import aiohttp
import discord
import msgspec

from bot import access, catalog
from bot.replies import awaited, errors
from bot.replies.answers import Answer
from bot.replies.payloads import PayloadStore

if TYPE_CHECKING:
    from bot.parts import HelixBot

logger = logging.getLogger(__name__)

CUSTOM_ID_LIMIT = 100
EXPIRED = "This has expired. Run the command again."

TEMPLATE = re.compile(
    r"(?P<cog>[a-z][a-z0-9_]{0,31}):(?P<action>[a-z][a-z0-9_-]{0,31}):(?P<user>\d{1,20}):(?P<key>[=~][\s\S]*)"
)
_INLINE, _STORED = "=", "~"
# What a custom id or a menu may carry where a number is expected; SQLite takes no longer ones.
NUMBER = "[0-9]{1,15}"
_ANYTHING = r"[\s\S]*"
# Under which name a handler carries what it answers.
MARK = "__helix_component__"

_Handler = TypeVar("_Handler", bound=Callable[..., Awaitable[None]])


class Press(msgspec.Struct, frozen=True):
    """What a handler is told of one press.

    Attributes:
        user_id: whom the component belongs to; 0 for anyone.
        payload: what it carries.
        values: what was chosen, of a menu; empty for a button.
        answer: the way to answer, in time and once.
    """

    user_id: int
    payload: str
    values: tuple[str, ...]
    answer: Answer


class _Component(msgspec.Struct, frozen=True):
    cog: str
    action: str
    command: str
    needs: str | None
    payload: re.Pattern[str]
    chosen: re.Pattern[str] | None

    def takes(self, payload: str, values: tuple[str, ...]) -> bool:
        """Whether the handler can read this press; an older Helix, or a forger, may have made another."""
        if self.payload.fullmatch(payload) is None:
            return False
        return self.chosen is None or (len(values) == 1 and self.chosen.fullmatch(values[0]) is not None)


def component(
    cog: str,
    action: str,
    *,
    command: str,
    needs: str | None = None,
    payload: str = _ANYTHING,
    chosen: str | None = None,
) -> Callable[[_Handler], _Handler]:
    """Mark a cog's method `(self, interaction, press)` as what answers `cog:action:…`.

    Args:
        cog: the catalog's name of the cog.
        action: the word in the custom id.
        command: whose access applies to the one who presses, at the moment of the press.
        needs: the action of that command whose level applies, where its actions differ.
        payload: the pattern that the whole payload has; a press with another one has expired.
        chosen: likewise for the one value of a menu; None where the handler takes any number of any values.
    """
    patterns = re.compile(payload), None if chosen is None else re.compile(chosen)

    def mark(method: _Handler) -> _Handler:
        setattr(method, MARK, _Component(cog, action, command, needs, *patterns))
        return method

    return mark


class ComponentItem(
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=TEMPLATE,
):
    """Every button and menu of Helix; registered once, with `bot.add_dynamic_items`."""

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        _match: re.Match[str],
        /,
    ) -> ComponentItem:
        """The item that discord.py found in the message, ready to be routed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press: refuse strangers, load the cog, check access anew, hand over to its handler."""
        match = TEMPLATE.fullmatch(self.custom_id)
        if match is None or awaited.is_claimed(interaction):
            return
        bot = cast("HelixBot", interaction.client)
        drain = bot.kernel.drain
        async with Answer(interaction) as answer:
            try:
                if not drain.accepting:
                    await answer.whisper(errors.RESTARTING)
                    return
                if (task := asyncio.current_task()) is not None:
                    drain.track(task, "component")
                await _route(bot, interaction, match, answer)
            except asyncio.CancelledError:
                await _say_cut_off(answer)
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the one handler sorts and logs all of them
                await answer.settle()
                await errors.report(interaction, error, where=f"{match['cog']}:{match['action']}")


async def button(
    bot: HelixBot,
    cog: str,
    action: str,
    user_id: int,
    payload: str = "",
    *,
    label: str | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    emoji: str | None = None,
    disabled: bool = False,
) -> ComponentItem:
    """A button of one user (0: of anyone) that carries `payload`."""
    custom_id = await _custom_id(bot, cog, action, user_id, payload)
    return ComponentItem(
        discord.ui.Button(label=label, style=style, emoji=emoji, disabled=disabled, custom_id=custom_id)
    )


async def select(
    bot: HelixBot,
    cog: str,
    action: str,
    user_id: int,
    payload: str = "",
    *,
    options: Sequence[discord.SelectOption],
    placeholder: str | None = None,
    several: bool = False,
) -> ComponentItem:
    """A menu of one user (0: of anyone) with up to 25 options: one is chosen, or any number (`several`)."""
    custom_id = await _custom_id(bot, cog, action, user_id, payload)
    shown = list(options[:25])
    return ComponentItem(
        discord.ui.Select(
            custom_id=custom_id,
            options=shown,
            placeholder=placeholder,
            min_values=0 if several else 1,
            max_values=len(shown) if several else 1,
        )
    )


def view_of(*items: ComponentItem) -> discord.ui.View:
    """A view that keeps nothing in memory: its items answer by their custom ids alone."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def _payloads(bot: HelixBot) -> PayloadStore:
    return PayloadStore(bot.key_values, bot.remember_scope)


async def _custom_id(bot: HelixBot, cog: str, action: str, user_id: int, payload: str) -> str:
    start = f"{cog}:{action}:{user_id}:"
    if len(start) + 1 + len(payload) <= CUSTOM_ID_LIMIT:
        return f"{start}{_INLINE}{payload}"
    return f"{start}{_STORED}{await _payloads(bot).keep(payload)}"


async def _route(
    bot: HelixBot, interaction: discord.Interaction[Any], match: re.Match[str], answer: Answer
) -> None:
    user_id = int(match["user"])
    if user_id not in {0, interaction.user.id}:
        await answer.whisper(f"This belongs to <@{user_id}>. Run the command yourself to get your own.")
        return
    cog_name, action = match["cog"], match["action"]
    if cog_name in awaited.KINDS:
        await answer.retire(EXPIRED)
        return
    payload = await _payload(bot, match["key"])
    if payload is None or not catalog.by_cog(cog_name):
        await answer.whisper(EXPIRED)
        return
    await bot.loader.ensure(cog_name)
    found = _find_handler(bot, cog_name, action)
    entry = None if found is None else catalog.find(found[0].command)
    if found is None or entry is None:
        await answer.whisper(EXPIRED)
        return
    route, handle = found
    access.enforce(entry, route.needs, interaction)
    values = tuple(map(str, cast("dict[str, Any]", interaction.data or {}).get("values", ())))
    if not route.takes(payload, values):
        await answer.whisper(EXPIRED)
        return
    await handle(interaction, Press(user_id, payload, values, answer))


async def _say_cut_off(answer: Answer) -> None:
    try:
        await answer.whisper(errors.CUT_OFF)
    except (discord.DiscordException, aiohttp.ClientError) as error:
        logger.info("press.untold error=%s", type(error).__name__)


async def _payload(bot: HelixBot, key: str) -> str | None:
    return key[1:] if key.startswith(_INLINE) else await _payloads(bot).find(key[1:])


def _find_handler(
    bot: HelixBot, cog_name: str, action: str
) -> tuple[_Component, Callable[[discord.Interaction[Any], Press], Awaitable[None]]] | None:
    cog = bot.get_cog(cog_name)
    for name in () if cog is None else dir(type(cog)):
        mark = getattr(getattr(type(cog), name, None), MARK, None)
        if isinstance(mark, _Component) and (mark.cog, mark.action) == (cog_name, action):
            return mark, getattr(cog, name)
    return None
