"""The admin channel hears of dead letters once: of many together, after a kill, when a channel is chosen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.effects.dead_letters import DeadLetters
from core.logs.secret import Secret
from core.store.tx import Tx
from core.webhooks.table.delivery_table import end_waiting
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import Change
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, opened_collective, running, settings_for
from tests.core.webhooks.receiver import Receiver, receiving
from tests.manual_clock import ManualClock

DEAD_BATCH = 40


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
def board(sandbox: Sandbox) -> Iterator[Chat]:
    seen = Chat(sandbox, sandbox.channel("alerts"))
    yield seen
    seen.close()


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's own loop tells nothing while a test does."""
    monkeypatch.setattr("bot.effects.dead_letters._GATHERED_S", 600.0)


@pytest.fixture
def at_once(by_hand: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for what else dies."""
    del by_hand
    monkeypatch.setattr("bot.effects.dead_letters._GATHERED_S", 0.0)


def options(sandbox: Sandbox, receiver: Receiver) -> dict[str, Any]:
    """Settings with which a restart finds what was remembered; each sandbox is a Discord of its own."""
    return {"alerts_channel_id": sandbox.channel("alerts"), "zapier_webhook_url": (Secret(receiver.url),)}


def notices(board: Chat) -> list[dict[str, Any]]:
    return [one for one in board.from_bot() if "dead letters are kept" in text_of(one)]


async def notice(board: Chat, *texts: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        return next((one for one in notices(board) if all(text in text_of(one) for text in texts)), None)

    return await board.until(look)


async def change(bot: RunningBot, harmony: float) -> None:
    await bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=harmony))
    )


async def kill_many(bot: RunningBot, count: int, why: str = "HTTP 404") -> None:
    """Dead letters as a dead destination leaves them, many at once."""
    clock = bot.kernel.clock

    def work(tx: Tx) -> int:
        for _ in range(count):
            bot.collective.webhooks.outbox.enqueue(tx, clock.now(), "report.ready", b"{}")
        return end_waiting(tx, "zapier", 1, why)

    await bot.collective.database.write(work)


async def press_replay(bot: RunningBot, talk: Talk, told: dict[str, Any]) -> None:
    # On a busy machine the first import of the cog can take the 3 s that an interaction has, since it holds
    # up the loop of all three: Discord, Helix and the test.
    await bot.bot.loader.ensure("webhooks")
    await talk.press("admin", told, "Replay")


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(40):
        while not look():
            await asyncio.sleep(0.005)


@pytest.mark.usefixtures("at_once")
async def test_one_that_dies_is_told_once_and_its_button_sends_it_again(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver
) -> None:
    talk = Talk(sandbox)
    receiver.statuses = [404]
    bot = await start_bot(**options(sandbox, receiver))
    await change(bot, 0.9)
    told = await talk.until(lambda one: "died" in text_of(one))
    assert "ucf.changed → `zapier`: HTTP 404" in text_of(told)
    assert [item["label"] for item in items(told)] == ["Replay"]
    receiver.statuses = [200]
    await press_replay(bot, talk, told)
    await talk.edited(told, lambda one: "again" in text_of(one))
    talk.close()


async def test_many_at_once_are_one_notice_and_one_button_for_all(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver, board: Chat
) -> None:
    bot = await start_bot(**options(sandbox, receiver))
    await kill_many(bot, DEAD_BATCH)
    letters = DeadLetters(bot.bot)
    assert await letters.tell()
    assert not await letters.tell()
    (told,) = [await notice(board, f"{DEAD_BATCH} deliveries died")]
    assert f"and {DEAD_BATCH - 8} more" in text_of(told)
    talk = Talk(sandbox)
    await press_replay(bot, talk, told)
    await receiver.until(DEAD_BATCH)
    assert len(notices(board)) == 1
    talk.close()


async def test_one_that_dies_again_after_a_replay_is_told_again(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver, board: Chat
) -> None:
    clock = ManualClock()
    bot = await start_bot(clock=clock, **options(sandbox, receiver))
    receiver.statuses = [404]
    letters, outbox = DeadLetters(bot.bot), bot.collective.webhooks.outbox
    await kill_many(bot, 1, "the first time")
    assert await letters.tell()
    await notice(board, "report.ready → `zapier`: the first time")
    (dead,) = await outbox.dead_since(None)
    await outbox.replay(dead)
    clock.advance(60)
    async with asyncio.timeout(40):
        while dead not in await outbox.dead_since(None):
            await asyncio.sleep(0.005)
    assert await letters.tell()
    await notice(board, "report.ready → `zapier`: HTTP 404")
    assert len(notices(board)) == 2


async def test_what_an_earlier_process_did_not_live_to_tell_is_told_after_the_start(
    sandbox: Sandbox, receiver: Receiver, board: Chat, tmp_path: Path, at_once: None
) -> None:
    del at_once
    values = options(sandbox, receiver)
    async with opened_collective(settings_for(sandbox, tmp_path, **values)) as (kernel, collective):

        def work(tx: Tx) -> int:
            collective.webhooks.outbox.enqueue(tx, kernel.clock.now(), "report.ready", b"{}")
            return end_waiting(tx, "zapier", 1, "HTTP 404")

        await collective.database.write(work)
    async with running(sandbox, tmp_path, **values):
        await notice(board, "A delivery died")


@pytest.mark.parametrize("later_s", [5, 3_600])
async def test_a_kill_between_the_notice_and_its_note_tells_it_once(
    start_bot: StartBot, sandbox: Sandbox, board: Chat, monkeypatch: pytest.MonkeyPatch, later_s: float
) -> None:
    clock = ManualClock()
    nowhere = (Secret("http://127.0.0.1:1/hook"),)
    bot = await start_bot(clock=clock, alerts_channel_id=board.channel, zapier_webhook_url=nowhere)
    await kill_many(bot, 2)
    letters = DeadLetters(bot.bot)

    async def die(*_: object) -> bool:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(bot.bot.key_values, "delete", die)
        with pytest.raises(asyncio.CancelledError):
            await letters.tell()
    if later_s > 300:
        sandbox.engine.messages._nonces.clear()
    clock.advance(later_s)
    assert await DeadLetters(bot.bot).tell()
    assert not await DeadLetters(bot.bot).tell()
    await notice(board, "2 deliveries died")
    assert len(notices(board)) == 1


@pytest.mark.parametrize("dies", ["key_values.set", "collective.webhooks.notices.claim"])
async def test_a_kill_while_a_notice_is_noted_loses_no_letter(
    start_bot: StartBot, board: Chat, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    nowhere = (Secret("http://127.0.0.1:1/hook"),)
    bot = await start_bot(alerts_channel_id=board.channel, zapier_webhook_url=nowhere)
    await kill_many(bot, 2)
    part, _, name = dies.rpartition(".")

    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(attrgetter(part)(bot.bot), name, die)
        with pytest.raises(asyncio.CancelledError):
            await DeadLetters(bot.bot).tell()
    assert await DeadLetters(bot.bot).tell()
    await notice(board, "2 deliveries died")
    assert len(notices(board)) == 1


async def test_a_notice_that_a_clock_ahead_has_dated_is_told_once(
    start_bot: StartBot, sandbox: Sandbox, board: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far beyond the sandbox's own clock, which dates what is posted.
    clock = ManualClock(datetime(2100, 1, 1, tzinfo=UTC))
    nowhere = (Secret("http://127.0.0.1:1/hook"),)
    bot = await start_bot(clock=clock, alerts_channel_id=board.channel, zapier_webhook_url=nowhere)
    await kill_many(bot, 2)

    async def die(*_: object) -> bool:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(bot.bot.key_values, "delete", die)
        with pytest.raises(asyncio.CancelledError):
            await DeadLetters(bot.bot).tell()
    sandbox.engine.messages._nonces.clear()
    clock.set(-3_600)
    assert await DeadLetters(bot.bot).tell()
    assert not await DeadLetters(bot.bot).tell()
    assert len(notices(board)) == 1


async def test_a_destination_that_is_switched_off_is_told_with_the_way_to_switch_it_on(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver, board: Chat
) -> None:
    receiver.statuses = [410]
    bot = await start_bot(**options(sandbox, receiver))
    await change(bot, 0.9)
    await receiver.until(1)
    async with asyncio.timeout(40):
        while not await bot.collective.webhooks.destinations.disabled():
            await asyncio.sleep(0.005)
    await DeadLetters(bot.bot).tell()
    await notice(board, "`zapier` is switched off: it answered 410 Gone", "!breakers reset zapier")
    talk = Talk(sandbox)
    await talk.ask("admin", "!breakers reset zapier")
    assert await bot.collective.webhooks.destinations.disabled() == {}
    talk.close()


async def test_without_a_channel_it_waits_for_one(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver, board: Chat, at_once: None
) -> None:
    del at_once
    bot = await start_bot(zapier_webhook_url=(Secret(receiver.url),), alerts_channel_id=0)
    await kill_many(bot, 1)
    assert not await DeadLetters(bot.bot).tell()
    await bot.bot.duties.remember("alerts", sandbox.channel("alerts"))
    await notice(board, "A delivery died")


async def test_a_channel_that_refuses_is_tried_again_and_nothing_is_lost(
    start_bot: StartBot,
    sandbox: Sandbox,
    receiver: Receiver,
    board: Chat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_GATHERED_S", "_RETRY_S", "_REFUSED_RETRY_S", "_APART_S"):
        monkeypatch.setattr(f"bot.effects.dead_letters.{name}", 0.01)
    for status in (403, 409):
        sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=status, times=1))
    receiver.statuses = [404]
    bot = await start_bot(**options(sandbox, receiver))
    await change(bot, 0.9)
    await notice(board, "died")


async def test_a_hook_that_unsubscribes_is_no_news(
    start_bot: StartBot, sandbox: Sandbox, receiver: Receiver
) -> None:
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"))
    receiver.statuses = [500]
    destinations = bot.collective.webhooks.destinations
    hook = await destinations.subscribe("ucf.changed", receiver.url)
    await change(bot, 0.9)
    await receiver.until(1)
    await destinations.unsubscribe(hook.id)
    assert not await DeadLetters(bot.bot).tell()
