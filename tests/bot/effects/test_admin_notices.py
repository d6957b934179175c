"""The admin channel hears of refused edits and of their mending, once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.effects.admin_notices import AdminNotices
from sandbox import Sandbox
from sandbox.faults import Fault
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, running
from tests.descriptors import none_left


def alerts(sandbox: Sandbox) -> Chat:
    return Chat(sandbox, sandbox.channel("alerts"))


def _state_file(bot: RunningBot) -> Path:
    return bot.kernel.settings.data_dir / "ucf_state.json"


async def break_file(bot: RunningBot, text: str = '{"harmony": }') -> None:
    await asyncio.to_thread(_state_file(bot).write_text, text)
    await bot.collective.projector.check()


async def mend_file(bot: RunningBot) -> None:
    await asyncio.to_thread(_state_file(bot).unlink)
    await bot.collective.projector.check()


def texts(chat: Chat) -> list[str]:
    return [message["content"] for message in chat.from_bot()]


async def test_a_refused_edit_and_its_mending_are_told(start_bot: StartBot, sandbox: Sandbox) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    await break_file(bot)
    await chat.until(lambda: texts(chat) or None)
    assert "`ucf_state.json, line 1" in texts(chat)[0]
    assert chat.from_bot()[0]["channel_id"] == str(sandbox.channel("alerts"))
    assert len(chat.from_bot()[0]["nonce"]) == 25
    await mend_file(bot)
    await chat.until(lambda: texts(chat) if len(texts(chat)) == 2 else None)
    assert "valid again" in texts(chat)[1]
    chat.close()


async def test_a_file_that_cannot_be_read_for_a_moment_is_no_news(
    start_bot: StartBot, sandbox: Sandbox
) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    with none_left():
        await bot.collective.projector.check()
    check = bot.kernel.health.get("state")
    assert check is not None
    assert check.status == "warn"
    await bot.collective.projector.check()
    await break_file(bot)
    await chat.until(lambda: texts(chat) or None)
    assert ["I cannot use the edit" in text for text in texts(chat)] == [True]
    chat.close()


async def test_what_was_refused_before_the_start_is_told(
    start_bot: StartBot, sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = alerts(sandbox)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "ucf_state.json").write_text("not json")
    await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    await chat.until(lambda: texts(chat) or None)
    assert "I cannot use the edit" in texts(chat)[0]
    chat.close()


async def test_without_a_channel_it_is_off(running_bot: RunningBot) -> None:
    notices = AdminNotices(running_bot.bot)
    assert not await notices.tell_admins("hello")
    notices._put("hello")
    assert notices._queue.empty()


async def test_a_channel_that_is_chosen_while_it_runs_hears_what_stands_and_what_comes(
    start_bot: StartBot, sandbox: Sandbox
) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(enable_state_watching=False)
    await break_file(bot)
    await bot.bot.duties.remember("digest", sandbox.channel("general"))
    await bot.bot.duties.remember("alerts", sandbox.channel("alerts"))
    await chat.until(lambda: texts(chat) or None)
    await mend_file(bot)
    await chat.until(lambda: texts(chat) if len(texts(chat)) == 2 else None)
    assert "`ucf_state.json, line 1" in texts(chat)[0]
    assert "valid again" in texts(chat)[1]
    await break_file(bot, '{"harmony": 7}')
    await chat.until(lambda: texts(chat) if len(texts(chat)) == 3 else None)
    await bot.bot.duties.remember("alerts", sandbox.channel("general"))
    await chat.until(lambda: texts(chat) if len(texts(chat)) == 4 else None)
    assert [message["channel_id"] for message in chat.from_bot()][2:] == [
        str(sandbox.channel("alerts")),
        str(sandbox.channel("general")),
    ]
    chat.close()


async def test_a_setting_is_not_moved_by_what_is_remembered(start_bot: StartBot, sandbox: Sandbox) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    notices = AdminNotices(bot.bot)
    await bot.bot.duties.remember("alerts", sandbox.channel("general"))
    assert await notices.tell_admins("hello")
    assert [message["channel_id"] for message in chat.from_bot()] == [str(sandbox.channel("alerts"))]
    chat.close()


async def test_a_channel_that_is_gone_is_said_in_the_log_and_not_tried_for_ever(
    start_bot: StartBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot = await start_bot(alerts_channel_id=123456789012345678, enable_state_watching=False)
    assert not await AdminNotices(bot.bot).tell_admins("hello")
    assert "admins.unreachable channel=123456789012345678 error=NotFound:404:10003" in caplog.text


async def test_a_notice_that_discord_blocks_keeps_no_other_waiting(
    start_bot: StartBot, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", code=200000, times=1))
    notices = AdminNotices(bot.bot)
    assert await notices._tried("blocked")
    assert await notices._tried("soon")
    assert texts(chat) == ["soon"]
    assert "error=HTTPException:400:200000" in caplog.text
    chat.close()


async def test_a_restart_does_not_repeat_what_was_told_and_still_stands(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = alerts(sandbox)
    options: dict[str, Any] = {"alerts_channel_id": sandbox.channel("alerts"), "enable_state_watching": False}
    async with running(sandbox, tmp_path, **options) as first:
        await break_file(first)
        await chat.until(lambda: texts(chat) or None)
    async with running(sandbox, tmp_path, **options) as second:
        await break_file(second, '{"harmony": 7}')
        await chat.until(lambda: texts(chat) if len(texts(chat)) > 1 else None)
    assert "line 1" in texts(chat)[0]
    assert "harmony" in texts(chat)[1]
    assert len(texts(chat)) == 2
    chat.close()


async def test_what_discord_does_not_take_now_is_told_later(start_bot: StartBot, sandbox: Sandbox) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    sandbox.engine.faults.add(Fault("POST", "/channels/*/messages", status=400, times=1))
    notices = AdminNotices(bot.bot, retry_s=0.01)
    assert not await notices._tried("soon")
    assert await notices._tried("soon")
    assert texts(chat) == ["soon"]
    chat.close()


async def test_what_goes_wrong_twice_in_a_minute_is_told_twice(start_bot: StartBot, sandbox: Sandbox) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    notices = AdminNotices(bot.bot)
    said = ["refused", "mended", "refused", "mended"]
    for text in said:
        assert await notices.tell_admins(text)
    await chat.until(lambda: texts(chat) if len(texts(chat)) >= 4 else None)
    assert texts(chat) == said
    chat.close()


async def test_a_notice_that_arrived_and_was_not_confirmed_is_there_once(
    start_bot: StartBot, sandbox: Sandbox
) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    notices = AdminNotices(bot.bot)
    await notices.tell_admins("before")
    key_values = await bot.bot.key_values.get(bot.bot.remember_scope, "admin-notice")
    assert key_values is not None
    await notices.tell_admins("refused")
    # As after a crash between the post and the note of it.
    await bot.bot.key_values.set(bot.bot.remember_scope, "admin-notice", key_values)
    await notices.tell_admins("refused")
    assert texts(chat) == ["before", "refused"]
    chat.close()


async def test_too_many_notices_are_dropped_and_logged(start_bot: StartBot, sandbox: Sandbox) -> None:
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    notices = AdminNotices(bot.bot)
    for number in range(30):
        notices._put(f"notice {number}")
    assert notices._queue.qsize() == 20


async def test_what_was_said_last_is_not_said_again(start_bot: StartBot, sandbox: Sandbox) -> None:
    chat = alerts(sandbox)
    bot = await start_bot(alerts_channel_id=sandbox.channel("alerts"), enable_state_watching=False)
    notices = AdminNotices(bot.bot)
    for text in ("refused", "refused", "mended"):
        assert await notices.tell_admins(text)
    assert texts(chat) == ["refused", "mended"]
    chat.close()
