"""Alerts in their channel: posted once, kept as they are, acknowledged by a button, caught up with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import msgspec
import pytest

from bot.effects._alert_posts import Post, Posts
from bot.effects.alerts import AlertPosts
from bot.replies.lasting import REPLACED
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import SYSTEM, Change
from state.collective import Collective
from tests.bot.conftest import StartBot
from tests.bot.support import (
    SUPPRESSED,
    Chat,
    RunningBot,
    opened_collective,
    refuse_edits,
    running,
    settings_for,
    text_of,
)

Message = dict[str, Any]


@pytest.fixture
def board(sandbox: Sandbox) -> Iterator[Chat]:
    """The alerts channel, as people see it."""
    seen = Chat(sandbox, sandbox.channel("alerts"))
    yield seen
    seen.close()


@pytest.fixture
async def bot(start_bot: StartBot, sandbox: Sandbox) -> RunningBot:
    return await start_bot(alerts_channel_id=sandbox.channel("alerts"))


def as_on_discord(sandbox: Sandbox) -> dict[str, Any]:
    """Settings with which a restart finds what was remembered; each sandbox is a Discord of its own."""
    return {"alerts_channel_id": sandbox.channel("alerts"), "in_sandbox": False}


async def tune(collective: Collective, **values: float) -> None:
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )


def posted_in(board: Chat) -> list[Message]:
    return [one for one in board.from_bot() if one["channel_id"] == str(board.channel)]


async def saying(board: Chat, *texts: str) -> Message:
    """The only message in the channel that says all of these, once there is one."""

    def look() -> Message | None:
        found = [one for one in posted_in(board) if all(text in text_of(one) for text in texts)]
        assert len(found) < 2
        return found[0] if found else None

    return await board.until(look)


def buttons_of(message: Message) -> list[Message]:
    return [item for row in message["components"] for item in row["components"]]


async def press(sandbox: Sandbox, user: str, message: Message) -> str:
    started = await sandbox.act.click(
        user=sandbox.users[user],
        message=int(message["id"]),
        custom_id=buttons_of(message)[0]["custom_id"],
    )
    return str(started["interaction_id"])


async def settled(running_bot: RunningBot, alert_id: int) -> None:
    """Waits until the post of an alert is noted as sent."""
    posts = Posts(running_bot.bot)
    while True:
        known, seen = await posts.load()
        if alert_id in known and known[alert_id].shown and (seen or 0) >= alert_id:
            return
        await asyncio.sleep(0.005)


async def test_an_alert_is_posted_acknowledged_by_a_mod_and_shown_as_over(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await tune(bot.collective, harmony=0.2)
    posted = await saying(board, "🔴 harmony is critically low", "critical below 0.30, clears at 0.40")
    assert posted["channel_id"] == str(sandbox.channel("alerts"))
    assert len(posted["nonce"]) == 25
    assert [item["label"] for item in buttons_of(posted)] == ["Acknowledge"]
    await press(sandbox, "mod", posted)
    known = await saying(board, "acknowledged by")
    assert (known["id"], buttons_of(known)) == (posted["id"], [])
    await tune(bot.collective, harmony=0.9)
    over = await saying(board, "✅ harmony is critically low", "cleared <t:")
    assert over["id"] == posted["id"]
    assert len(posted_in(board)) == 1


async def test_a_member_cannot_acknowledge(bot: RunningBot, board: Chat, sandbox: Sandbox) -> None:
    await tune(bot.collective, harmony=0.2)
    pressed = await press(sandbox, "member", await saying(board, "harmony"))
    answer = await board.answer_to(pressed)
    assert "needs someone with Manage Server" in text_of(answer)
    assert bot.collective.alerts.open()[0].acknowledged_at is None


async def test_outside_the_home_server_nobody_is_named_whoever_edits(
    start_bot: StartBot, board: Chat, sandbox: Sandbox
) -> None:
    running_bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), home_guild_id=1)
    await tune(running_bot.collective, harmony=0.2)
    posted = await saying(board, "harmony")
    edits: list[str] = []
    stop = sandbox.engine.bus.subscribe(
        lambda event: (
            edits.append(text_of(event.data(sandbox.users["owner"])))
            if event.name == "MESSAGE_UPDATE"
            else None
        )
    )
    await press(sandbox, "owner", posted)
    await saying(board, "acknowledged <t:")
    await running_bot.collective.alerts.raise_("b", "warning", "another")
    await saying(board, "another")
    await settled(running_bot, 2)
    stop()
    assert edits
    assert not any("acknowledged by" in text for text in edits)


async def test_an_acknowledgement_by_command_shows_in_the_channel(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await bot.collective.alerts.raise_("deploy", "warning", "the start is slow", "took 40 s")
    await saying(board, "🟡 the start is slow", "took 40 s")
    await board.ask("!alerts ack 1", "mod", channel=sandbox.channel("bot-commands"))
    known = await saying(board, "the start is slow", "acknowledged by")
    assert known["embeds"][0]["footer"]["text"] == "Alert 1 · deploy"


async def test_a_restart_posts_nothing_twice_and_its_buttons_still_work(
    sandbox: Sandbox, tmp_path: Path, board: Chat
) -> None:
    options = as_on_discord(sandbox)
    async with running(sandbox, tmp_path, **options) as first:
        await tune(first.collective, harmony=0.2)
        posted = await saying(board, "harmony")
        await settled(first, 1)
    async with running(sandbox, tmp_path, **options):
        await press(sandbox, "mod", posted)
        await saying(board, "acknowledged by")
    assert len(posted_in(board)) == 1


async def test_what_happened_while_it_was_away_is_caught_up_with(
    sandbox: Sandbox, tmp_path: Path, board: Chat
) -> None:
    options = as_on_discord(sandbox)
    async with running(sandbox, tmp_path, **options) as first:
        await tune(first.collective, harmony=0.2)
        posted = await saying(board, "harmony")
        await settled(first, 1)
    async with opened_collective(settings_for(sandbox, tmp_path)) as (_, collective):
        await tune(collective, harmony=0.9, klesha=0.9, prana=0.1)
        await tune(collective, klesha=0.1)
    async with running(sandbox, tmp_path, **options):
        over = await saying(board, "✅ harmony is critically low")
        missed = await saying(board, "✅ klesha is critically high")
        still = await saying(board, "🔴 prana is critically low")
    assert over["id"] == posted["id"]
    assert buttons_of(missed) == []
    assert len(buttons_of(still)) == 1


async def test_without_a_channel_it_is_off_until_one_is_chosen(
    running_bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    alerts = running_bot.collective.alerts
    await alerts.raise_("old", "warning", "over before anybody chose a channel")
    await alerts.clear("old")
    await tune(running_bot.collective, harmony=0.2)
    await running_bot.bot.duties.remember("alerts", sandbox.channel("alerts"))
    await saying(board, "harmony is critically low")
    await settled(running_bot, 2)
    assert len(posted_in(board)) == 1


async def test_what_is_muted_is_posted_when_the_mute_ends(bot: RunningBot, board: Chat) -> None:
    alerts = bot.collective.alerts
    await alerts.mute("harmony", timedelta(hours=1), SYSTEM)
    await tune(bot.collective, harmony=0.2)
    await tune(bot.collective, klesha=0.9)
    await saying(board, "klesha")
    await settled(bot, 2)
    assert len(posted_in(board)) == 1
    await alerts.unmute("harmony", SYSTEM)
    await saying(board, "harmony is critically low")


async def test_what_came_and_went_while_muted_stays_unsaid(bot: RunningBot, board: Chat) -> None:
    alerts = bot.collective.alerts
    await alerts.mute("harmony", timedelta(hours=1), SYSTEM)
    await tune(bot.collective, harmony=0.2)
    await alerts.raise_("a", "warning", "first")
    await saying(board, "first")
    await settled(bot, 2)
    await tune(bot.collective, harmony=0.9)
    await alerts.unmute("harmony", SYSTEM)
    await alerts.raise_("b", "warning", "second")
    await saying(board, "second")
    assert len(posted_in(board)) == 2


@pytest.mark.parametrize("readable", [True, False])
async def test_after_a_crash_before_the_note_the_message_is_there_once(
    sandbox: Sandbox, tmp_path: Path, board: Chat, readable: bool
) -> None:
    options = as_on_discord(sandbox)
    channel = options["alerts_channel_id"]
    async with running(sandbox, tmp_path, **options) as first:
        await tune(first.collective, harmony=0.2)
        posted = await saying(board, "harmony")
        await settled(first, 1)
    async with running(sandbox, tmp_path, in_sandbox=False) as between:
        await Posts(between.bot).keep(1, Post(channel=channel))
    if not readable:
        # It may write there and not read; then the nonce is what catches it.
        sandbox.engine.faults.add(Fault("GET", "/channels/*/messages", status=403))
    async with running(sandbox, tmp_path, **options) as second:
        await settled(second, 1)
        await second.collective.alerts.ack(1, SYSTEM)
        known = await saying(board, "acknowledged")
    assert known["id"] == posted["id"]
    assert len(posted_in(board)) == 1


async def test_a_post_that_never_arrived_is_made_again(sandbox: Sandbox, tmp_path: Path, board: Chat) -> None:
    options = as_on_discord(sandbox)
    channel = options["alerts_channel_id"]
    async with running(sandbox, tmp_path, in_sandbox=False) as first:
        await tune(first.collective, harmony=0.2)
        await Posts(first.bot).keep(1, Post(channel=channel))
        await Posts(first.bot).keep(77, Post(channel=channel))
    async with running(sandbox, tmp_path, **options) as second:
        await saying(board, "harmony is critically low")
        await settled(second, 1)
        posts, _ = await Posts(second.bot).load()
    assert set(posts) == {1}


async def test_what_discord_does_not_take_now_is_posted_later(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=1))
    await bot.collective.alerts.raise_("a", "warning", "first")
    await bot.collective.alerts.raise_("b", "warning", "second")
    await saying(board, "second")
    await saying(board, "first")


async def test_a_channel_that_is_gone_is_said_and_another_takes_its_place(
    running_bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    health = running_bot.kernel.health
    await running_bot.bot.duties.remember("alerts", 123456789012345678)
    await tune(running_bot.collective, harmony=0.2)
    while (check := health.get("alerts-channel")) is None:
        await asyncio.sleep(0.005)
    assert (check.status, check.reason) == ("warn", "the alerts channel no longer exists")
    assert check.bounds.startswith("Warns when the channel is gone, or closed to Helix;")
    await running_bot.bot.duties.remember("alerts", sandbox.channel("alerts"))
    await saying(board, "harmony is critically low")
    await settled(running_bot, 1)
    check = health.get("alerts-channel")
    assert check is not None
    assert check.status == "pass"


@pytest.mark.parametrize("code", [200000, 50035])
async def test_an_alert_that_discord_blocks_is_said_and_keeps_no_other_waiting(
    bot: RunningBot, board: Chat, sandbox: Sandbox, code: int
) -> None:
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", code=code, times=1))
    await bot.collective.alerts.raise_("a", "warning", "first")
    async with asyncio.timeout(40):
        while (check := bot.kernel.health.get("alerts-channel")) is None:
            await asyncio.sleep(0.005)
    assert (check.status, check.reason) == ("warn", "Discord refused a post in the alerts channel")
    await bot.collective.alerts.raise_("b", "warning", "second")
    await saying(board, "second")
    await settled(bot, 2)
    assert [text_of(one).count("first") for one in posted_in(board)] == [0]
    check = bot.kernel.health.get("alerts-channel")
    assert check is not None
    assert check.status == "pass"


async def test_a_message_that_takes_no_more_edits_is_replaced_without_a_notification(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await tune(bot.collective, harmony=0.2)
    old = await saying(board, "harmony is critically low")
    await settled(bot, 1)
    refuse_edits(sandbox)
    await tune(bot.collective, harmony=0.9)
    new = await board.until(
        lambda: next((one for one in posted_in(board) if "✅ harmony" in text_of(one)), None)
    )
    assert new["id"] != old["id"]
    assert old["id"] in board.deleted
    assert new["flags"] & SUPPRESSED
    async with asyncio.timeout(40):
        while (check := bot.kernel.health.get("alerts-channel")) is None:
            await asyncio.sleep(0.005)
    assert (check.status, check.reason) == ("pass", REPLACED)


async def test_a_message_that_somebody_deleted_is_not_posted_again(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await tune(bot.collective, harmony=0.2)
    posted = await saying(board, "harmony")
    await settled(bot, 1)
    await sandbox.act.delete(user=sandbox.users["owner"], message=int(posted["id"]))
    await bot.collective.alerts.ack(1, SYSTEM)
    await bot.collective.alerts.raise_("b", "warning", "another")
    await saying(board, "another")
    await settled(bot, 2)
    posts, _ = await Posts(bot.bot).load()
    assert posts[1].deleted
    await tune(bot.collective, harmony=0.9)
    while 1 in (await Posts(bot.bot).load())[0]:
        await asyncio.sleep(0.005)
    assert len(posted_in(board)) == 2


async def test_a_message_that_cannot_be_edited_now_keeps_no_other_waiting(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await tune(bot.collective, harmony=0.2)
    await saying(board, "harmony")
    await settled(bot, 1)
    sandbox.engine.faults.add(Fault("PATCH", "/channels/*/messages/*", status=400))
    await bot.collective.alerts.ack(1, SYSTEM)
    await bot.collective.alerts.raise_("b", "warning", "another")
    await saying(board, "another")
    sandbox.engine.faults.clear()
    await bot.collective.alerts.raise_("c", "warning", "a third")
    await saying(board, "harmony", "acknowledged")


async def test_a_message_in_a_channel_that_is_closed_is_edited_once_it_is_open(
    bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    await tune(bot.collective, harmony=0.2)
    await saying(board, "harmony")
    await settled(bot, 1)
    sandbox.engine.faults.add(Fault("PATCH", "/channels/*/messages/*", status=403, times=1))
    await tune(bot.collective, harmony=0.9)
    await bot.collective.alerts.raise_("b", "warning", "another")
    await saying(board, "another")
    await saying(board, "✅ harmony is critically low")
    while 1 in (await Posts(bot.bot).load())[0]:
        await asyncio.sleep(0.005)


async def test_what_was_missed_is_told_once_though_another_cannot_be_sent(
    running_bot: RunningBot, board: Chat, sandbox: Sandbox
) -> None:
    channel, posts = sandbox.channel("alerts"), Posts(running_bot.bot)
    await tune(running_bot.collective, harmony=0.2)
    await tune(running_bot.collective, harmony=0.9)
    await running_bot.collective.alerts.raise_("b", "warning", "another")
    told = await running_bot.bot.get_partial_messageable(channel).send("the first is told")
    await posts.keep(1, Post(channel=channel, message=told.id, shown="before"))
    await posts.saw(0)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400))
    await running_bot.bot.duties.remember("alerts", channel)
    effect = AlertPosts(running_bot.bot)
    for _ in range(2):
        with pytest.raises(discord.HTTPException):
            await effect.catch_up()
    assert 1 in (await posts.load())[0]
    sandbox.engine.faults.clear()
    # It is told by what was kept, and not by a look into the channel.
    sandbox.engine.faults.add(Fault("GET", "/channels/*/messages", status=403))
    for _ in range(2):
        await effect.catch_up()
    assert (await saying(board, "✅ harmony"))["id"] == str(told.id)
    assert len(posted_in(board)) == 2
    known, seen = await posts.load()
    assert (set(known), seen) == ({2}, 2)
