"""The commands about directives with the real client on the sandbox."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox import Sandbox
from state.change import Actor
from state.directives.action import Action, Outcome, Work
from state.directives.policy import Rank
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.support import RunningBot, is_ephemeral, running

ADA = Actor("command", "Ada", 5)


class Slow:
    """An action that runs until the test ends it."""

    def __init__(self, running_bot: RunningBot) -> None:
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        directives = running_bot.collective.directives
        action = Action(name="heartbeat", summary="A test.", examples=(), parse=lambda _: {}, run=self._run)
        directives._actions = {**directives._actions, "heartbeat": action}

    async def _run(self, work: Work) -> Outcome:
        work.report_progress(1, 4)
        self.begun.set()
        await self.gate.wait()
        return Outcome("It is over.")


@pytest.fixture
def slow(running_bot: RunningBot) -> Slow:
    return Slow(running_bot)


async def asked(running_bot: RunningBot, *texts: str) -> None:
    """Queue these directives while Manus is halted."""
    await running_bot.collective.directives.halt(ADA, "a drill")
    for text in texts:
        await running_bot.collective.directives.submit(text, actor=ADA, rank=Rank.admin)


def labels(message: Message) -> list[str]:
    return [item["label"] for item in items(message) if item.get("label")]


async def test_the_reply_follows_its_directive(talk: Talk, slow: Slow) -> None:
    reply = await talk.ask("mod", "!run heartbeat")
    assert "Directive 1: heartbeat" in text_of(reply)
    await talk.edited(reply, lambda one: "1 of 4" in text_of(one))
    slow.gate.set()
    done = await talk.edited(reply, lambda one: "It is over." in text_of(one))
    assert "✅ **done**" in text_of(done)


async def test_a_queued_directive_shows_how_many_are_ahead(talk: Talk, slow: Slow) -> None:
    first = asyncio.create_task(talk.ask("mod", "!run heartbeat"))
    await slow.begun.wait()
    second = await talk.ask("admin", "!run heartbeat")
    assert "1 directive ahead of it." in text_of(second)
    slow.gate.set()
    await talk.edited(second, lambda one: "It is over." in text_of(one))
    await first


async def test_a_refusal_names_its_principle(talk: Talk) -> None:
    text = text_of(await talk.ask("mod", "!run emit report.ready"))
    assert "⚖️ **refused**" in text
    assert "It needs the permissions of an administrator. (autonomy)" in text
    text = text_of(await talk.ask("mod", "!run heartbeet"))
    assert "Did you mean 'heartbeat'? (humility)" in text


async def test_half_of_a_character_in_an_event_is_named_with_its_place(talk: Talk) -> None:
    reply = await talk.ask("admin", r'!run emit report.ready {"assessment": "\ud800"}')
    await talk.edited(reply, lambda one: "is half of a character (line 1, column 17)" in text_of(one))


async def test_the_reply_stops_waiting_when_manus_is_halted(talk: Talk, running_bot: RunningBot) -> None:
    await asked(running_bot)
    reply = await talk.ask("mod", "!run heartbeat")
    await talk.edited(reply, lambda one: "this directive waits until `/resume`" in text_of(one))
    assert (await running_bot.collective.directives.get(1)).status == "queued"


async def test_a_halt_ends_the_wait_for_a_queued_directive(
    talk: Talk, running_bot: RunningBot, slow: Slow
) -> None:
    running = asyncio.create_task(talk.ask("mod", "!run heartbeat"))
    await slow.begun.wait()
    waiting = await talk.ask("mod", "!run heartbeat")
    text = text_of(await talk.ask("admin", "!halt"))
    assert "**Still running** heartbeat" in text
    assert "**Waiting** 1 directive" in text
    await talk.edited(waiting, lambda one: "Manus is halted" in text_of(one))
    slow.gate.set()
    reply = await running
    await talk.edited(reply, lambda one: "It is over." in text_of(one))
    assert (await running_bot.collective.directives.get(2)).status == "queued"


async def test_the_list_shows_names_at_home_only(talk: Talk, running_bot: RunningBot) -> None:
    await asked(running_bot, "heartbeat")
    text = text_of(await talk.ask("member", "!jobs"))
    assert "`1` heartbeat · queued" in text
    assert "by Ada: a drill" in text
    elsewhere = running_bot.sandbox.channel("general", running_bot.sandbox.other_guild_id)
    text = text_of(await talk.ask("visitor-admin", "!jobs", channel=elsewhere))
    assert "`1` heartbeat · queued" in text
    assert "Ada" not in text
    assert "a drill" not in text


async def test_an_empty_list_says_how_to_begin(talk: Talk) -> None:
    assert "There is no directive yet" in text_of(await talk.ask("member", "!jobs"))


async def test_pages_and_the_menu_lead_to_one_directive(talk: Talk, running_bot: RunningBot) -> None:
    await asked(running_bot, *["emit report.ready"] * 4)
    for one in range(8):
        await running_bot.collective.directives.submit(
            f"nothing{one}", actor=Actor("command", "Bo", 6), rank=Rank.mod
        )
    reply = await talk.ask("member", "!jobs")
    assert "Page 1 of 2" in text_of(reply)
    await talk.press("member", reply, "▶️")
    reply = await talk.edited(reply, lambda one: "Page 2 of 2" in text_of(one))
    await talk.choose("member", reply, "5")
    opened = await talk.edited(reply, lambda one: "Directive 5: nothing0" in text_of(one))
    assert "⚖️ **refused**" in text_of(opened)
    assert "by Bo" in text_of(opened)


async def test_a_mod_can_cancel_a_queued_directive_and_a_member_cannot(
    talk: Talk, running_bot: RunningBot
) -> None:
    await asked(running_bot, "heartbeat")
    assert labels(await talk.ask("member", "!jobs 1")) == ["Refresh"]
    reply = await talk.ask("mod", "!jobs #1")
    assert labels(reply) == ["Refresh", "Cancel"]
    await talk.press("mod", reply, "Cancel")
    done = await talk.edited(reply, lambda one: "🚫 **cancelled**" in text_of(one))
    assert "cancelled" in text_of(done)
    entries = await running_bot.collective.journal.entries(kinds=("directive",), limit=1)
    assert (entries[0].actor, entries[0].before) == ("Mona (moderator)", "queued")


async def test_a_directive_that_has_started_cannot_be_cancelled(talk: Talk, running_bot: RunningBot) -> None:
    await asked(running_bot, "heartbeat")
    reply = await talk.ask("mod", "!jobs 1")
    await running_bot.collective.directives.cancel(1, ADA)
    pressed = await talk.press("mod", reply, "Cancel")
    answer = await talk.answer_to(pressed)
    assert "no longer queued" in text_of(answer)
    assert is_ephemeral(answer)


async def test_halt_and_resume_may_be_repeated(talk: Talk) -> None:
    assert "even after a restart" in text_of(await talk.ask("admin", "!halt the tide"))
    text = text_of(await talk.slash("owner", "halt"))
    assert "Manus is already halted." in text
    assert ": the tide" in text
    assert "Manus works again." in text_of(await talk.ask("admin", "!resume"))
    assert "was not halted" in text_of(await talk.ask("admin", "!resume"))


async def test_manus_stays_halted_over_a_restart_until_it_is_resumed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with running(sandbox, tmp_path) as first:
        await asked(first, "heartbeat")
    talk = Talk(sandbox)
    async with running(sandbox, tmp_path) as second:
        assert "Manus is halted" in text_of(await talk.ask("member", "!jobs"))
        await talk.ask("admin", "!resume")
        async with asyncio.timeout(40):
            while (await second.collective.directives.get(1)).open:
                await asyncio.sleep(0.01)
        assert "services are up" in text_of(await talk.ask("member", "!jobs 1"))
    talk.close()


async def test_directives_and_jobs_are_completed(talk: Talk, running_bot: RunningBot) -> None:
    assert "heartbeat" in await talk.complete("mod", "run", "directive", "")
    assert not any(one.startswith("emit") for one in await talk.complete("mod", "run", "directive", ""))
    assert "emit alert.raised" in await talk.complete("admin", "run", "directive", "emit")
    assert await talk.complete("member", "run", "directive", "") == []
    await asked(running_bot, "heartbeat", "emit report.ready")
    assert await talk.complete("member", "jobs", "job", "") == ["1", "2"]
    assert await talk.complete("member", "jobs", "job", "report") == ["2"]
