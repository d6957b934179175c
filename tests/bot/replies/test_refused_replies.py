"""What Discord refuses is told or kept, and is no fault of ours: a member cannot turn the error rate red."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from sandbox.codes import REFUSALS
from sandbox.faults import Fault
from tests.bot.cog_folder import CogFolder
from tests.bot.conftest import StartBot
from tests.bot.support import Chat, RunningBot, outcomes

# 50035 depends on the field, and 10008 means that another process answered.
_TOLD = sorted(REFUSALS.keys() - {50035, 10008})
_USERS = ("owner", "admin", "mod", "member")
_SEND = "/channels/*/messages"
_CALLBACK = "/interactions/*/*/callback"


async def no_fault_of_ours(running: RunningBot, log: str) -> None:
    """There is no incident, nobody is told of one, and the check of commands passes."""
    assert "incident" not in log
    assert "Traceback" not in log
    assert await running.collective.webhooks.outbox.samples("command.failed") == ()
    running.kernel.health.refresh()
    check = running.kernel.health.get("commands")
    assert check is not None
    assert check.status == "pass"


@pytest.fixture
async def running(start_bot: StartBot, cogs: CogFolder) -> RunningBot:
    cogs.write_cog("monitoring", {"ping": "await ctx.say('pong')"})
    return await start_bot(package=cogs.package)


def refuse_once(running: RunningBot, route: str, code: int) -> None:
    """The next request is refused; discord.py makes each that is limited five times."""
    times = 5 if REFUSALS[code][0] == 429 else 1
    running.sandbox.engine.faults.add(Fault("POST", route, code=code, retry_after_s=0.001, times=times))


async def test_a_refused_reply_is_told_and_no_failed_command(
    running: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    # A reply whose reference is refused (160002) is sent again without it.
    codes = [code for code in _TOLD if code != 160002]
    for code, user in zip(codes, itertools.cycle(_USERS), strict=False):
        refuse_once(running, _SEND, code)
        told = (await chat.ask("!ping", user))["content"]
        assert told, code
        assert "incident" not in told, code
    assert await outcomes(running, len(codes)) == {("ping", "told"): len(codes)}
    await no_fault_of_ours(running, caplog.text)


async def test_a_refused_answer_to_a_slash_command_is_told_and_no_failed_command(
    running: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    for code, user in zip(_TOLD, itertools.cycle(_USERS), strict=False):
        refuse_once(running, _CALLBACK, code)
        told = (await chat.slash("ping", user))["content"]
        assert told, code
        assert "incident" not in told, code
    assert await outcomes(running, len(_TOLD)) == {("ping", "told"): len(_TOLD)}
    await no_fault_of_ours(running, caplog.text)


async def test_where_nothing_can_be_said_a_command_is_no_failed_one(
    running: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    running.sandbox.engine.faults.add(Fault("POST", _SEND, code=160005))
    for user in _USERS:
        await chat.say("!ping", user)
    assert await outcomes(running, 4) == {("ping", "told"): 4}
    await no_fault_of_ours(running, caplog.text)


async def test_a_429_of_cloudflares_is_no_failed_command(
    running: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    running.sandbox.engine.faults.add(Fault("POST", _SEND, status=429, via=False, times=1))
    assert "limits how often" in (await chat.ask("!ping"))["content"]
    assert await outcomes(running, 1) == {("ping", "told"): 1}
    await no_fault_of_ours(running, caplog.text)


async def test_a_form_of_ours_that_is_refused_stays_an_incident(
    running: RunningBot, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    running.sandbox.engine.faults.add(Fault("POST", _SEND, code=50035, field="nonce", times=1))
    assert "incident" in (await chat.ask("!ping"))["content"]
    assert await outcomes(running, 1) == {("ping", "failed"): 1}
    assert "incident.new" in caplog.text


async def test_a_refused_text_of_ours_stays_an_incident(running: RunningBot, chat: Chat) -> None:
    running.sandbox.engine.faults.add(Fault("POST", _SEND, code=50035, field="content", times=1))
    assert "incident" in (await chat.ask("!ping"))["content"]


async def test_a_refused_text_that_the_caller_typed_is_told(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write(
        "agents",
        """
        import discord
        from bot.text import embeds
        from discord.ext import commands
        from bot.dispatch.command import command

        class Cog(commands.Cog, name="agents"):
            @command("agent")
            async def agent(self, ctx, *, name: str):
                await ctx.say(embed=discord.Embed(title=embeds.plain(name), description="of ours"))

        async def setup(bot):
            await bot.add_cog(Cog())
        """,
    )
    running = await start_bot(package=cogs.package)
    faults = running.sandbox.engine.faults
    faults.add(Fault("POST", _SEND, code=50035, field="embeds.0.title", times=1))
    assert "refused your text" in (await chat.ask("!agent **Two** words"))["content"]
    faults.add(Fault("POST", _CALLBACK, code=50035, field="embeds.0.title", times=1))
    assert "refused your text" in (await chat.slash("agent", name="Two_words"))["content"]
    assert await outcomes(running, 2) == {("agent", "told"): 2}
    await no_fault_of_ours(running, caplog.text)
    faults.add(Fault("POST", _SEND, code=50035, field="embeds.0.description", times=1))
    assert "incident" in (await chat.ask("!agent Two words", "mod"))["content"]


async def test_a_press_that_discord_refuses_is_no_incident(
    start_bot: StartBot, chat: Chat, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    cogs.write(
        "monitoring",
        """
        import discord
        from discord.ext import commands
        from bot.replies import buttons
        from bot.dispatch.command import command

        class Cog(commands.Cog, name="monitoring"):
            def __init__(self, bot):
                self.bot = bot

            @command("ping")
            async def ping(self, ctx):
                again = await buttons.button(self.bot, "monitoring", "again", 0, label="Again")
                await ctx.say("pong", view=buttons.view_of(again))

            @buttons.component("monitoring", "again", command="ping")
            async def again(self, interaction, press):
                await press.answer.update(embed=discord.Embed(title="pong"))

        async def setup(bot):
            await bot.add_cog(Cog(bot))
        """,
    )
    running = await start_bot(package=cogs.package)
    message = await chat.ask("!ping")
    button: dict[str, Any] = message["components"][0]["components"][0]
    running.sandbox.engine.faults.add(Fault("POST", _CALLBACK, code=160005, times=1))
    await running.sandbox.act.click(user="member", message=int(message["id"]), custom_id=button["custom_id"])
    told = await chat.until(
        lambda: next((one for one in chat.from_bot() if "locked" in one["content"]), None)
    )
    assert told["flags"]
    async with asyncio.timeout(40):
        while "discord_trouble" not in caplog.text:
            await asyncio.sleep(0.005)
    await no_fault_of_ours(running, caplog.text)
