"""An answer that was posted counts, though Discord's confirmation of it was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import aiohttp
import pytest

from bot.replies import waiting
from bot.replies.confirm import confirm
from bot.replies.unheard import is_unheard
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.asking import context_of
from tests.bot.cog_folder import CogFolder
from tests.bot.cogs.talk import Talk, items
from tests.bot.cogs.talk import text_of as shown_in
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, is_ephemeral, outcomes, text_of

_TWO = "one = await ctx.say('one')\nawait one.edit(content='first')\nawait ctx.say('two')"
_RESPONSE, _REPLY, _FOLLOW_UP = "/interactions/*/*/callback", "/channels/*/messages", "/webhooks/*/*"


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    started = Talk(sandbox)
    yield started
    started.close()


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_reply_whose_confirmation_is_lost_is_there_once_and_is_the_answer(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox, cogs: CogFolder, cut: str
) -> None:
    cogs.write_cog("monitoring", {"ping": _TWO})
    running = await start_bot(package=cogs.package)
    sandbox.engine.faults.add(Fault("POST", _REPLY, cut=cut, times=1))
    said = await chat.say("!ping")
    assert await outcomes(running, 1) == {("ping", "ok"): 1}
    assert [text_of(reply).strip() for reply in chat.replies_to(said)] == ["first", "two"]


@pytest.mark.parametrize("slash", [False, True])
async def test_a_file_is_sent_whole_again(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, slash: bool
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "await ctx.say('one', files=[discord.File(io.BytesIO(b'abc'), 'a.txt')])"},
        imports="import io\nimport discord",
    )
    running = await start_bot(package=cogs.package)
    route = _RESPONSE if slash else _REPLY
    running.sandbox.engine.faults.add(Fault("POST", route, cut="before", times=1))
    answer = await chat.slash("ping") if slash else await chat.ask("!ping")
    assert [(each["filename"], each["size"]) for each in answer["attachments"]] == [("a.txt", 3)]
    assert await outcomes(running, 1) == {("ping", "ok"): 1}


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_slash_answer_whose_confirmation_is_lost_is_there_once_and_is_the_answer(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox, cogs: CogFolder, cut: str
) -> None:
    cogs.write_cog("monitoring", {"ping": _TWO})
    running = await start_bot(package=cogs.package)
    sandbox.engine.faults.add(Fault("POST", _RESPONSE, cut=cut, times=1))
    await chat.slash("ping")
    assert await outcomes(running, 1) == {("ping", "ok"): 1}
    assert [text_of(message).strip() for message in chat.from_bot()] == ["first", "two"]


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_follow_up_of_unknown_outcome_is_not_sent_twice_and_its_caller_is_told(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox, cogs: CogFolder, cut: str
) -> None:
    cogs.write_cog("monitoring", {"ping": _TWO})
    running = await start_bot(package=cogs.package)
    sandbox.engine.faults.add(Fault("POST", _FOLLOW_UP, cut=cut, times=1))
    await chat.slash("ping")
    assert await outcomes(running, 1) == {("ping", "told"): 1}
    texts = [text_of(message).strip() for message in chat.from_bot()]
    posted = ["two"] if cut == "after" else []
    assert texts[:-1] == ["first", *posted]
    assert "did not confirm the last message" in texts[-1]


@pytest.mark.parametrize(
    ("route", "cut"), [(route, cut) for route in (_RESPONSE, _FOLLOW_UP) for cut in ("before", "after")]
)
async def test_thinking_is_replaced_once_whichever_confirmation_is_lost(
    start_bot: StartBot, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch, route: str, cut: str
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cogs.write_cog(
        "monitoring",
        {
            "ping": """
            while waiting.Deferral.of(ctx.interaction)._task is None:
                await asyncio.sleep(0.005)
            await ctx.say('one')
            await ctx.say('two')
            """
        },
        imports="import asyncio\nfrom bot.replies import waiting",
    )
    running = await start_bot(package=cogs.package)
    chat = Chat(running.sandbox)
    running.sandbox.engine.faults.add(Fault("POST", route, cut=cut, times=1))
    await chat.slash("ping")
    assert await outcomes(running, 1) == {("ping", "ok"): 1}
    await chat.until(lambda: len(chat.from_bot()) >= 2 or None)
    assert [text_of(message).strip() for message in chat.from_bot()] == ["one", "two"]
    chat.close()


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_whisper_comes_though_the_end_of_thinking_is_not_confirmed(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cogs.write_cog(
        "monitoring",
        {
            "ping": """
            while waiting.Deferral.of(ctx.interaction)._task is None:
                await asyncio.sleep(0.005)
            await ctx.whisper('only you')
            """
        },
        imports="import asyncio\nfrom bot.replies import waiting",
    )
    running = await start_bot(package=cogs.package)
    running.sandbox.engine.faults.add(Fault("DELETE", "/webhooks/*", cut=cut, times=1))
    await chat.slash("ping")
    assert await outcomes(running, 1) == {("ping", "ok"): 1}
    (shown,) = [message for message in chat.from_bot() if message["id"] not in chat.deleted]
    assert text_of(shown).strip() == "only you"
    assert is_ephemeral(shown)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_press_whose_confirmation_is_lost_is_answered_once(
    running_bot: RunningBot, talk: Talk, sandbox: Sandbox, cut: str
) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=True))
    question = await talk.until(lambda one: "Sure?" in shown_in(one) and bool(items(one)))
    sandbox.engine.faults.add(Fault("POST", _RESPONSE, cut=cut, times=1))
    await talk.press("admin", question, "Yes, do it")
    assert await asking is True
    closed = await talk.edited(question, lambda one: "Confirmed." in shown_in(one))
    assert items(closed) == []


@pytest.mark.parametrize("slash", [False, True])
@pytest.mark.parametrize("cut", ["before", "after"])
async def test_the_end_of_a_long_work_is_shown_though_its_confirmation_is_lost(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, cut: str, slash: bool
) -> None:
    cogs.write_cog(
        "monitoring",
        {
            "ping": """
            async with Progress(ctx, "Work", total=1) as progress:
                ctx.bot.cut()
                await progress.finish(embeds.card("Done", []))
            """
        },
        imports="from bot.text import embeds\nfrom bot.replies.progress import Progress",
    )
    running = await start_bot(package=cogs.package)
    running.bot.cut = lambda: running.sandbox.engine.faults.add(Fault("PATCH", "*", cut=cut, times=1))  # type: ignore[attr-defined]  # the test's own
    if slash:
        await chat.slash("ping")
    else:
        await chat.say("!ping")
    assert await outcomes(running, 1) == {("ping", "ok"): 1}
    await chat.until(lambda: next((one for one in chat.from_bot() if "Done" in text_of(one)), None))
    assert len(chat.from_bot()) == 1


async def test_a_lost_confirmation_is_logged_and_is_no_incident(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.replies.unheard")
    sandbox.engine.faults.add(Fault("POST", _REPLY, cut="after", times=1))
    await chat.ask("!agents")
    await outcomes(running_bot, 1)
    assert "discord.unheard error=" in caplog.text
    assert "incident" not in caplog.text


def test_what_was_never_asked_has_no_unknown_outcome() -> None:
    assert not is_unheard(aiohttp.ConnectionTimeoutError())
    assert not is_unheard(aiohttp.InvalidURL("x"))
    assert not is_unheard(ValueError())
    assert is_unheard(aiohttp.ServerDisconnectedError())
    assert is_unheard(aiohttp.ClientPayloadError())
    assert is_unheard(ConnectionResetError())
