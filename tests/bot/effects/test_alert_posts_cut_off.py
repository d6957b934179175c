"""Posts of alerts that are cut off or refused in the middle of a round, which a test makes by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import discord
import pytest

from bot.effects._alert_posts import Post, Posts
from bot.effects.alerts import AlertPosts
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import SYSTEM
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, text_of


@pytest.fixture
def board(sandbox: Sandbox) -> Iterator[Chat]:
    seen = Chat(sandbox, sandbox.channel("alerts"))
    yield seen
    seen.close()


@pytest.fixture
async def bot(start_bot: StartBot, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> RunningBot:
    """A bot whose own loop posts nothing; it has looked at what there was, which was nothing."""
    monkeypatch.setattr(AlertPosts, "begin", lambda _: None)
    started = await start_bot(alerts_channel_id=sandbox.channel("alerts"))
    await AlertPosts(started.bot).catch_up()
    return started


def said(board: Chat) -> list[str]:
    """The first line of each post."""
    return [text_of(one).strip().splitlines()[0] for one in board.from_bot()]


async def test_one_that_is_refused_for_our_fault_lets_the_others_be_posted(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    for key in ("first", "second"):
        await bot.collective.alerts.raise_(key, "warning", key)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=1))
    with pytest.raises(discord.HTTPException):
        await AlertPosts(bot.bot).catch_up()
    (posted,) = said(board)
    assert "second" in posted


async def test_what_somebody_knows_of_already_is_not_posted(bot: RunningBot, board: Chat) -> None:
    known = await bot.collective.alerts.raise_("first", "warning", "first")
    await bot.collective.alerts.raise_("second", "warning", "second")
    await bot.collective.alerts.ack(known.id, SYSTEM)
    await AlertPosts(bot.bot).catch_up()
    (posted,) = said(board)
    assert "second" in posted


async def test_a_kill_between_the_post_and_its_note_posts_nothing_twice(
    bot: RunningBot, board: Chat, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Posts.keep

    async def die_after_the_post(posts: Posts, alert_id: int, post: Post) -> None:
        if post.shown:
            raise asyncio.CancelledError
        await keep(posts, alert_id, post)

    await bot.collective.alerts.raise_("first", "warning", "first")
    with monkeypatch.context() as dying:
        dying.setattr(Posts, "keep", die_after_the_post)
        with pytest.raises(asyncio.CancelledError):
            await AlertPosts(bot.bot).catch_up()
    # So much later that Discord compares the nonce no longer.
    sandbox.engine.messages._nonces.clear()
    await AlertPosts(bot.bot).catch_up()
    assert len(said(board)) == 1


async def test_a_post_that_shows_its_alert_as_it_is_is_not_edited(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await bot.collective.alerts.raise_("first", "warning", "first")
    effect = AlertPosts(bot.bot)
    await effect.catch_up()
    sandbox.engine.faults.add(Fault("PATCH", "/channels/*/messages/*", status=400))
    await effect.catch_up()
    assert len(said(board)) == 1
