"""Answers where Discord lets the bot write, but not refer to the message that it answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.faults import Fault
from sandbox.permissions import Permission
from sandbox.posts.messages import Messages
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, text_of
from tests.sandbox.support import deny_bot

_SEND = "/channels/*/messages"
REFUSALS = {
    "160002": Fault("POST", _SEND, code=160002),
    "160009": Fault("POST", _SEND, status=400, code=160009),
    "50035": Fault("POST", _SEND, code=50035, field="message_reference"),
    "50035 below": Fault("POST", _SEND, code=50035, field="message_reference.message_id"),
}


async def said_by_bot(chat: Chat, count: int = 1) -> list[dict[str, Any]]:
    """What the bot said, once it is so many messages."""
    return await chat.until(lambda: found if len(found := chat.from_bot()) >= count else None)


async def test_without_the_history_it_answers_without_a_reference_and_is_never_refused(
    sandbox: Sandbox, start_bot: StartBot, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    deny_bot(sandbox, chat.channel, deny=Permission.READ_MESSAGE_HISTORY)
    asked: list[object] = []
    answered = Messages._answered

    def note(self: Messages, channel: Any, author_id: int, form: Any) -> int | None:
        asked.append(form.reference)
        return answered(self, channel, author_id, form)

    monkeypatch.setattr(Messages, "_answered", note)
    running = await start_bot()
    await chat.say("!tune harmony 0.9 calm", "admin")
    (answer,) = await said_by_bot(chat)

    assert "harmony" in text_of(answer)
    assert "message_reference" not in answer
    assert running.collective.manager.snapshot.ucf.harmony == 0.9
    assert asked == [None, None]


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
async def test_a_refused_reference_is_left_out_and_the_answer_comes(
    start_bot: StartBot,
    chat: Chat,
    caplog: pytest.LogCaptureFixture,
    refusal: Fault,
) -> None:
    running = await start_bot()
    running.sandbox.engine.faults.add(replace(refusal, times=1))
    await chat.say("!tune harmony 0.9 calm", "admin")
    (answer,) = await said_by_bot(chat)

    assert "harmony" in text_of(answer)
    assert running.collective.manager.snapshot.ucf.harmony == 0.9
    assert "incident" not in caplog.text


async def test_every_kind_of_prefix_answer_comes_without_its_reference(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring",
        {
            "ping": "await ctx.say('pong')",
            "status": "await ctx.say(files=[discord.File(io.BytesIO(b'data'), 'a.txt', description='A')])",
            "health": "await confirm(ctx, 'Sure?', danger=False)",
            "discovery": "async with Progress(ctx, 'Working', total=2): pass",
        },
        imports=(
            "import io\nimport discord\n"
            "from bot.replies.confirm import confirm\nfrom bot.replies.progress import Progress"
        ),
    )
    take_history(await start_bot(package=cogs.package), chat.channel)
    await chat.say("\n".join(["!ping"] * 11), "owner")
    assert "1 were left out" in (await said_by_bot(chat, 11))[10]["content"]
    await chat.say("!ping !ping", "owner")
    assert "Too many batches" in (await said_by_bot(chat, 12))[11]["content"]
    await chat.say("!pingg")
    assert "Did you mean" in (await said_by_bot(chat, 13))[12]["content"]
    await chat.say("!status")
    (attached,) = (await said_by_bot(chat, 14))[13]["attachments"]
    assert (attached["filename"], attached["description"], attached["size"]) == ("a.txt", "A", 4)
    await chat.say("!health", "mod")
    assert (await said_by_bot(chat, 15))[14]["components"]
    await chat.say("!discovery", "mod")
    assert "Working" in text_of((await said_by_bot(chat, 16))[15])


async def test_what_a_stop_cuts_off_says_so_without_its_reference(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "self.bot.begun.set()\nawait asyncio.Event().wait()"}, imports="import asyncio"
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog sets it
    take_history(running, chat.channel)
    await chat.say("!ping")
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    await running.kernel.drain.finish(0.5)
    (answer,) = await said_by_bot(chat)

    assert "cut off" in answer["content"]


async def test_another_mistake_in_a_message_is_not_hidden(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "await ctx.say(embed=discord.Embed(title='x', url='no address'))"},
        imports="import discord",
    )
    await start_bot(package=cogs.package)
    assert "incident" in (await chat.ask("!ping"))["content"]
    assert "incident.new" in caplog.text


def take_history(running: RunningBot, channel: int) -> None:
    """Take the permission to read the history from the bot, which does not hear of it."""
    deny_bot(running.sandbox, channel, deny=Permission.READ_MESSAGE_HISTORY)
