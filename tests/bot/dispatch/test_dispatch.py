"""Prefix commands end to end: the real client on the sandbox."""

from __future__ import annotations

import asyncio
import sys

import aiohttp
import pytest

from bot.replies import waiting
from sandbox import Sandbox
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, ended, text_of


def state_of(running: RunningBot, cog: str) -> str:
    return next(status.state for status in running.bot.loader.status() if status.name == cog)


async def test_the_first_use_loads_the_cog_and_answers_the_message(
    running_bot: RunningBot, chat: Chat
) -> None:
    assert state_of(running_bot, "monitoring") == "not yet"
    reply = await chat.ask("!status")
    assert "harmony" in text_of(reply)
    assert reply["author"]["id"] == str(running_bot.sandbox.application_id)
    assert state_of(running_bot, "monitoring") == "loaded"


STARTS = ("!s", "!STATUS", "!Stat", "<@{bot}> status", "<@!{bot}> s")
WITH_WHITE_SPACE = (
    "! status",
    "!\nstatus",
    "!\u00a0status",
    "<@{bot}>  status",
    "<@{bot}>\nstatus",
    "<@{bot}>\t s",
    "<@{bot}>status",
)


async def test_aliases_any_case_and_a_mention_work_alike_whatever_white_space_follows(
    running_bot: RunningBot, chat: Chat
) -> None:
    users = ["owner", "admin", "mod", "member"]
    for number, text in enumerate((*STARTS, *WITH_WHITE_SPACE)):
        reply = await chat.ask(text.format(bot=running_bot.sandbox.application_id), users[number % 4])
        assert "harmony" in text_of(reply), text


async def test_each_line_of_a_batch_by_mention_is_answered(running_bot: RunningBot, chat: Chat) -> None:
    bot = running_bot.sandbox.application_id
    said = await chat.say(f"# morning\n<@{bot}> status\n<@!{bot}>  agents\n! ping")
    texts = [text_of(reply) for reply in await chat.replies(said, 3)]
    assert "harmony" in texts[0]
    assert "Consciousness" in texts[1]
    assert "Gateway" in texts[2]


@pytest.mark.usefixtures("running_bot")
async def test_a_direct_message_is_answered(chat: Chat) -> None:
    assert "harmony" in text_of(await chat.ask("!status", dm=True))


async def test_twenty_commands_at_once_load_the_cog_once_and_are_all_answered(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "await ctx.say('pong')"},
        imports=f"import asyncio, sys\nsys.{cogs.package} = getattr(sys, '{cogs.package}', 0) + 1",
        setup="for _ in range(20): await asyncio.sleep(0)",
    )
    await start_bot(package=cogs.package)
    users = ["owner", "admin", "mod", "member"]
    said = [await chat.say("!ping", users[number % 4]) for number in range(20)]
    for message in said:
        await chat.reply_to(message)
    assert getattr(sys, cogs.package) == 1


async def test_a_typo_gets_a_suggestion_and_noise_gets_nothing(running_bot: RunningBot, chat: Chat) -> None:
    noise = await chat.say("!!! wow", "owner")
    reply = await chat.ask("!wisdm")
    assert "Did you mean `!wisdom`?" in reply["content"]
    assert chat.replies_to(noise) == []
    await ended(running_bot, "unknown", "unknown", 2)


async def test_a_refused_caller_loads_nothing(running_bot: RunningBot, chat: Chat) -> None:
    reply = await chat.ask("!reload monitoring")
    assert reply["content"].startswith("This needs an administrator. Ask <@")
    assert state_of(running_bot, "admin") == "not yet"
    await ended(running_bot, "reload", "refused", 1)
    running_bot.kernel.health.refresh()
    check = running_bot.kernel.health.get("access")
    assert check is not None
    assert check.counters == {"level": 1}


@pytest.mark.usefixtures("running_bot")
async def test_an_admin_of_another_server_is_refused_there(chat: Chat, sandbox: Sandbox) -> None:
    there = sandbox.channel("general", sandbox.other_guild_id)
    for loaded in (False, True):
        reply = await chat.ask("!cogs", "visitor-admin", channel=there)
        assert "home server" in reply["content"]
        if not loaded:
            await chat.ask("!cogs", "admin")


@pytest.mark.usefixtures("running_bot")
async def test_an_owner_is_one_in_private_too(chat: Chat) -> None:
    assert "Cogs" in text_of(await chat.ask("!cogs", "owner", dm=True))
    refused = await chat.ask("!cogs", "admin", dm=True)
    assert "only owners" in refused["content"]


async def test_owner_ids_make_owners(start_bot: StartBot, chat: Chat, sandbox: Sandbox) -> None:
    await start_bot(owner_ids=(sandbox.users["member"],))
    assert "Cogs" in text_of(await chat.ask("!cogs", "member", dm=True))


async def test_a_missing_or_wrong_argument_is_answered_with_the_usage(
    running_bot: RunningBot, chat: Chat
) -> None:
    missing = await chat.ask("!agent")
    assert missing["content"].startswith("`name` is missing.\nUsage: `!agent <name>`")
    wrong = await chat.ask("!history Lumina soon", "owner")
    assert "`days` must be a whole number." in wrong["content"]
    unclosed = await chat.ask('!history "Lumina', "mod")
    assert "quotation mark" in unclosed["content"]
    await ended(running_bot, "history", "bad input", 2)


async def test_the_sixth_use_in_ten_seconds_has_to_wait(running_bot: RunningBot, chat: Chat) -> None:
    for _ in range(5):
        await chat.ask("!status")
    assert "try again in" in (await chat.ask("!status"))["content"]
    await ended(running_bot, "status", "cooldown", 1)
    assert "harmony" in text_of(await chat.ask("!status", "owner"))


async def test_an_unexpected_error_gets_an_incident_id_that_the_log_has(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog("monitoring", {"ping": "raise ZeroDivisionError('secret detail')"})
    running = await start_bot(package=cogs.package)
    reply = await chat.ask("!ping")
    incident = reply["content"].split("`")[1]
    assert "secret" not in reply["content"]
    assert f"incident.new id={incident} where=ping" in caplog.text
    assert "ZeroDivisionError: secret detail" in caplog.text
    await ended(running, "ping", "failed", 1)
    (told,) = await running.collective.webhooks.outbox.samples("command.failed")
    assert f'"incident":"{incident}","error":"ZeroDivisionError"' in told.decode()
    assert b"secret" not in told


@pytest.mark.parametrize("way", ["prefix", "slash"])
async def test_a_command_that_fails_while_the_session_is_closed_ends_as_failed(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    cogs.write_cog("monitoring", {"ping": "raise ZeroDivisionError"})
    running = await start_bot(package=cogs.package)
    closed = aiohttp.ClientSession()
    await closed.close()
    with monkeypatch.context() as while_closed:
        while_closed.setattr(running.bot.http, "_HTTPClient__session", closed)
        if way == "prefix":
            await chat.say("!ping")
        else:
            await running.sandbox.act.slash(user="member", channel=chat.channel, command="ping")
        await ended(running, "ping", "failed", 1)
    assert chat.from_bot() == []


async def test_a_command_that_exits_is_an_incident_and_not_the_end(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "raise SystemExit(3)", "status": "await ctx.say('still here')"})
    await start_bot(package=cogs.package)
    assert "incident" in (await chat.ask("!ping"))["content"]
    assert "incident" in (await chat.slash("ping"))["content"]
    assert (await chat.ask("!status"))["content"] == "still here"


async def test_a_cog_that_fails_to_import_answers_with_its_incident_until_it_is_mended(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write("monitoring", "raise RuntimeError('broken')\n")
    running = await start_bot(package=cogs.package)
    first, second = await chat.ask("!ping"), await chat.ask("!ping", "mod")
    assert "incident" in first["content"]
    assert first["content"] == second["content"]
    cogs.write_cog("monitoring", {"ping": "await ctx.say('pong')"})
    assert (await running.bot.loader.reload("monitoring")).ok
    assert (await chat.ask("!ping", "admin"))["content"] == "pong"


async def test_commands_sent_during_a_reload_are_all_answered(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    slow = "for _ in range(30): await asyncio.sleep(0.001)"
    cogs.write_cog("monitoring", {"ping": "await ctx.say('old')"}, imports="import asyncio", setup=slow)
    running = await start_bot(package=cogs.package)
    await chat.ask("!ping", "owner")
    cogs.write_cog("monitoring", {"ping": "await ctx.say('new')"}, imports="import asyncio", setup=slow)
    reloading = asyncio.create_task(running.bot.loader.reload("monitoring"))
    said = [await chat.say("!ping", user) for user in ("owner", "admin", "mod", "member") for _ in range(3)]
    assert (await reloading).ok
    texts = [(await chat.reply_to(message))["content"] for message in said]
    assert set(texts) <= {"old", "new"}
    assert (await chat.ask("!ping", "member"))["content"] == "new"


async def test_several_commands_in_one_message_are_answered_in_order(
    running_bot: RunningBot, chat: Chat
) -> None:
    said = await chat.say("# morning round\n!status\n!cogs\n!agents")
    texts = [text_of(reply) for reply in await chat.replies(said, 3)]
    assert "harmony" in texts[0]
    assert "administrator" in texts[1]
    assert "Consciousness" in texts[2]
    await ended(running_bot, "cogs", "refused", 1)


@pytest.mark.usefixtures("running_bot")
async def test_several_names_on_one_line_are_several_commands(chat: Chat) -> None:
    said = await chat.say("!status !agents")
    assert len(await chat.replies(said, 2)) == 2


@pytest.mark.usefixtures("running_bot")
async def test_a_second_batch_has_to_wait_and_single_commands_do_not(chat: Chat) -> None:
    await chat.replies(await chat.say("!status !agents"), 2)
    refused = await chat.ask("!status !agents")
    assert refused["content"].startswith("Too many batches")
    assert "harmony" in text_of(await chat.ask("!status"))


async def test_more_than_ten_commands_are_cut_and_it_says_so(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {name: f"await ctx.say('{name}')" for name in ("ping", "status", "health")})
    await start_bot(package=cogs.package)
    said = await chat.say(" ".join(["!ping"] * 4 + ["!status"] * 4 + ["!health"] * 4))
    replies = await chat.replies(said, 11)
    assert [reply["content"] for reply in replies[:10]] == ["ping"] * 4 + ["status"] * 4 + ["health"] * 2
    assert "Only the first 10 commands were run; 2 were left out." in replies[10]["content"]


@pytest.mark.usefixtures("running_bot")
async def test_an_edit_runs_no_command(chat: Chat, sandbox: Sandbox) -> None:
    said = await chat.say("hello")
    await sandbox.act.edit(user="member", message=said["id"], content="!status")
    await chat.ask("!ping", "owner")
    assert chat.replies_to(said) == []


async def test_a_message_that_is_no_command_makes_no_task(
    running_bot: RunningBot, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled: list[str] = []
    original = type(running_bot.bot)._schedule_event

    def note(self: object, coro: object, event_name: str, *args: object, **kwargs: object) -> object:
        scheduled.append(event_name)
        return original(self, coro, event_name, *args, **kwargs)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(type(running_bot.bot), "_schedule_event", note)
    for text in ("hello", "well! really", "#1 !status"):
        await chat.say(text)
    await chat.ask("!ping")
    assert scheduled == ["on_message"]


async def test_wait_for_hears_what_is_no_command(running_bot: RunningBot, chat: Chat) -> None:
    waiting = asyncio.create_task(running_bot.bot.wait_for("message", timeout=5))
    await asyncio.sleep(0)
    await chat.say("hello")
    assert (await waiting).content == "hello"


async def test_a_reply_mentions_nobody_whatever_it_says(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, sandbox: Sandbox
) -> None:
    owner = sandbox.users["owner"]
    cogs.write_cog("monitoring", {"ping": f"await ctx.send('@everyone <@{owner}>')"})
    await start_bot(package=cogs.package)
    reply = await chat.ask("!ping")
    assert reply["mentions"] == []
    assert not reply["mention_everyone"]


async def test_a_reply_that_is_too_long_is_an_incident_and_not_a_400(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.say('x' * 2001)"})
    await start_bot(package=cogs.package)
    assert "incident" in (await chat.ask("!ping"))["content"]
    assert "ReplyTooLong" in caplog.text


async def test_a_reply_to_a_message_that_is_gone_still_comes(
    start_bot: StartBot, chat: Chat, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "await ctx.message.delete()\nawait ctx.say('pong')"})
    await start_bot(package=cogs.package)
    await chat.say("!ping")
    assert (await chat.until(lambda: next(iter(chat.from_bot()), None)))["content"] == "pong"


async def test_work_over_two_seconds_shows_typing(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "TYPING_AFTER_S", 0.0)
    cogs.write_cog(
        "monitoring",
        {"ping": "await self.bot.go_on.wait()\nawait ctx.say('pong')"},
    )
    running = await start_bot(package=cogs.package)
    running.bot.go_on = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog waits for it
    said = await chat.say("!ping")
    await chat.until(lambda: chat.typing or None)
    running.bot.go_on.set()  # type: ignore[attr-defined]  # likewise
    assert (await chat.reply_to(said))["content"] == "pong"


async def test_switching_lazy_loading_off_loads_every_cog(running_bot: RunningBot) -> None:
    running_bot.kernel.flags.switch("lazy_commands", False)
    async with asyncio.timeout(40):
        for status in running_bot.bot.loader.status():
            await running_bot.bot.loader.ensure(status.name)
    assert {status.state for status in running_bot.bot.loader.status()} == {"loaded"}


async def test_without_lazy_loading_every_cog_is_there_at_start(start_bot: StartBot) -> None:
    running = await start_bot(enable_lazy_commands=False)
    assert {status.state for status in running.bot.loader.status()} == {"loaded"}
