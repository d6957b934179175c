"""Spoken to without a command, the bot offers the likeliest ones as buttons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from sandbox.permissions import Permission
from tests.bot.cog_folder import CogFolder
from tests.bot.cogs.talk import Talk, items
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, is_ephemeral, outcomes, running, text_of
from tests.manual_clock import ManualClock
from tests.sandbox.support import deny_bot


@pytest.fixture
async def talk(sandbox: Sandbox) -> AsyncIterator[Talk]:
    started = Talk(sandbox)
    yield started
    started.close()


def labels(message: dict[str, Any]) -> list[str]:
    return [item["label"] for item in items(message)]


async def settled(running: RunningBot, chat: Chat) -> None:
    """Wait until the bot has heard all that was said, and is done with it."""
    await chat.ask("!ping", "owner", channel=running.sandbox.channel("bot-commands"))
    assert await running.kernel.drain.wait(10)


async def test_a_mention_alone_gets_the_usual_commands_as_buttons(
    running_bot: RunningBot, chat: Chat
) -> None:
    offer = await chat.ask(f"<@{running_bot.sandbox.application_id}>")
    assert offer["content"] == "Did you mean one of these? `!help` shows all commands."
    assert labels(offer) == ["!help", "!status", "!agents"]


@pytest.mark.parametrize(
    "text", ["<@{bot}> how is the statuss?", "<@!{bot}>, status please", "<@{bot}>\nstatus?"]
)
async def test_a_mention_with_words_gets_what_they_resemble_first(
    running_bot: RunningBot, chat: Chat, text: str
) -> None:
    offer = await chat.ask(text.format(bot=running_bot.sandbox.application_id))
    assert labels(offer)[0] == "!status"


@pytest.mark.usefixtures("running_bot")
@pytest.mark.parametrize(("text", "first"), [("status", "!status"), ("!xyzzy", "!help"), ("# hm", "!help")])
async def test_any_direct_message_gets_an_offer(chat: Chat, text: str, first: str) -> None:
    assert labels(await chat.ask(text, dm=True))[0] == first


async def test_a_button_runs_its_command_also_after_a_restart(
    sandbox: Sandbox, tmp_path: Path, chat: Chat, talk: Talk
) -> None:
    async with running(sandbox, tmp_path) as bot:
        offer = await chat.ask("status", dm=True)
        answer = await talk.answer_to(await talk.press("member", offer, "!status"))
        assert "harmony" in text_of(answer)
        assert await outcomes(bot, 1) == {("status", "ok"): 1}
    async with running(sandbox, tmp_path) as bot:
        again = await talk.answer_to(await talk.press("member", offer, "!status"))
        assert "harmony" in text_of(again)
        assert again["id"] != answer["id"]


async def test_a_button_belongs_to_whom_it_was_offered(
    running_bot: RunningBot, chat: Chat, talk: Talk
) -> None:
    offer = await chat.ask(f"<@{running_bot.sandbox.application_id}> please halt", "admin")
    assert labels(offer)[0] == "!halt"
    refused = await talk.answer_to(await talk.press("member", offer, "!halt"))
    assert "belongs to" in refused["content"]
    assert running_bot.collective.directives.halted is None
    await talk.answer_to(await talk.press("admin", offer, "!halt"))
    assert running_bot.collective.directives.halted is not None


async def test_access_counts_at_the_press(running_bot: RunningBot, chat: Chat, talk: Talk) -> None:
    sandbox = running_bot.sandbox
    offer = await chat.ask(f"<@{sandbox.application_id}> please halt", "admin")
    guild = running_bot.bot.get_guild(sandbox.home_guild_id)
    assert guild is not None
    sandbox.engine.world.guilds[guild.id].members[sandbox.users["admin"]].roles.clear()
    refused = await talk.answer_to(await talk.press("admin", offer, "!halt"))
    assert "needs an administrator" in refused["content"]
    assert is_ephemeral(refused)
    assert running_bot.collective.directives.halted is None


@pytest.mark.usefixtures("running_bot")
async def test_a_command_that_needs_to_be_told_more_says_what(chat: Chat, talk: Talk) -> None:
    offer = await chat.ask("agent", dm=True)
    told = await talk.answer_to(await talk.press("member", offer, "!agent"))
    assert "`!agent <name>`, for example `!agent" in told["content"]


async def test_a_press_has_the_cooldown_and_the_ephemeral_answer_of_its_command(
    running_bot: RunningBot, chat: Chat, talk: Talk
) -> None:
    offer = await chat.ask(f"<@{running_bot.sandbox.application_id}> which cogs?", "admin")
    answers = [await talk.answer_to(await talk.press("admin", offer, "!cogs")) for _ in range(6)]
    assert is_ephemeral(answers[0])
    assert "Cogs" in text_of(answers[0])
    assert "try again in" in answers[5]["content"]
    assert await outcomes(running_bot, 6) == {("cogs", "ok"): 5, ("cogs", "cooldown"): 1}


async def test_a_pressed_command_that_is_cut_off_says_so(
    start_bot: StartBot, chat: Chat, talk: Talk, cogs: CogFolder
) -> None:
    cogs.write("help", "from bot.cogs.help import setup as setup")
    cogs.write_cog(
        "monitoring", {"ping": "self.bot.begun.set()\nawait asyncio.Event().wait()"}, imports="import asyncio"
    )
    running = await start_bot(package=cogs.package)
    running.bot.begun = asyncio.Event()  # type: ignore[attr-defined]  # the test's cog sets it
    press = await talk.press("member", await chat.ask("ping", dm=True), "!ping")
    await running.bot.begun.wait()  # type: ignore[attr-defined]  # likewise
    assert await running.kernel.drain.finish(0.5) == {"component": 1}
    assert "cut off" in (await talk.answer_to(press))["content"]
    assert await outcomes(running, 1) == {("ping", "cut off"): 1}


async def test_a_person_gets_one_in_30_s_and_a_channel_one_in_10_s(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox
) -> None:
    clock = ManualClock()
    running = await start_bot(clock=clock)
    bot, other = f"<@{sandbox.application_id}>", sandbox.channel("bot-commands")
    first = await chat.say(bot, "member")
    same_channel = await chat.say(bot, "mod")
    same_person = await chat.say(bot, "member", channel=other)
    await settled(running, chat)
    clock.advance(10)
    later = await chat.say(bot, "mod")
    await settled(running, chat)
    too_soon = await chat.say(bot, "member", channel=other)
    await settled(running, chat)
    clock.advance(20)
    again = await chat.say(bot, "member", channel=other)
    await settled(running, chat)

    said = (first, same_channel, same_person, later, too_soon, again)
    assert [len(chat.replies_to(one)) for one in said] == [1, 0, 0, 1, 0, 1]


async def test_what_is_said_to_many_or_to_others_gets_none(running_bot: RunningBot, chat: Chat) -> None:
    sandbox = running_bot.sandbox
    bot = f"<@{sandbox.application_id}>"
    role = next(iter(sandbox.engine.world.guilds[sandbox.home_guild_id].roles.values()))
    answer = await chat.ask("!ping", "admin")
    said = [
        await chat.say("@everyone status", "owner"),
        await chat.say(f"{bot} meet @everyone", "owner"),
        await chat.say(f"{bot} meet @here", "member"),
        await chat.say(f"<@&{role.id}> status"),
        await chat.say(f"thanks {bot}"),
        await chat.say(f"<@{sandbox.users['owner']}> status"),
        await chat.say(f"{bot} thanks", "admin", reply_to=answer["id"]),
        await chat.say("!xyzzy"),
    ]
    await settled(running_bot, chat)
    assert [chat.replies_to(one) for one in said] == [[]] * len(said)


async def test_a_bot_gets_none(running_bot: RunningBot, chat: Chat) -> None:
    sandbox = running_bot.sandbox
    channel = running_bot.bot.get_channel(chat.channel)
    webhook = await channel.create_webhook(name="Courier")  # type: ignore[union-attr]  # it is a text channel
    await webhook.send(f"<@{sandbox.application_id}> status")
    await settled(running_bot, chat)
    assert [one for one in chat.from_bot() if one["channel_id"] == str(chat.channel)] == []


@pytest.mark.parametrize("denied", ["channel", "threads", "locked thread"])
async def test_where_the_bot_may_not_write_it_runs_nothing_and_says_so_in_private(
    start_bot: StartBot, chat: Chat, sandbox: Sandbox, denied: str
) -> None:
    place = chat.channel
    if denied != "channel":
        place = int((await sandbox.act.start_thread(user="admin", channel=place, name="Talk"))["id"])
    if denied == "locked thread":
        thread = sandbox.engine.world.find_channel(place)
        assert thread is not None
        assert thread.thread is not None
        thread.thread.locked = True
    else:
        right = Permission.SEND_MESSAGES if denied == "channel" else Permission.SEND_MESSAGES_IN_THREADS
        deny_bot(sandbox, chat.channel, deny=right)
    running = await start_bot()
    bot = f"<@{sandbox.application_id}>"
    for text in (bot, "!wisdm", "!tune harmony 0.9 calm", f"{bot} tune harmony 0.8 calm"):
        await chat.say(text, "admin", channel=place)
    await settled(running, chat)

    pong = str(sandbox.channel("bot-commands"))
    (told,) = [one for one in chat.from_bot() if one["channel_id"] != pong]
    assert told["channel_id"] != str(place)
    assert told["content"].startswith(f"I may not write in <#{place}>, so nothing was run there. Use `/tune`")
    assert running.collective.manager.snapshot.ucf.harmony not in {0.8, 0.9}
