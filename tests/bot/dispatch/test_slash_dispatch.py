"""Slash commands end to end: the real client on the sandbox."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from bot.replies import waiting
from sandbox import ActionError, Sandbox
from sandbox.faults import Fault
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, ended, is_ephemeral, text_of


def state_of(running: RunningBot, cog: str) -> str:
    return next(status.state for status in running.bot.loader.status() if status.name == cog)


async def test_a_slash_command_works_right_after_the_first_start(running_bot: RunningBot, chat: Chat) -> None:
    answer = await chat.slash("agents")
    assert "Consciousness" in text_of(answer)
    assert not is_ephemeral(answer)
    await ended(running_bot, "agents", "ok", 1)


@pytest.mark.usefixtures("running_bot")
async def test_only_the_caller_sees_what_the_catalog_says_is_ephemeral(chat: Chat) -> None:
    answer = await chat.slash("cogs", "admin")
    assert is_ephemeral(answer)


async def test_arguments_arrive_typed(running_bot: RunningBot, chat: Chat) -> None:
    answer = await chat.slash("history", agent="Lumina", days=3)
    assert "Lumina" in text_of(answer)
    await ended(running_bot, "history", "ok", 1)


async def test_a_refused_caller_is_told_alone_and_loads_nothing(running_bot: RunningBot, chat: Chat) -> None:
    answer = await chat.slash("reload", cogs="monitoring")
    assert is_ephemeral(answer)
    assert answer["content"].startswith("This needs an administrator. Ask <@")
    assert state_of(running_bot, "admin") == "not yet"
    await ended(running_bot, "reload", "refused", 1)


async def test_an_admin_of_another_server_is_refused(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    there = sandbox.channel("general", sandbox.other_guild_id)
    answer = await chat.slash("flags", "visitor-admin", channel=there, name="lazy_commands", value="off")
    assert is_ephemeral(answer)
    assert "home server" in answer["content"]
    assert running_bot.kernel.flags.lazy_commands


async def test_completion_loads_the_cog_for_those_who_may(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    found = await sandbox.act.autocomplete(
        user="admin", channel=chat.channel, command="reload", focused="cogs", options={"cogs": "mon"}
    )
    assert [choice["name"] for choice in found["choices"]] == ["monitoring"]
    assert state_of(running_bot, "admin") == "loaded"


async def test_completion_gives_a_refused_caller_nothing_and_loads_nothing(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox
) -> None:
    found = await sandbox.act.autocomplete(
        user="member", channel=chat.channel, command="reload", focused="cogs", options={"cogs": "mon"}
    )
    assert found["choices"] == []
    assert state_of(running_bot, "admin") == "not yet"


async def test_completion_of_a_broken_cog_is_empty(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox, cogs: CogFolder
) -> None:
    cogs.write("agents", "raise RuntimeError('broken')\n")
    await start_bot(package=cogs.package)
    found = await sandbox.act.autocomplete(
        user="member", channel=chat.channel, command="agent", focused="name", options={"name": "L"}
    )
    assert found["choices"] == []


async def test_a_broken_cog_answers_with_its_incident(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write("monitoring", "raise RuntimeError('broken')\n")
    running = await start_bot(package=cogs.package)
    answer = await chat.slash("ping")
    assert is_ephemeral(answer)
    assert "incident" in answer["content"]
    await ended(running, "ping", "told", 1)


async def test_an_unexpected_error_is_an_incident_for_the_caller_alone(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog("monitoring", {"ping": "raise ZeroDivisionError('secret detail')"})
    running = await start_bot(package=cogs.package)
    answer = await chat.slash("ping")
    assert is_ephemeral(answer)
    assert "secret" not in answer["content"]
    assert "ZeroDivisionError: secret detail" in caplog.text
    await ended(running, "ping", "failed", 1)


async def test_the_cooldown_holds_for_slash_too(running_bot: RunningBot, chat: Chat) -> None:
    for _ in range(5):
        await chat.slash("status")
    answer = await chat.slash("status")
    assert is_ephemeral(answer)
    assert "try again in" in answer["content"]
    await ended(running_bot, "status", "cooldown", 1)


@pytest.mark.parametrize("command", ["ping", "cogs"])
async def test_a_slow_load_defers_as_the_catalog_says_and_then_answers(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cog = "monitoring" if command == "ping" else "admin"
    cogs.write_cog(cog, {command: "await ctx.say('here')"}, setup="await bot.go_on.wait()")
    running = await start_bot(package=cogs.package)
    running.bot.go_on = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog waits for it
    started = await running.sandbox.act.slash(user="admin", channel=chat.channel, command=command)
    thinking = await chat.until(lambda: next(iter(chat.from_bot()), None))
    assert thinking["flags"] & (1 << 7)
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    answer = await chat.answer_to(started["interaction_id"])
    assert answer["content"] == "here"
    assert answer["id"] == thinking["id"]
    assert is_ephemeral(answer) == (command == "cogs")


async def test_a_slash_command_is_deferred_while_its_cog_is_still_being_imported(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cogs.write_cog("monitoring", {"ping": "await ctx.say('here')"})
    gate = cogs.hold_import("monitoring")
    running = await start_bot(package=cogs.package)
    started = await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    await chat.until(lambda: next((m for m in chat.from_bot() if m["flags"] & (1 << 7)), None))
    assert state_of(running, "monitoring") == "not yet"
    gate.open()
    assert (await chat.answer_to(started["interaction_id"]))["content"] == "here"


async def test_a_refusal_after_a_public_deferral_reaches_only_the_caller(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cogs.write_cog(
        "monitoring",
        {"ping": "await self.bot.go_on.wait()\nraise HelixError('Not now.')"},
        imports="from core.errors import HelixError",
    )
    running = await start_bot(package=cogs.package)
    running.bot.go_on = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog waits for it
    await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    thinking = await chat.until(lambda: next(iter(chat.from_bot()), None))
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    told = await chat.until(lambda: next((m for m in chat.from_bot() if m["content"] == "Not now."), None))
    assert is_ephemeral(told)
    assert thinking["id"] in chat.deleted


async def test_an_ephemeral_answer_after_a_public_deferral_stays_with_the_caller(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "DEFER_AFTER_S", 0.0)
    cogs.write_cog(
        "monitoring", {"ping": "await self.bot.go_on.wait()\nawait ctx.say('for you', ephemeral=True)"}
    )
    running = await start_bot(package=cogs.package)
    running.bot.go_on = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog waits for it
    await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    await chat.until(lambda: next(iter(chat.from_bot()), None))
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    told = await chat.until(lambda: next((m for m in chat.from_bot() if m["content"] == "for you"), None))
    assert is_ephemeral(told)


async def test_a_second_reply_is_a_follow_up(start_bot: StartBot, chat: Chat, cogs: CogFolder) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.say('one')\nawait ctx.send('two', silent=True)"})
    await start_bot(package=cogs.package)
    await chat.slash("ping")
    await chat.until(lambda: chat.from_bot() if len(chat.from_bot()) == 2 else None)
    assert [message["content"] for message in chat.from_bot()] == ["one", "two"]


async def test_a_command_that_discord_knows_and_we_do_not_is_explained(
    running_bot: RunningBot, chat: Chat
) -> None:
    bot = running_bot.bot
    assert bot.application_id is not None
    await bot.http.bulk_upsert_global_commands(
        bot.application_id, [{"name": "former", "description": "gone", "type": 1}]
    )
    answer = await chat.slash("former")
    assert is_ephemeral(answer)
    assert "has changed" in answer["content"]
    await ended(running_bot, "unknown", "unknown", 1)


async def test_a_slash_command_during_the_stop_is_told_so(running_bot: RunningBot, chat: Chat) -> None:
    running_bot.kernel.drain.close()
    answer = await chat.slash("status")
    assert is_ephemeral(answer)
    assert "restarting" in answer["content"]


async def test_a_slash_command_that_is_cut_off_says_so(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "self.bot.begun.set()\nawait asyncio.Event().wait()"}, imports="import asyncio"
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog sets it
    started = await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    cut_off = await running.kernel.drain.finish(0.5)
    assert cut_off == {"command": 1}
    answer = await chat.answer_to(started["interaction_id"])
    assert "stopping" in answer["content"]
    await ended(running, "ping", "cut off", 1)


async def test_completion_during_the_stop_is_silent(
    running_bot: RunningBot, chat: Chat, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_bot.kernel.drain.close()
    call, over = running_bot.bot.tree._call, asyncio.get_running_loop().create_future()

    async def watched(interaction: discord.Interaction[Any]) -> None:
        try:
            await call(interaction)
        finally:
            over.set_result(None)

    monkeypatch.setattr(running_bot.bot.tree, "_call", watched)
    answering = Fault("POST", "/interactions/*/callback", status=404, times=1)
    sandbox.engine.faults.add(answering)
    asking = asyncio.create_task(
        sandbox.act.autocomplete(
            user="admin", channel=chat.channel, command="reload", focused="cogs", options={"cogs": ""}
        )
    )
    async with asyncio.timeout(40):
        await over
    assert answering.times == 1, "nothing was answered, and nothing that Discord refuses was tried"
    assert state_of(running_bot, "admin") == "not yet"
    asking.cancel()
    with pytest.raises((asyncio.CancelledError, ActionError)):
        await asking


async def test_a_command_that_ends_without_a_word_is_not_deferred_afterwards(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    cogs.write_cog("monitoring", {"ping": "pass"})
    running = await start_bot(package=cogs.package)
    call, over = running.bot.tree._call, asyncio.get_running_loop().create_future()

    async def watched(interaction: discord.Interaction[Any]) -> None:
        await call(interaction)
        over.set_result(waiting.Deferral.of(interaction))

    monkeypatch.setattr(running.bot.tree, "_call", watched)
    await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
    async with asyncio.timeout(40):
        assert (await over)._timer.cancelled()
