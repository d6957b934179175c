"""The real discord.py client with late, repeated and invalid responses."""

import asyncio

import discord
import pytest

from sandbox import Sandbox
from tests.sandbox.asking import register, results, try_it
from tests.sandbox.support import Bot, Bots, Clock


async def test_only_one_of_two_clients_can_answer(bots: Bots, sandbox: Sandbox, general: int) -> None:
    errors: list[int] = []
    finished = asyncio.Semaphore(0)

    async def answer(interaction: discord.Interaction) -> None:
        try:
            await interaction.response.send_message("mine")
        except discord.HTTPException as error:
            errors.append(error.code)
        finished.release()

    for _ in range(2):
        await register(await bots.connect(), answer)
    await sandbox.act.slash(user="member", channel=general, command="try")
    async with asyncio.timeout(40):
        await finished.acquire()
        await finished.acquire()

    assert errors == [40060]


async def test_an_interaction_without_an_answer_fails_and_then_is_unknown(bot: Bot, sandbox: Sandbox) -> None:
    sandbox.engine.interactions.answer_s = 0.01
    told = results(sandbox)
    failed = asyncio.Event()
    sandbox.engine.bus.subscribe(lambda event: failed.set() if event.name == "INTERACTION_RESULT" else None)

    async def answer(interaction: discord.Interaction) -> None:
        await failed.wait()
        with pytest.raises(discord.NotFound) as late:
            await interaction.response.send_message("too late")
        assert late.value.code == 10062

    await try_it(bot, sandbox, answer)

    assert [(result["state"], result.get("message")) for result in told] == [
        ("failed", "The application did not respond")
    ]


async def test_a_token_dies_after_fifteen_minutes(bot: Bot, sandbox: Sandbox, clock: Clock) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("in time")
        clock.now_s += 901
        with pytest.raises(discord.HTTPException) as late:
            await interaction.followup.send("too late")
        assert (late.value.status, late.value.code) == (401, 50027)

    await try_it(bot, sandbox, answer)


async def test_an_answer_that_is_not_valid_leaves_the_interaction_open(bot: Bot, sandbox: Sandbox) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.response.send_message("x" * 2001)
        assert refused.value.code == 50035
        interaction.response._response_type = None
        await interaction.response.send_message("short")

    interaction = await try_it(bot, sandbox, answer)

    assert (await interaction.original_response()).content == "short"
