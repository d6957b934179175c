"""The answer to a press, in time and late, with the real client on the sandbox."""

import asyncio
from collections.abc import Iterator
from typing import Any

import discord
import pytest

from bot.replies import awaited, buttons
from bot.replies.answers import Answer
from bot.replies.waiting import DEFER_AFTER_S
from bot.text import embeds
from bot.text.embeds import ReplyTooLong
from sandbox import Sandbox
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.support import RunningBot
from tests.manual_clock import ManualClock

Pressed = tuple[discord.Interaction[Any], Message]


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    started = Talk(sandbox)
    yield started
    started.close()


@pytest.fixture
async def pressed(running_bot: RunningBot, talk: Talk) -> Pressed:
    """A press that nobody has answered yet, and the message it was made in."""
    user_id = running_bot.sandbox.users["member"]
    custom_id = awaited.custom_id("confirm", "yes", user_id, "token")
    place = running_bot.bot.get_channel(running_bot.sandbox.channel("bot-commands"))
    assert isinstance(place, discord.TextChannel)
    go: discord.ui.Button[Any] = discord.ui.Button(label="go", custom_id=custom_id)
    sent = await place.send("press", view=buttons.view_of(buttons.ComponentItem(go)))
    message = {"id": str(sent.id), "components": [row.to_dict() for row in sent.components]}
    waiting = awaited.next_press(running_bot.bot, (custom_id,), user_id, timeout_s=10)
    await asyncio.sleep(0)
    await talk.press("member", message, "go")
    return await waiting, message


async def deferred(answer: Answer, clock: ManualClock) -> None:
    """Let the time pass until the answer defers itself."""
    assert await clock.until_sleeping() == (DEFER_AFTER_S,)
    clock.advance(DEFER_AFTER_S)
    async with asyncio.timeout(40):
        while not answer._interaction.response.is_done():
            await asyncio.sleep(0.005)


async def test_an_answer_in_time_changes_the_message(pressed: Pressed, talk: Talk) -> None:
    interaction, message = pressed
    async with Answer(interaction) as answer:
        await answer.update(embed=embeds.card("Changed"))
    changed = await talk.edited(message, lambda one: "Changed" in text_of(one))
    assert items(changed) == []


async def test_a_late_answer_still_changes_the_message(pressed: Pressed, talk: Talk) -> None:
    interaction, message = pressed
    clock = ManualClock()
    async with Answer(interaction, sleep=clock.sleep) as answer:
        await deferred(answer, clock)
        await answer.update(embed=embeds.card("Changed"))
    await talk.edited(message, lambda one: "Changed" in text_of(one))


async def test_a_late_refusal_is_still_for_the_presser_alone(pressed: Pressed, talk: Talk) -> None:
    interaction, message = pressed
    clock = ManualClock()
    async with Answer(interaction, sleep=clock.sleep) as answer:
        await deferred(answer, clock)
        await answer.retire("Too late.")
    told = await talk.until(lambda one: one["content"] == "Too late.")
    assert told["flags"] & 64
    await talk.edited(message, lambda one: items(one) == [])


async def test_an_answered_press_is_not_deferred_any_more(pressed: Pressed) -> None:
    interaction, _ = pressed
    clock = ManualClock()
    async with Answer(interaction, sleep=clock.sleep) as answer:
        await answer.whisper("done")
        await clock.until_sleeping()
        clock.advance(DEFER_AFTER_S)
        await answer.settle()
        await answer.settle()
    assert interaction.response.type is discord.InteractionResponseType.channel_message


async def test_a_deferral_that_discord_refuses_is_no_error(
    pressed: Pressed, running_bot: RunningBot, caplog: pytest.LogCaptureFixture
) -> None:
    interaction, _ = pressed
    caplog.set_level("INFO")
    running_bot.sandbox.engine.interactions.close()
    clock = ManualClock()
    async with Answer(interaction, sleep=clock.sleep):
        await clock.until_sleeping()
        interaction.token = "gone"
        clock.advance(DEFER_AFTER_S)
        async with asyncio.timeout(40):
            while "press.defer_failed" not in caplog.text:
                await asyncio.sleep(0.005)


async def test_what_is_too_long_is_named_before_discord_refuses_it(pressed: Pressed) -> None:
    interaction, _ = pressed
    async with Answer(interaction) as answer:
        with pytest.raises(ReplyTooLong, match="content"):
            await answer.whisper("x" * 2_001)
        with pytest.raises(ReplyTooLong, match="description"):
            await answer.update(embed=discord.Embed(description="x" * 4_097))
