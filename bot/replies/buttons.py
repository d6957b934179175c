"""Buttons and menus that work after a restart, load their cog when used, and accept only their owner.

A custom id is `cog:action:user:key`. `user` is the owner's id (0: anyone may press). `key` is `=` and the
payload, or `~` and the key of a stored payload that exceeds Discord's 100 characters (`PayloadStore`).
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
# The pattern of a number in a custom id or menu; longer ones may exceed the database's integers.
NUMBER = "[0-9]{1,15}"
_ANYTHING = r"[\s\S]*"
# The attribute of a handler that names its component.
MARK = "__helix_component__"

_Handler = TypeVar("_Handler", bound=Callable[..., Awaitable[None]])


class Press(msgspec.Struct, frozen=True):
    """One press of a button or menu, for its handler.

    Attributes:
        user_id: the component's owner; 0 for anyone.
        caller: the person who pressed, with their current permissions.
        payload: the data of the custom id.
        values: the chosen values of a menu; empty for a button.
        answer: answers the press in time and once.
    """

    user_id: int
    caller: access.Caller
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
        """Whether the handler can read this press; an older Helix or a forger may have made it."""
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
    """Marks a cog's method `(self, interaction, press)` as the handler of `cog:action:…`.

    Args:
        cog: the catalog's name of the cog.
        action: the action in the custom id.
        command: the command whose access rules apply to the person who presses.
        needs: the action of that command whose level applies, if its actions have different levels.
        payload: the pattern of the whole payload; a press that does not match has expired.
        chosen: the pattern of the single value of a menu; None if any values are valid.
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
    """All buttons and menus of Helix; registered once, with `bot.add_dynamic_items`."""

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        _match: re.Match[str],
        /,
    ) -> ComponentItem:
        """Wraps the item that discord.py found in the message."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press: refuse other people, load the cog, check access again, call its handler."""
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
            except (Exception, SystemExit) as error:  # noqa: BLE001 - `report` classifies and logs all of them
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
    """A button that only `user_id` may press (0: anyone), with a payload."""
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
    """A menu that only `user_id` may use (0: anyone), with up to 25 options; `several` allows any number."""
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
    """A view without state: its items are found by their custom ids."""
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
    await handle(interaction, Press(user_id, access.caller_of(interaction), payload, values, answer))


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
