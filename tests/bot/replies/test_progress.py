"""Progress bars with the real client on the sandbox."""

import asyncio
import contextlib
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.replies import buttons, progress_messages
from bot.replies.context import HelixContext
from bot.replies.progress import EDIT_EVERY_S, Progress, Stopped
from bot.text import embeds
from sandbox import Sandbox
from tests.bot.asking import context_of
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.support import SUPPRESSED, RunningBot, refuse_edits
from tests.manual_clock import ManualClock


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    started = Talk(sandbox)
    yield started
    started.close()


async def ask(running_bot: RunningBot, command: str = "status") -> HelixContext:
    return await context_of(running_bot, "admin", command=command)


async def test_the_bar_moves_and_ends_in_the_result(running_bot: RunningBot, talk: Talk) -> None:
    async with Progress(await ask(running_bot), "Counting", total=4) as progress:
        shown = await talk.until(lambda one: "0 of 4" in text_of(one))
        progress.advance(2, "✅ two")
        await talk.edited(shown, lambda one: "2 of 4" in text_of(one) and "✅ two" in text_of(one))
        await progress.finish(embeds.card("Counted", ("all four",)))
    assert "all four" in text_of(talk.messages[shown["id"]])


async def test_edits_are_far_apart_and_the_last_one_shows_the_latest(
    running_bot: RunningBot, talk: Talk
) -> None:
    clock = ManualClock()
    async with Progress(await ask(running_bot), "Counting", total=9, sleep=clock.sleep) as progress:
        shown = await talk.until(lambda one: "0 of 9" in text_of(one))
        progress.advance(1)
        assert await clock.until_sleeping() == (EDIT_EVERY_S,)
        for done in range(2, 9):
            progress.advance(done)
        assert "1 of 9" in text_of(talk.messages[shown["id"]])
        clock.advance(EDIT_EVERY_S)
        await talk.edited(shown, lambda one: "8 of 9" in text_of(one))
    assert len([edit for edit in talk.edits if edit["id"] == shown["id"]]) == 2


async def test_what_looks_the_same_is_not_edited_again(running_bot: RunningBot, talk: Talk) -> None:
    clock = ManualClock()
    drawn = 0

    def card() -> discord.Embed:
        nonlocal drawn
        drawn += 1
        return embeds.card("Waiting", ("for its turn",) if drawn < 4 else ("begun",))

    asked = await ask(running_bot)
    async with Progress(asked, "Waiting", total=1, card=card, sleep=clock.sleep) as progress:
        shown = await talk.until(lambda one: "for its turn" in text_of(one))
        for expected in (2, 3):
            progress.redraw()
            while drawn < expected:
                await asyncio.sleep(0)
        assert not [edit for edit in talk.edits if edit["id"] == shown["id"]]
        progress.redraw()
        await talk.edited(shown, lambda one: "begun" in text_of(one))


async def test_only_the_last_notes_are_shown(running_bot: RunningBot, talk: Talk) -> None:
    async with Progress(await ask(running_bot), "Counting", total=20) as progress:
        for done in range(1, 21):
            progress.advance(done, f"note {done:02}")
        moved = await talk.until(lambda one: "20 of 20" in text_of(one))
    assert "note 20" in text_of(moved)
    assert "note 12" not in text_of(moved)


async def test_work_that_fails_leaves_a_bar_that_says_so(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await ask(running_bot)

    async def work() -> None:
        async with Progress(ctx, "Counting", total=4) as progress:
            progress.advance(3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await work()
    await talk.until(lambda one: "Ended early, at 3 of 4." in text_of(one))


async def test_cancelled_work_leaves_a_bar_that_says_so(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await ask(running_bot)
    inside = asyncio.Event()

    async def work() -> None:
        async with Progress(ctx, "Counting", total=4):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    assert await talk.until(lambda one: "Ended early, at 0 of 4." in text_of(one))


async def test_the_asker_stops_the_work(running_bot: RunningBot, talk: Talk) -> None:
    ctx = await ask(running_bot)
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def all_of_it() -> None:
        async with Progress(ctx, "Counting", total=4, stoppable=True) as progress:
            progress.advance(1)
            await progress.run(work())

    task = asyncio.create_task(all_of_it())
    shown = await talk.until(lambda one: "of 4" in text_of(one) and bool(items(one)))
    refused = await talk.answer_to(await talk.press("mod", shown, "Stop"))
    assert "belongs to" in refused["content"]
    assert not ended.is_set()
    await talk.press("admin", shown, "Stop")
    with pytest.raises(Stopped, match="stopped at 1 of 4"):
        await task
    assert ended.is_set()
    assert items(await talk.edited(shown, lambda one: "Ended early" in text_of(one))) == []


async def test_work_that_had_come_to_its_end_when_it_was_stopped_gives_its_result(
    running_bot: RunningBot, talk: Talk
) -> None:
    async def work() -> int:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return 5

    async with Progress(await ask(running_bot), "Counting", total=4, stoppable=True) as progress:
        shown = await talk.until(lambda one: "0 of 4" in text_of(one))
        running = asyncio.create_task(progress.run(work()))
        await talk.press("admin", shown, "Stop")
        assert await running == 5


async def test_work_that_nobody_stops_gives_its_result(running_bot: RunningBot) -> None:
    async def work() -> int:
        return 42

    async with Progress(await ask(running_bot), "Counting", total=1, stoppable=True) as progress:
        assert await progress.run(work()) == 42
    async with Progress(await ask(running_bot), "Counting", total=1) as progress:
        assert await progress.run(work()) == 42


async def test_an_error_of_the_work_is_raised(running_bot: RunningBot) -> None:
    async def work() -> None:
        raise KeyError("lost")

    async with Progress(await ask(running_bot), "Counting", total=1, stoppable=True) as progress:
        with pytest.raises(KeyError, match="lost"):
            await progress.run(work())


async def test_a_deleted_message_stays_deleted_and_the_work_goes_on(
    running_bot: RunningBot, talk: Talk
) -> None:
    async with Progress(await ask(running_bot), "Counting", total=4) as progress:
        shown = await talk.until(lambda one: "0 of 4" in text_of(one))
        await talk.sandbox.act.delete(user=talk.sandbox.users["owner"], message=int(shown["id"]))
        await progress.finish(embeds.card("Counted"))
        await progress.finish(embeds.card("Counted"))
    assert not [one for one in talk.messages.values() if "Counted" in text_of(one)]


async def test_a_bar_that_takes_no_more_edits_goes_on_in_a_message_of_its_own(
    running_bot: RunningBot, talk: Talk
) -> None:
    async with Progress(await ask(running_bot), "Counting", total=4) as progress:
        old = await talk.until(lambda one: "0 of 4" in text_of(one))
        refuse_edits(talk.sandbox)
        progress.advance(2)
        new = await talk.until(lambda one: "2 of 4" in text_of(one))
        assert new["id"] != old["id"]
        assert new["flags"] & SUPPRESSED
        refuse_edits(talk.sandbox)
        await progress.finish(embeds.card("Drawn"), files=[discord.File(io.BytesIO(b"picture"), "a.png")])
    last = await talk.until(lambda one: "Drawn" in text_of(one))
    assert [file["size"] for file in last["attachments"]] == [len(b"picture")]
    channel = talk.sandbox.engine.world.find_channel(int(last["channel_id"]))
    assert channel is not None
    assert not {int(old["id"]), int(new["id"])} & channel.messages.keys()
    assert await progress_messages.left(running_bot.bot) == ()


_REFUSAL: Any = SimpleNamespace(status=403, reason="Forbidden")


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (discord.Forbidden(_REFUSAL, {"code": 50013, "message": "no"}), "Forbidden:403:50013"),
        (aiohttp.ClientConnectionError(), "ClientConnectionError"),
    ],
)
async def test_an_edit_that_failed_is_tried_again_later(
    running_bot: RunningBot, talk: Talk, caplog: pytest.LogCaptureFixture, error: Exception, logged: str
) -> None:
    clock = ManualClock()
    ctx = await ask(running_bot)
    async with Progress(ctx, "Counting", total=4, sleep=clock.sleep) as progress:
        shown = await talk.until(lambda one: "0 of 4" in text_of(one))
        edit = discord.Message.edit

        async def refuse(*_: Any, **__: Any) -> None:
            raise error

        discord.Message.edit = refuse  # type: ignore[method-assign,assignment]  # Discord says no, once
        try:
            progress.advance(1)
            await clock.until_sleeping()
        finally:
            discord.Message.edit = edit  # type: ignore[method-assign]  # and yes again
        assert f"progress.edit_failed error={logged}" in caplog.text
        progress.advance(2)
        clock.advance(EDIT_EVERY_S)
        await talk.edited(shown, lambda one: "2 of 4" in text_of(one))


class ExpiredInteraction:
    """An interaction whose 15 minutes are over."""

    def __init__(self, *, known: bool) -> None:
        self._known = known

    def is_expired(self) -> bool:
        return self._known


@pytest.mark.parametrize(("command", "in_channel"), [("status", True), ("reload", False)])
async def test_progress_that_outlives_its_interaction_goes_on_as_a_message(
    running_bot: RunningBot, talk: Talk, command: str, in_channel: bool
) -> None:
    ctx = await ask(running_bot, command)
    async with Progress(ctx, "Counting", total=4, stoppable=True) as progress:
        first = await talk.until(lambda one: "0 of 4" in text_of(one))
        ctx.interaction = ExpiredInteraction(known=True)  # type: ignore[assignment]  # a quarter of an hour later
        progress.advance(2)
        moved = await talk.until(lambda one: "2 of 4" in text_of(one))
        assert moved["id"] != first["id"]
        assert (moved["channel_id"] == str(talk.sandbox.channel("bot-commands"))) is in_channel
        await progress.finish(embeds.card("Counted"))
    assert "Counted" in text_of(await talk.edited(moved, lambda one: "Counted" in text_of(one)))


async def test_a_token_that_discord_calls_invalid_moves_the_progress_too(
    running_bot: RunningBot, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = await ask(running_bot)
    async with Progress(ctx, "Counting", total=4) as progress:
        first = await talk.until(lambda one: "0 of 4" in text_of(one))

        async def refuse(*_: Any, **__: Any) -> None:
            response: Any = SimpleNamespace(status=401, reason="Unauthorized")
            raise discord.HTTPException(response, {"code": 50027, "message": "Invalid Webhook Token"})

        with monkeypatch.context() as patched:
            patched.setattr(discord.Message, "edit", refuse)
            progress.advance(2)
            moved = await talk.until(lambda one: "2 of 4" in text_of(one))
        assert moved["id"] != first["id"]


async def test_what_stands_below_is_the_askers_own_and_each_message_is_told(
    running_bot: RunningBot, talk: Talk
) -> None:
    told: list[int] = []

    async def tell(message: discord.Message) -> None:
        told.append(message.id)

    ctx = await ask(running_bot)
    below = buttons.view_of(await buttons.button(running_bot.bot, "rituals", "stop", 0, "1", label="Stop"))
    async with Progress(ctx, "Counting", total=4, below=below, on_message=tell) as progress:
        shown = await talk.until(lambda one: "0 of 4" in text_of(one))
        assert [item["label"] for item in items(shown)] == ["Stop"]
        await progress._move(embeds.card("Counting", ("1 of 4",)), below)
        moved = await talk.until(lambda one: "1 of 4" in text_of(one))
        await progress.finish(embeds.card("Counted"))
    assert told == [int(shown["id"]), int(moved["id"])]
    assert items(talk.messages[moved["id"]]) == []
