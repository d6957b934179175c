"""Questions with buttons, with the real client on the sandbox."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.replies.confirm import confirm
from sandbox import Sandbox
from tests.bot.asking import context_of
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.support import RunningBot


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    started = Talk(sandbox)
    yield started
    started.close()


async def asked(talk: Talk, question: str) -> Message:
    return await talk.until(lambda one: question in text_of(one) and bool(items(one)))


@pytest.mark.parametrize(
    ("label", "agreed", "outcome"), [("Yes, do it", True, "Confirmed."), ("No", False, "nothing was done")]
)
async def test_the_asker_answers(
    running_bot: RunningBot, talk: Talk, label: str, agreed: bool, outcome: str
) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=True))
    question = await asked(talk, "Sure?")
    await talk.press("admin", question, label)
    assert await asking is agreed
    closed = await talk.edited(question, lambda one: outcome in text_of(one))
    assert items(closed) == []


async def test_nobody_else_answers(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=False))
    question = await asked(talk, "Sure?")
    refused = await talk.answer_to(await talk.press("owner", question, "Yes, do it"))
    assert "belongs to" in refused["content"]
    assert not asking.done()
    await talk.press("admin", question, "No")
    assert await asking is False


async def test_silence_means_no(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await context_of(running_bot, "admin")
    assert await confirm(ctx, "Sure?", danger=False, timeout_s=0.02) is False
    closed = await talk.until(lambda one: "There was no answer" in text_of(one))
    assert items(closed) == []


async def test_a_stop_closes_the_question_and_waits_for_no_answer(
    running_bot: RunningBot, talk: Talk
) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=True, timeout_s=3600))
    question = await asked(talk, "Sure?")
    running_bot.bot.kernel.drain.close()
    assert await asking is False
    closed = await talk.edited(question, lambda one: "stopping; nothing was done" in text_of(one))
    assert items(closed) == []
    assert not running_bot.bot.kernel.drain.in_flight()


async def test_a_press_after_the_time_is_up_has_expired(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=False))
    question = await asked(talk, "Sure?")
    asking.cancel()
    await asyncio.wait((asking,))
    assert asking.cancelled()
    await talk.press("admin", question, "Yes, do it")
    await talk.until(lambda one: "has expired" in one["content"])


async def test_a_question_that_was_deleted_is_answered_by_no(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await context_of(running_bot, "admin")
    asking = asyncio.create_task(confirm(ctx, "Sure?", danger=False, timeout_s=0.5))
    question = await asked(talk, "Sure?")
    await talk.sandbox.act.delete(user=talk.sandbox.users["owner"], message=int(question["id"]))
    assert await asking is False


async def test_two_questions_at_once_do_not_mix(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await context_of(running_bot, "admin")
    first = asyncio.create_task(confirm(ctx, "First?", danger=False))
    second = asyncio.create_task(confirm(ctx, "Second?", danger=False))
    await talk.press("admin", await asked(talk, "Second?"), "Yes, do it")
    assert await second is True
    assert not first.done()
    await talk.press("admin", await asked(talk, "First?"), "No")
    assert await first is False
