"""`message.post` and GitHub's events with the real client: once, without mentions, refused with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.effects.deployments import build_announcement
from core.webhooks.records import InboxEvent
from core.webhooks.retries import SCHEDULE_S
from sandbox import Sandbox
from sandbox.faults import Fault
from state.events import find_incoming
from tests.bot.cogs.talk import text_of
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, running
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def board(sandbox: Sandbox) -> Iterator[Chat]:
    seen = Chat(sandbox)
    yield seen
    seen.close()


@pytest.fixture
async def bot(start_bot: StartBot, sandbox: Sandbox, clock: ManualClock) -> RunningBot:
    return await start_bot(post_channel_ids=(sandbox.channel("general"),), clock=clock)


async def take(bot: RunningBot, kind: str, **data: Any) -> str:
    webhooks = bot.collective.webhooks
    return (await webhooks.accept(find_incoming(kind), msgspec.json.encode(data), None)).id


async def post(bot: RunningBot, **data: Any) -> str:
    return await take(bot, "message.post", channel=str(bot.sandbox.channel("general")), **data)


async def settled(bot: RunningBot, event_id: str, *wanted: str) -> InboxEvent:
    """The event, once it is done or dead, or as wanted."""
    async with asyncio.timeout(40):
        while True:
            found = await bot.collective.webhooks.inbox.find(event_id)
            assert found is not None
            if found.status in (wanted or ("done", "dead")):
                return found
            await asyncio.sleep(0.005)


async def pass_time(bot: RunningBot, clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    bot.collective.webhooks.router._accepted(("discord.post", "discord.deployments"))


async def test_it_is_posted_once_with_mentions_off_and_its_id_kept(bot: RunningBot, board: Chat) -> None:
    event = await settled(bot, await post(bot, content="Hello @everyone"))
    (message,) = board.from_bot()
    assert message["content"] == "Hello @everyone"
    assert message["mention_everyone"] is False
    assert (event.status, event.handlers[0].result) == ("done", message["id"])


@pytest.mark.parametrize(
    ("kind", "data", "posted"),
    [("message.post", {"content": "Hello"}, ["Hello"]), ("github", {"event": "push", "payload": {}}, [])],
)
async def test_while_discord_is_away_no_attempt_is_made(
    *, bot: RunningBot, board: Chat, kind: str, data: dict[str, Any], posted: list[str]
) -> None:
    webhooks, ready = bot.collective.webhooks, bot.bot.gateway.ready
    # Until discord.py has said so itself, it may say once more that it is ready.
    await bot.bot.wait_until_ready()
    ready.clear()
    event_id = await (post(bot, **data) if kind == "message.post" else take(bot, kind, **data))
    # Time enough to begin: an attempt begins with a write of its own.
    for _ in range(20):
        await bot.collective.database.write(lambda _: None)
    found = await webhooks.inbox.find(event_id)
    assert found is not None
    assert [(each.status, each.attempts) for each in found.handlers] == [("accepted", 0)]
    ready.set()
    event = await settled(bot, event_id)
    assert (event.status, event.handlers[0].attempts) == ("done", 1)
    assert [one["content"] for one in board.from_bot()] == posted


async def test_an_embed_is_posted_as_it_was_given(bot: RunningBot, board: Chat) -> None:
    embed = {
        "title": "Sold", "description": "one lamp", "url": "https://shop.example/1", "color": 255,
        "fields": [{"name": "price", "value": "3"}], "footer": "shop",
    }  # fmt: skip
    await settled(bot, await post(bot, embed=embed))
    (message,) = board.from_bot()
    for part in ("Sold", "one lamp", "price\n3", "shop"):
        assert part in text_of(message)


async def test_two_identical_events_are_two_posts(bot: RunningBot, board: Chat) -> None:
    for event in [await post(bot, content="ding") for _ in range(2)]:
        assert (await settled(bot, event)).status == "done"
    assert [one["content"] for one in board.from_bot()] == ["ding", "ding"]


async def test_a_channel_that_is_not_listed_is_refused(bot: RunningBot, board: Chat) -> None:
    event = await take(bot, "message.post", channel=str(bot.sandbox.channel("alerts")), content="x")
    found = await settled(bot, event)
    assert found.status == "dead"
    assert "POST_CHANNEL_IDS" in str(found.handlers[0].error)
    assert board.from_bot() == []


@pytest.mark.parametrize(
    ("status", "says"), [(403, "may not post"), (404, "cannot find"), (400, "not accept this message")]
)
async def test_what_no_retry_mends_is_dead_with_a_reason(bot: RunningBot, status: int, says: str) -> None:
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=status))
    found = await settled(bot, await post(bot, content="x"))
    assert (found.status, found.handlers[0].attempts) == ("dead", 1)
    assert says in str(found.handlers[0].error)


@pytest.mark.parametrize(
    ("code", "field", "says"),
    [
        (50083, None, "archived"),
        (160005, None, "locked"),
        (200000, None, "AutoMod"),
        (50035, "embeds.0.url", "accept this message: embeds.0.url: "),
    ],
)
async def test_why_a_post_is_refused_is_said_to_its_sender(
    bot: RunningBot, code: int, field: str | None, says: str
) -> None:
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", code=code, field=field))
    found = await settled(bot, await post(bot, content="x"))
    assert (found.status, found.handlers[0].attempts) == ("dead", 1)
    assert says in str(found.handlers[0].error)


async def test_a_post_that_cloudflare_blocks_is_tried_again(bot: RunningBot) -> None:
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", code=40333, times=1))
    found = await settled(bot, await post(bot, content="x"), "failed")
    assert found.handlers[0].next_at is not None


async def test_an_embed_that_is_too_much_in_sum_is_refused(bot: RunningBot) -> None:
    fields = [{"name": "n", "value": "v" * 1_000} for _ in range(7)]
    found = await settled(bot, await post(bot, embed={"fields": fields}))
    assert found.status == "dead"
    assert "6000" in str(found.handlers[0].error).replace(",", "")


@asynccontextmanager
async def killed_after_its_post(
    sandbox: Sandbox, folder: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, **data: Any
) -> AsyncIterator[str]:
    """A process that posted and did not live to note it; gives the event's id, while it is gone."""
    async with running(sandbox, folder, clock=clock, post_channel_ids=(sandbox.channel("general"),)) as bot:
        there = asyncio.Event()

        async def hang(*_: object) -> None:
            there.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(bot.collective.webhooks.router, "_settle", hang)
        event = await post(bot, **data)
        async with asyncio.timeout(40):
            await there.wait()
    yield event


DATA: dict[str, Any] = {
    "content": "  sold  ",
    "embed": {"title": " A lamp ", "fields": [{"name": "n", "value": "1"}]},
}


@pytest.mark.parametrize("later_s", [5, 119, 3_600, 2 * 86_400])
async def test_a_kill_between_post_and_done_posts_once_however_late_the_retry(
    sandbox: Sandbox,
    tmp_path: Path,
    board: Chat,
    monkeypatch: pytest.MonkeyPatch,
    later_s: float,
) -> None:
    clock = ManualClock()
    async with killed_after_its_post(sandbox, tmp_path, clock, monkeypatch, **DATA) as event:
        if later_s > 300:
            sandbox.engine.messages._nonces.clear()
        clock.advance(later_s)
    channel = sandbox.channel("general")
    async with running(sandbox, tmp_path, clock=clock, post_channel_ids=(channel,)) as again:
        found = await settled(again, event)
        (message,) = board.from_bot()
        assert found.handlers[0].result == message["id"]
        assert (await settled(again, await post(again, **DATA))).status == "done"
    assert len(board.from_bot()) == 2


async def test_a_kill_between_post_and_done_posts_once_though_the_clock_was_ahead(
    sandbox: Sandbox, tmp_path: Path, board: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far beyond the sandbox's own clock, which dates what is posted.
    clock = ManualClock(datetime(2100, 1, 1, tzinfo=UTC))
    async with killed_after_its_post(sandbox, tmp_path, clock, monkeypatch, **DATA) as event:
        sandbox.engine.messages._nonces.clear()
        clock.set(-3_600)
    channel = sandbox.channel("general")
    async with running(sandbox, tmp_path, clock=clock, post_channel_ids=(channel,)) as again:
        found = await settled(again, event)
        (message,) = board.from_bot()
        assert (found.status, found.handlers[0].result) == ("done", message["id"])


async def test_where_history_cannot_be_read_it_says_so_instead_of_posting_twice(
    sandbox: Sandbox, tmp_path: Path, clock: ManualClock, board: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with killed_after_its_post(sandbox, tmp_path, clock, monkeypatch, content="x") as event:
        clock.advance(3_600)
    monkeypatch.setattr("bot.effects._post_once.may_read", lambda *_: False)
    channel = sandbox.channel("general")
    async with running(sandbox, tmp_path, clock=clock, post_channel_ids=(channel,)) as again:
        found = await settled(again, event)
        assert found.status == "dead"
        assert "history" in str(found.handlers[0].error)
    assert len(board.from_bot()) == 1


async def test_a_dead_one_that_is_replayed_looks_for_its_own_post_first(
    bot: RunningBot, board: Chat, clock: ManualClock
) -> None:
    await board.say("x")
    event = await post(bot, content="x")
    await settled(bot, event)
    # As if the last attempt had arrived and its answer had not.
    await bot.collective.database.write(
        lambda connection: connection.execute("UPDATE handling SET status = 'dead', result = NULL").rowcount
    )
    bot.sandbox.engine.messages._nonces.clear()
    clock.advance(3_600)
    assert await bot.collective.webhooks.inbox.replay(event) == 1
    found = await settled(bot, event)
    (message,) = board.from_bot()
    assert found.handlers[0].result == message["id"]


async def test_what_discord_does_not_take_now_is_tried_again_and_another_ones_post_is_not_taken_for_it(
    bot: RunningBot, board: Chat, clock: ManualClock
) -> None:
    # discord.py itself tries five times.
    bot.sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=409, times=1))
    first = await post(bot, content="ding")
    await settled(bot, first, "failed")
    second = await post(bot, content="ding")
    assert (await settled(bot, second)).status == "done"
    await pass_time(bot, clock, SCHEDULE_S[2] * 2)
    assert (await settled(bot, first)).handlers[0].attempts == 2
    assert len(board.from_bot()) == 2


PUSH: dict[str, Any] = {
    "ref": "refs/heads/main",
    "compare": "https://github.com/o/r/compare/a...b",
    "repository": {"full_name": "o/r"},
    "sender": {"login": "ann"},
    "commits": [{"id": f"{number}" * 40, "message": f"Change {number}\n\nbody"} for number in range(7)],
}
RELEASE: dict[str, Any] = {
    "action": "published", "repository": {"full_name": "o/r"},
    "release": {"tag_name": "v1.0.0", "name": "One", "html_url": "https://github.com/o/r/releases/1"},
}  # fmt: skip
RUN: dict[str, Any] = {
    "action": "completed", "repository": {"full_name": "o/r"},
    "workflow_run": {"name": "CI", "conclusion": "failure", "head_branch": "main", "html_url": "https://x.example"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("event", "payload", "parts"),
    [
        ("push", PUSH, ("o/r: 7 to main", "`0000000` Change 0", "… and 2 more", "by ann")),
        ("release", RELEASE, ("🚀 o/r v1.0.0", "One")),
        ("workflow_run", RUN, ("🔴 o/r: CI", "failure", "main")),
    ],
)
async def test_what_github_says_is_announced_once_in_the_channel_for_deployments(
    start_bot: StartBot, board: Chat, event: str, payload: dict[str, Any], parts: tuple[str, ...]
) -> None:
    bot = await start_bot(deployments_channel_id=board.channel)
    found = await settled(bot, await take(bot, "github", event=event, payload=payload))
    (message,) = board.from_bot()
    assert found.handlers[0].result == message["id"]
    for part in parts:
        assert part in text_of(message)


async def test_without_a_channel_nothing_is_announced_and_the_event_is_done(
    bot: RunningBot, board: Chat
) -> None:
    found = await settled(bot, await take(bot, "github", event="push", payload=PUSH))
    assert (found.status, found.handlers[0].result) == ("done", "no channel serves deployments")
    assert board.from_bot() == []


async def test_what_is_not_announced_is_done(start_bot: StartBot, board: Chat) -> None:
    bot = await start_bot(deployments_channel_id=board.channel)
    found = await settled(bot, await take(bot, "github", event="star", payload={}))
    assert (found.status, found.handlers[0].result) == ("done", "not announced")


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("push", {**PUSH, "deleted": True}), ("push", {**PUSH, "commits": []}), ("push", {"commits": "x"}),
        ("release", {**RELEASE, "action": "created"}), ("workflow_run", {**RUN, "action": "requested"}),
        ("issues", {}),
    ],
)  # fmt: skip
def test_what_is_no_news_is_not_announced(event: str, payload: dict[str, Any]) -> None:
    assert build_announcement(event, payload) is None


def test_a_payload_that_is_all_wrong_breaks_nothing() -> None:
    embed = build_announcement("workflow_run", {"action": "completed", "workflow_run": 7, "repository": None})
    assert embed is not None
    assert "a repository" in str(embed.title)
    assert embed.url is None
