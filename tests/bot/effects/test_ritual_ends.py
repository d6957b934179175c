"""What becomes of the messages that showed a ritual when a crash came."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards import ritual_messages
from bot.effects.ritual_ends import RitualEnds
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import SYSTEM
from tests.bot.conftest import StartBot
from tests.bot.support import SUPPRESSED, Chat, RunningBot, refuse_edits, text_of


@pytest.fixture
async def running_bot(start_bot: StartBot) -> RunningBot:
    return await start_bot(ritual_step_s=0.001)


async def left_behind(running_bot: RunningBot, sandbox: Sandbox, ritual: int) -> int:
    """A message that shows a ritual, and is remembered as such."""
    channel = running_bot.bot.get_partial_messageable(sandbox.channel("general"))
    message = await channel.send("▰▰▱ 12 of 27")
    await ritual_messages.remember(running_bot.bot, ritual, message)
    return message.id


async def perform(running_bot: RunningBot) -> int:
    run = await running_bot.collective.rituals.start(3, actor=SYSTEM)
    await run.wait()
    return run.id


async def test_one_that_was_done_though_nobody_was_told_shows_its_result(
    running_bot: RunningBot, sandbox: Sandbox, chat: Chat
) -> None:
    message = await left_behind(running_bot, sandbox, await perform(running_bot))
    await RitualEnds(running_bot.bot)._run()
    await chat.until(lambda: "Done: 3 steps" in text_of(chat.messages[str(message)]) or None)
    assert await ritual_messages.known(running_bot.bot) == ()


async def test_one_that_takes_no_more_edits_is_replaced_without_a_notification(
    running_bot: RunningBot, sandbox: Sandbox, chat: Chat
) -> None:
    message = await left_behind(running_bot, sandbox, await perform(running_bot))
    refuse_edits(sandbox)
    await RitualEnds(running_bot.bot)._run()
    (new,) = [one for one in chat.from_bot() if "Done: 3 steps" in text_of(one)]
    assert str(message) in chat.deleted
    assert new["flags"] & SUPPRESSED
    assert await ritual_messages.known(running_bot.bot) == ()


async def test_one_that_is_gone_or_forgotten_is_let_go(running_bot: RunningBot, sandbox: Sandbox) -> None:
    await left_behind(running_bot, sandbox, 99)
    message = await left_behind(running_bot, sandbox, await perform(running_bot))
    channel = running_bot.bot.get_partial_messageable(sandbox.channel("general"))
    await channel.get_partial_message(message).delete()
    await RitualEnds(running_bot.bot)._run()
    assert await ritual_messages.known(running_bot.bot) == ()


async def test_one_that_cannot_be_told_now_is_told_at_the_next_start(
    running_bot: RunningBot, sandbox: Sandbox
) -> None:
    await left_behind(running_bot, sandbox, await perform(running_bot))
    sandbox.engine.faults.add(Fault("PATCH", "/channels/*/messages/*", status=400, times=1))
    await RitualEnds(running_bot.bot)._run()
    assert len(await ritual_messages.known(running_bot.bot)) == 1


async def test_the_running_one_is_left_to_its_command(start_bot: StartBot, sandbox: Sandbox) -> None:
    running = await start_bot(ritual_step_s=30.0)
    run = await running.collective.rituals.start(3, actor=SYSTEM)
    await left_behind(running, sandbox, run.id)
    await asyncio.wait_for(RitualEnds(running.bot)._run(), 40)
    assert len(await ritual_messages.known(running.bot)) == 1
