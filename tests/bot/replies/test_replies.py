"""One answer per message, also when two processes see it or one of them stops."""

from __future__ import annotations

import asyncio
import logging

import pytest

from sandbox.faults import Fault
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, outcomes, text_of


async def test_two_bots_give_one_reply_to_a_message(
    start_bot: StartBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    blue, green = await start_bot(folder="blue"), await start_bot(folder="green")
    said = [await chat.say(text) for text in ("!status", "!agent", "!wisdm", "!trend")]
    batch = await chat.say("!status !agents", "owner")
    for message in said:
        await chat.reply_to(message)
    await chat.replies(batch, 2)
    for running in (blue, green):
        await outcomes(running, 6)
    assert [len(chat.replies_to(message)) for message in said] == [1, 1, 1, 1]
    assert len(chat.replies_to(batch)) == 2
    assert "incident" not in caplog.text


async def test_two_bots_give_one_answer_to_an_interaction_without_an_incident(
    start_bot: StartBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    bots = [await start_bot(folder="blue"), await start_bot(folder="green")]
    answer = await chat.slash("agents")
    assert "Consciousness" in text_of(answer)
    ended = [outcome for running in bots for _, outcome in await outcomes(running, 1)]
    assert sorted(ended) == ["elsewhere", "ok"]
    assert len(chat.from_bot()) == 1
    assert "incident" not in caplog.text


async def test_a_reply_has_a_nonce_of_the_message_and_a_counter(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.say('one')\nawait ctx.say('two')"})
    await start_bot(package=cogs.package)
    said = await chat.say("!ping !ping")
    nonces = [reply["nonce"] for reply in await chat.replies(said, 4)]
    assert nonces == [f"{said['id']}-{number}" for number in (1, 2, 1001, 1002)]
    assert max(map(len, nonces)) <= 25


async def test_a_message_that_the_other_process_deleted_is_no_incident(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "message = await ctx.say('one')\nawait message.delete()\nawait message.edit(content='two')"},
    )
    running = await start_bot(package=cogs.package)
    with caplog.at_level(logging.INFO):
        await chat.ask("!ping")
        assert await outcomes(running, 1) == {("ping", "elsewhere"): 1}
    assert "command.answered_elsewhere where=ping" in caplog.text
    assert "incident" not in caplog.text


async def test_trouble_at_discord_ends_in_the_log_and_the_bot_goes_on(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.say('pong')"})
    running = await start_bot(package=cogs.package)
    running.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=2))
    with caplog.at_level(logging.INFO):
        await chat.say("!ping")
        assert await outcomes(running, 1) == {("ping", "failed"): 1}
    assert "command.untold where=ping" in caplog.text
    assert (await chat.ask("!ping", "owner"))["content"] == "pong"


async def test_the_stop_answers_what_was_accepted_and_takes_nothing_more(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "self.bot.begun.set()\nawait self.bot.go_on.wait()\nawait ctx.say('pong')"},
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun, running.bot.go_on = asyncio.Event(), asyncio.Event()  # type: ignore[attr-defined]  # the cog's
    accepted = await chat.say("!ping")
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    finishing = asyncio.create_task(running.kernel.drain.finish(5.0))
    await asyncio.sleep(0)
    late = await chat.say("!ping", "owner")
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    assert await finishing == {}
    assert (await chat.reply_to(accepted))["content"] == "pong"
    assert chat.replies_to(late) == []


@pytest.mark.parametrize("text", ["!ping", "!ping !ping"])
async def test_a_command_that_is_cut_off_says_so_once(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, text: str
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "self.bot.begun.set()\nawait asyncio.Event().wait()"}, imports="import asyncio"
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog sets it
    said = await chat.say(text)
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    assert await running.kernel.drain.finish(0.5) == {"command": 1}
    assert [reply["content"] for reply in chat.replies_to(said)] == [
        "Helix is stopping, and this was cut off. Try again in a moment."
    ]
    assert await outcomes(running, 1) == {("ping", "cut off"): 1}


async def test_a_command_cut_off_while_its_cog_loads_says_so_and_the_cog_is_loaded(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "await ctx.say('pong')"}, setup="bot.begun.set()\nawait bot.go_on.wait()"
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun, running.bot.go_on = asyncio.Event(), asyncio.Event()  # type: ignore[attr-defined]  # the cog's
    said = await chat.say("!ping")
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    await running.kernel.drain.finish(0.2)
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    await running.bot.loader.settle("monitoring")
    assert "stopping" in (await chat.reply_to(said))["content"]
    assert running.bot.loader.is_ready("monitoring")
