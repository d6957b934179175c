"""What becomes of the messages that showed work under way when a crash came."""

from __future__ import annotations

import asyncio

from bot.effects.progress_ends import ProgressEnds
from bot.replies import progress_messages
from bot.replies.progress import Progress
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.asking import context_of
from tests.bot.support import SUPPRESSED, Chat, RunningBot, refuse_edits, text_of


async def left_behind(running_bot: RunningBot, sandbox: Sandbox) -> int:
    """A message that an earlier run left in the middle of its work."""
    bot = running_bot.bot
    message = await bot.get_partial_messageable(sandbox.channel("general")).send("▰▰▱ 12 of 27")
    scope = f"{bot.remember_scope}#progress"
    await bot.key_values.set(scope, str(message.id), f"1.0 {message.channel.id} 💾 Backing up")
    return message.id


async def test_what_a_crash_cut_off_says_so_under_its_title(
    running_bot: RunningBot, sandbox: Sandbox, chat: Chat
) -> None:
    message = await left_behind(running_bot, sandbox)
    await ProgressEnds(running_bot.bot)._run()
    shown = await chat.until(
        lambda: found if "Interrupted" in text_of(found := chat.messages[str(message)]) else None
    )
    assert "💾 Backing up" in text_of(shown)
    assert await progress_messages.left(running_bot.bot) == ()


async def test_one_that_takes_no_more_edits_is_replaced_without_a_notification(
    running_bot: RunningBot, sandbox: Sandbox, chat: Chat
) -> None:
    message = await left_behind(running_bot, sandbox)
    refuse_edits(sandbox)
    await ProgressEnds(running_bot.bot)._run()
    (new,) = [one for one in chat.from_bot() if "Interrupted" in text_of(one)]
    assert str(message) in chat.deleted
    assert new["flags"] & SUPPRESSED
    assert await progress_messages.left(running_bot.bot) == ()


async def test_one_that_is_gone_is_let_go(running_bot: RunningBot, sandbox: Sandbox) -> None:
    message = await left_behind(running_bot, sandbox)
    channel = running_bot.bot.get_partial_messageable(sandbox.channel("general"))
    await channel.get_partial_message(message).delete()
    await ProgressEnds(running_bot.bot)._run()
    assert await progress_messages.left(running_bot.bot) == ()


async def test_one_that_cannot_be_told_now_is_told_at_the_next_start(
    running_bot: RunningBot, sandbox: Sandbox
) -> None:
    await left_behind(running_bot, sandbox)
    sandbox.engine.faults.add(Fault("PATCH", "/channels/*/messages/*", status=400, times=1))
    await ProgressEnds(running_bot.bot)._run()
    assert len(await progress_messages.left(running_bot.bot)) == 1


async def test_work_of_this_run_is_remembered_while_it_goes_on_and_left_alone(
    running_bot: RunningBot,
) -> None:
    bot = running_bot.bot
    scope = f"{bot.remember_scope}#progress"
    async with Progress(await context_of(running_bot, "admin", command="status"), "Counting", total=4):
        async with asyncio.timeout(40):
            while not await bot.key_values.items(scope):
                await asyncio.sleep(0.005)
        assert await progress_messages.left(bot) == ()
    assert await bot.key_values.items(scope) == {}
