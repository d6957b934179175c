"""Presses whose custom id or value no Helix of today made: all are answered, and none is a fault of ours."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
from collections.abc import Iterator

import discord
import pytest

from bot import catalog
from bot.replies import buttons
from bot.servers import self_roles
from sandbox.events import Event
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot
from tests.commands.test_presses import cog_of

PAYLOADS = (
    "", "x", "-1", "0", "١٢", "9" * 20, "1.5", "|", "x|", "0|", "0|x", "0|" + "9" * 20, "1 2 3", "a b c",
    "0|Kael x 1", "0|Kael 999 1", "0|-1 y", "every none 1", "every agents zz", "0|evt_" + "0" * 32, "\n",
)  # fmt: skip
VALUES = ("", "x", "-1", "9" * 20, "١")


def routes() -> Iterator[object]:
    for info in catalog.COGS:
        module = importlib.import_module(f"bot.cogs.{info.name}")
        for _, mark in inspect.getmembers(cog_of(module), lambda one: hasattr(one, buttons.MARK)):
            route = getattr(mark, buttons.MARK)
            yield pytest.param(route.cog, route.action, id=f"{route.cog}-{route.action}")


class Presser:
    """Press a forged button as the owner, and wait for the answer."""

    def __init__(self, running: RunningBot, talk: Talk) -> None:
        self._bot, self._talk = running.bot, talk
        self._states: dict[str, str] = {}
        self._told = asyncio.Event()
        talk.sandbox.engine.bus.subscribe(self._hear)

    async def press(self, custom_id: str, values: tuple[str, ...] | None = None) -> str:
        """How the interaction stands: "answered", "failed", or "deferred" when the answer takes longer."""
        item: discord.ui.Item[discord.ui.View] = discord.ui.Button(label="go", custom_id=custom_id)
        if values is not None:
            options = [discord.SelectOption(label=f"{n}", value=one or " ") for n, one in enumerate(values)]
            item = discord.ui.Select(custom_id=custom_id, options=options)
        act, user = self._talk.sandbox.act, self._talk.sandbox.users["owner"]
        channel = self._bot.get_partial_messageable(self._talk.sandbox.channel("bot-commands"))
        sent = await channel.send("forged", view=discord.ui.View(timeout=None).add_item(item))
        if values is None:
            started = await act.click(user=user, message=sent.id, custom_id=custom_id)
        else:
            started = await act.select(
                user=user, message=sent.id, custom_id=custom_id, values=[one or " " for one in values]
            )
        return await self.state_of(str(started["interaction_id"]))

    async def state_of(self, interaction_id: str) -> str:
        async with asyncio.timeout(40):
            while interaction_id not in self._states:
                self._told.clear()
                await self._told.wait()
        return self._states[interaction_id]

    def _hear(self, event: Event) -> None:
        if event.name == "INTERACTION_RESULT":
            data = event.data(self._talk.sandbox.users["owner"])
            self._states[str(data["interaction_id"])] = str(data["state"])
            self._told.set()


@pytest.fixture
def presser(running_bot: RunningBot, talk: Talk) -> Presser:
    return Presser(running_bot, talk)


@pytest.mark.parametrize(("cog", "action"), list(routes()))
async def test_a_forged_press_is_answered_without_an_incident(
    presser: Presser, caplog: pytest.LogCaptureFixture, cog: str, action: str
) -> None:
    caplog.set_level(logging.ERROR)
    failed: list[tuple[str, str | None, list[str | None]]] = []
    for payload in PAYLOADS:
        custom_id = f"{cog}:{action}:0:={payload}"
        if await presser.press(custom_id) == "failed" or caplog.records:
            failed.append((payload, None, [record.exc_text for record in caplog.records]))
        caplog.clear()
    for value in VALUES:
        if await presser.press(f"{cog}:{action}:0:=0|1", (value,)) == "failed" or caplog.records:
            failed.append(("0|1", value, [record.exc_text for record in caplog.records]))
        caplog.clear()
    assert not failed


@pytest.mark.parametrize(
    ("cog", "action", "payload"),
    [
        ("rituals", "stop", "x"),
        ("field", "ack", "9" * 20),
        ("agents", "history", "0|Kael x 1"),
        ("roles", "toggle", "every none 1"),
        ("webhooks", "list", "0|evt_" + "0" * 32),
        ("webhooks", "replay", "1-x"),
    ],
)
async def test_a_forged_press_is_told_to_run_the_command_again(
    presser: Presser, talk: Talk, cog: str, action: str, payload: str
) -> None:
    assert await presser.press(f"{cog}:{action}:0:={payload}") == "answered"
    await talk.until(lambda one: text_of(one) == buttons.EXPIRED)


async def test_a_forged_choice_takes_no_role_that_is_not_self_assignable(
    running_bot: RunningBot, presser: Presser, talk: Talk
) -> None:
    guild = running_bot.bot.get_guild(talk.sandbox.home_guild_id)
    assert guild is not None
    role = await guild.create_role(name="Guests of honour")
    assert role.name not in self_roles.NAMES
    assert await presser.press("roles:add:0:=", (role.name,)) == "answered"
    await talk.until(lambda one: text_of(one) == buttons.EXPIRED)
    member = await guild.fetch_member(talk.sandbox.users["owner"])
    assert role.id not in {one.id for one in member.roles}
