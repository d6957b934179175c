"""One message shows how the collective is, and is the same one as long as it can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import msgspec
import pytest

from bot.effects.telemetry import EVERY_S, Post, Telemetry
from bot.replies.lasting import REPLACED
from sandbox import Sandbox
from sandbox.faults import Fault
from state.change import Change
from tests.bot.conftest import StartBot
from tests.bot.support import SUPPRESSED, Chat, RunningBot, refuse_edits, running, text_of
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def chat(sandbox: Sandbox) -> AsyncIterator[Chat]:
    seen = Chat(sandbox, sandbox.channel("telemetry"))
    yield seen
    seen.close()


async def tune(bot: RunningBot, **values: float) -> None:
    await bot.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )


async def shown(chat: Chat, text: str) -> dict[str, Any]:
    """The message, once it says so."""
    return await chat.until(lambda: next((one for one in chat.from_bot() if text in text_of(one)), None))


def live(chat: Chat) -> list[dict[str, Any]]:
    return [one for one in chat.from_bot() if one["id"] not in chat.deleted]


async def remembered(bot: RunningBot) -> Post:
    found = await bot.bot.key_values.get(bot.bot.remember_scope, "telemetry")
    assert found is not None
    return msgspec.json.decode(found, type=Post)


async def noted(bot: RunningBot) -> Post:
    """What is remembered, once the loop has noted what it sent."""
    async with asyncio.timeout(40):
        while not (post := await remembered(bot)).message:
            await asyncio.sleep(0.005)
    return post


async def test_it_says_how_everything_is(start_bot: StartBot, sandbox: Sandbox, chat: Chat) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    await bot.collective.alerts.raise_("disk.full", "critical", "The disk is full")
    message = await shown(chat, "live")
    await noted(bot)
    await Telemetry(bot.bot).refresh()
    message = await shown(chat, "1 alert open")
    text = text_of(message)
    assert message["channel_id"] == str(sandbox.channel("telemetry"))
    for part in (
        "`0.50` → **harmony**",
        "**zoom**",
        "of 14 active",
        "**Gateway** connected",
        "The disk is full",
    ):
        assert part in text
    assert "**Ritual** none yet" in text
    assert "**Up** since <t:" in text
    assert len(live(chat)) == 1


async def test_a_change_is_shown_by_editing_and_at_most_once_a_minute(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat, clock: ManualClock
) -> None:
    bot = await start_bot(telemetry_channel_id=0, clock=clock)
    await bot.bot.duties.remember("telemetry", sandbox.channel("telemetry"))
    first = await shown(chat, "`0.50` → **harmony**")
    await noted(bot)
    telemetry = Telemetry(bot.bot)
    await tune(bot, harmony=0.9)
    await telemetry.refresh()
    await tune(bot, harmony=0.8)
    await telemetry.refresh()
    assert "`0.90`" in text_of(chat.messages[first["id"]])
    clock.advance(EVERY_S)
    await telemetry.refresh()
    again = await shown(chat, "`0.80`")
    assert again["id"] == first["id"]
    assert len(live(chat)) == 1


async def test_what_has_not_changed_is_not_sent_again(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat, clock: ManualClock
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"), clock=clock)
    telemetry = Telemetry(bot.bot)
    await shown(chat, "live")
    await noted(bot)
    await telemetry.refresh()
    stamp = (await shown(chat, "live"))["edited_timestamp"]
    for _ in range(3):
        clock.advance(EVERY_S)
        await telemetry.refresh()
    assert (await shown(chat, "live"))["edited_timestamp"] == stamp


async def test_a_restart_edits_the_same_message(sandbox: Sandbox, tmp_path: Path, chat: Chat) -> None:
    options: dict[str, Any] = {"telemetry_channel_id": sandbox.channel("telemetry"), "in_sandbox": False}
    async with running(sandbox, tmp_path, **options) as first:
        message = await shown(chat, "live")
        await noted(first)
    async with running(sandbox, tmp_path, **options) as second:
        await tune(second, harmony=0.91)
        await Telemetry(second.bot).refresh()
        assert (await shown(chat, "`0.91`"))["id"] == message["id"]
    assert len(live(chat)) == 1


async def test_a_message_that_is_deleted_is_posted_anew(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    message = await shown(chat, "live")
    await noted(bot)
    await sandbox.act.delete(user="owner", message=int(message["id"]))
    await tune(bot, harmony=0.92)
    await Telemetry(bot.bot).refresh()
    assert (await shown(chat, "`0.92`"))["id"] != message["id"]
    assert len(live(chat)) == 1


async def test_a_message_that_takes_no_more_edits_is_replaced_without_a_notification(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    old = await shown(chat, "live")
    await noted(bot)
    refuse_edits(sandbox)
    await tune(bot, harmony=0.92)
    await Telemetry(bot.bot).refresh()
    new = await shown(chat, "`0.92`")
    assert new["id"] != old["id"]
    assert [one["id"] for one in live(chat)] == [new["id"]]
    assert new["flags"] & SUPPRESSED
    assert str((await remembered(bot)).message) == new["id"]
    check = bot.kernel.health.get("telemetry-channel")
    assert check is not None
    assert (check.status, check.reason) == ("pass", REPLACED)


async def test_where_the_replacement_is_refused_too_the_next_round_makes_it(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    old = await shown(chat, "live")
    await noted(bot)
    refuse_edits(sandbox)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=503, times=1))
    await tune(bot, harmony=0.92)
    telemetry = Telemetry(bot.bot)
    with pytest.raises(discord.DiscordServerError):
        await telemetry.refresh()
    await telemetry.refresh()
    new = await shown(chat, "`0.92`")
    assert [one["id"] for one in live(chat)] == [new["id"]]
    assert old["id"] in chat.deleted


async def test_a_channel_chosen_while_running_begins_it_and_another_takes_over(
    running_bot: RunningBot, sandbox: Sandbox, chat: Chat
) -> None:
    await running_bot.bot.duties.remember("telemetry", sandbox.channel("telemetry"))
    first = await shown(chat, "live")
    await noted(running_bot)
    await running_bot.bot.duties.remember("telemetry", sandbox.channel("general"))
    await chat.until(lambda: (len(live(chat)) == 1 and live(chat)[0]["id"] != first["id"]) or None)
    assert live(chat)[0]["channel_id"] == str(sandbox.channel("general"))
    assert first["id"] in chat.deleted


async def test_a_post_that_arrived_and_was_not_noted_is_found_again(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    message = await shown(chat, "live")
    post = await noted(bot)
    # As after a crash between the post and the note of it, when the nonce is long forgotten.
    begun = msgspec.structs.replace(post, message=0, shown="", nonce="another")
    await bot.bot.key_values.set(bot.bot.remember_scope, "telemetry", msgspec.json.encode(begun).decode())
    await Telemetry(bot.bot).refresh()
    assert str((await remembered(bot)).message) == message["id"]
    assert len(live(chat)) == 1


async def test_where_history_cannot_be_read_the_nonce_keeps_it_single(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat
) -> None:
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    await shown(chat, "live")
    begun = msgspec.structs.replace(await noted(bot), message=0, shown="")
    await bot.bot.key_values.set(bot.bot.remember_scope, "telemetry", msgspec.json.encode(begun).decode())
    sandbox.engine.faults.add(Fault("GET", "/channels/*/messages", status=403))
    await Telemetry(bot.bot).refresh()
    assert (await remembered(bot)).message
    assert len(live(chat)) == 1


async def test_a_channel_that_refuses_is_said_once_and_tried_again_later(
    start_bot: StartBot,
    sandbox: Sandbox,
    chat: Chat,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot = await start_bot(clock=clock)
    fault = Fault("POST", "/channels/*/messages", status=403)
    sandbox.engine.faults.add(fault)
    telemetry = Telemetry(bot.bot)
    bot.bot.duties._set["telemetry"] = sandbox.channel("telemetry")
    for _ in range(3):
        await telemetry.refresh()
        clock.advance(301)
    assert caplog.text.count("telemetry.unreachable") == 1
    check = bot.kernel.health.get("telemetry-channel")
    assert check is not None
    assert (check.status, bool(check.thresholds)) == ("warn", True)
    sandbox.engine.faults.clear()
    await telemetry.refresh()
    await shown(chat, "live")
    check = bot.kernel.health.get("telemetry-channel")
    assert check is not None
    assert check.status == "pass"


async def test_a_failure_of_discords_is_no_crash(
    start_bot: StartBot, sandbox: Sandbox, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=1))
    bot = await start_bot(telemetry_channel_id=sandbox.channel("telemetry"))
    async with asyncio.timeout(40):
        while "telemetry.delayed" not in caplog.text:
            await asyncio.sleep(0.005)
    await Telemetry(bot.bot).refresh()
    await shown(chat, "live")


async def test_without_a_channel_it_is_off(running_bot: RunningBot, chat: Chat) -> None:
    await Telemetry(running_bot.bot).refresh()
    assert await running_bot.bot.key_values.get(running_bot.bot.remember_scope, "telemetry") is None
    assert chat.from_bot() == []
