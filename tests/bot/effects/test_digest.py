"""The week is summed up once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.cards import trends
from bot.effects.digest import Digest, Posted
from core.runtime.worker import WorkerBusy
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import Actor
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, running, text_of
from tests.manual_clock import ManualClock

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> ManualClock:
    """It stands an hour before a Monday's 09:00."""
    return ManualClock(MONDAY - timedelta(hours=1))


@pytest.fixture
async def chat(sandbox: Sandbox) -> AsyncIterator[Chat]:
    seen = Chat(sandbox, sandbox.channel("general"))
    yield seen
    seen.close()


@pytest.fixture
async def bot(start_bot: StartBot, clock: ManualClock) -> RunningBot:
    return await start_bot(clock=clock)


@pytest.fixture
async def digest(bot: RunningBot, sandbox: Sandbox) -> Digest:
    """One with a channel and last week settled; its own loop is not what posts in these tests."""
    bot.bot.duties._set["digest"] = sandbox.channel("general")
    made = Digest(bot.bot)
    await made.post_due()
    return made


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(*_: object) -> bytes:
        raise WorkerBusy("Too much is being drawn at once.")

    monkeypatch.setattr(trends, "draw", draw)


async def remembered(bot: RunningBot) -> Posted:
    found = await bot.bot.key_values.get(bot.bot.remember_scope, "digest")
    assert found is not None
    return msgspec.json.decode(found, type=Posted)


async def forget_the_end(bot: RunningBot, begun_at: datetime, due: datetime = MONDAY) -> None:
    """As after a crash between the post and the note that it is there."""
    begun = Posted(due=due - WEEK, begun=due, begun_at=begun_at, channel=bot.sandbox.channel("general"))
    await bot.bot.key_values.set(bot.bot.remember_scope, "digest", msgspec.json.encode(begun).decode())


async def test_the_week_is_told_with_a_chart(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    run = await bot.collective.rituals.start(1, actor=Actor("command", "Ada", 7))
    await run.wait()
    clock.advance(3600)
    await digest.post_due()
    (message,) = chat.from_bot()
    text = text_of(message)
    assert "The week to 5 January" in text
    assert "**Rituals** 1 done" in text
    assert "**harmony**" in text
    assert "Ada" not in text
    assert "2026-01-05 09:00 UTC" in message["embeds"][0]["footer"]["text"]
    (file,) = message["attachments"]
    assert file["filename"] == "week.png"
    assert file["description"].startswith("Chart: The field, 29 December to 5 January.")


@pytest.mark.usefixtures("undrawn")
async def test_it_comes_on_monday_once(digest: Digest, chat: Chat, clock: ManualClock) -> None:
    clock.advance(3599)
    await digest.post_due()
    assert chat.from_bot() == []
    clock.advance(1)
    for _ in range(3):
        await digest.post_due()
        clock.advance(3600)
    assert len(chat.from_bot()) == 1
    assert "could not be drawn" in text_of(chat.from_bot()[0])
    clock.advance(WEEK.total_seconds())
    await digest.post_due()
    assert ["to 5 January" in text_of(one) for one in chat.from_bot()] == [True, False]


@pytest.mark.usefixtures("undrawn")
async def test_how_many_commands_there_were_is_told_where_it_is_known(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    clock.advance(3600)
    await digest.post_due()
    for _ in range(3):
        bot.bot.command_metrics.record("ping", "ok", 0.1)
    clock.advance(WEEK.total_seconds())
    await digest.post_due()
    told = ["**Commands** 3" in text_of(one) for one in chat.from_bot()]
    assert told == [False, True]


@pytest.mark.usefixtures("undrawn")
async def test_one_that_was_missed_is_posted_once_after_the_start(
    sandbox: Sandbox, tmp_path: Path, chat: Chat, clock: ManualClock
) -> None:
    options: dict[str, Any] = {
        "digest_channel_id": sandbox.channel("general"),
        "in_sandbox": False,
        "clock": clock,
    }
    async with running(sandbox, tmp_path, **options) as first:
        async with asyncio.timeout(40):
            while await first.bot.key_values.get(first.bot.remember_scope, "digest") is None:
                await asyncio.sleep(0.005)
    clock.advance(3 * WEEK.total_seconds())
    async with running(sandbox, tmp_path, **options) as second:
        await chat.until(lambda: chat.from_bot() or None)
        async with asyncio.timeout(40):
            while (await remembered(second)).begun is not None:
                await asyncio.sleep(0.005)
    async with running(sandbox, tmp_path, **options) as third:
        await Digest(third.bot).post_due()
    assert ["to 19 January" in text_of(one) for one in chat.from_bot()] == [True]


@pytest.mark.usefixtures("undrawn")
async def test_a_post_that_arrived_and_was_not_noted_is_not_repeated(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    clock.advance(3600)
    await digest.post_due()
    await forget_the_end(bot, clock.now())
    clock.advance(3600)
    # So late Discord has forgotten the nonce.
    bot.sandbox.engine.messages._nonces.clear()
    await Digest(bot.bot).post_due()
    assert len(chat.from_bot()) == 1
    assert (await remembered(bot)) == Posted(due=MONDAY)


@pytest.mark.usefixtures("undrawn")
async def test_after_a_clock_that_was_ahead_the_next_week_is_told(
    digest: Digest, chat: Chat, clock: ManualClock
) -> None:
    clock.set(10 * WEEK.total_seconds())
    await digest.post_due()
    clock.set(-10 * WEEK.total_seconds())
    await digest.post_due()
    assert len(chat.from_bot()) == 1
    clock.advance(3600)
    await digest.post_due()
    assert ["to 5 January" in text_of(one) for one in chat.from_bot()] == [False, True]


@pytest.mark.usefixtures("undrawn")
async def test_a_post_that_a_clock_ahead_has_begun_is_found(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    clock.advance(3600)
    await digest.post_due()
    # Far beyond the sandbox's own clock, which dates what is posted.
    await forget_the_end(bot, datetime(2100, 1, 1, tzinfo=UTC))
    bot.sandbox.engine.messages._nonces.clear()
    await Digest(bot.bot).post_due()
    assert len(chat.from_bot()) == 1
    assert (await remembered(bot)) == Posted(due=MONDAY)


@pytest.mark.usefixtures("undrawn")
async def test_a_post_that_was_begun_and_never_arrived_is_made_up_for(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    clock.advance(3600)
    await forget_the_end(bot, clock.now())
    clock.advance(3600)
    await Digest(bot.bot).post_due()
    assert len(chat.from_bot()) == 1
    assert digest is not None


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("later_s", [30, 3600])
async def test_where_history_cannot_be_read_there_are_never_two(
    digest: Digest, bot: RunningBot, clock: ManualClock, caplog: pytest.LogCaptureFixture, later_s: int
) -> None:
    chat = Chat(bot.sandbox)
    clock.advance(3600)
    await digest.post_due()
    await forget_the_end(bot, clock.now())
    bot.sandbox.engine.faults.add(Fault("GET", "/channels/*/messages", status=403))
    clock.advance(later_s)
    await Digest(bot.bot).post_due()
    assert len(chat.from_bot()) == 1
    assert (await remembered(bot)) == Posted(due=MONDAY)
    assert ("digest.unsure" in caplog.text) == (later_s > 120)
    chat.close()


@pytest.mark.usefixtures("undrawn")
async def test_a_channel_that_refuses_gets_it_once_it_takes_it(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.advance(3600)
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=403))
    for _ in range(3):
        await digest.post_due()
        clock.advance(301)
    assert caplog.text.count("digest.unreachable") == 1
    assert await remembered(bot) == Posted(due=MONDAY - WEEK)
    bot.sandbox.engine.faults.clear()
    await digest.post_due()
    assert len(chat.from_bot()) == 1


@pytest.mark.usefixtures("undrawn")
async def test_a_failure_of_discords_is_made_up_for(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.advance(3600)
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=1))
    await bot.bot.duties.remember("digest", bot.sandbox.channel("general"))
    async with asyncio.timeout(40):
        while "digest.delayed" not in caplog.text:
            await asyncio.sleep(0.005)
    assert (await remembered(bot)).begun == MONDAY
    await digest.post_due()
    assert len(chat.from_bot()) == 1


@pytest.mark.usefixtures("undrawn")
async def test_one_that_discord_blocks_is_said_and_not_sent_again(
    digest: Digest, bot: RunningBot, chat: Chat, clock: ManualClock
) -> None:
    clock.advance(3600)
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", code=200000, times=1))
    for _ in range(2):
        await digest.post_due()
    assert chat.from_bot() == []
    assert await remembered(bot) == Posted(due=MONDAY)
    check = bot.kernel.health.get("digest-channel")
    assert check is not None
    assert (check.status, check.reason) == ("warn", "Discord refused a post in the digest channel")
    assert "AutoMod" in check.action


async def test_a_channel_that_is_chosen_today_gets_its_first_digest_next_monday(
    bot: RunningBot, chat: Chat
) -> None:
    await bot.bot.duties.remember("digest", bot.sandbox.channel("general"))
    async with asyncio.timeout(40):
        while await bot.bot.key_values.get(bot.bot.remember_scope, "digest") is None:
            await asyncio.sleep(0.005)
    assert await remembered(bot) == Posted(due=MONDAY - WEEK)
    assert chat.from_bot() == []


async def test_without_a_channel_it_is_off(bot: RunningBot, chat: Chat) -> None:
    await Digest(bot.bot).post_due()
    assert await bot.bot.key_values.get(bot.bot.remember_scope, "digest") is None
    assert chat.from_bot() == []
