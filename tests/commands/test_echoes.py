"""What people, webhooks and agents wrote is shown as they wrote it, and is never Markdown of the bot's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bot import catalog
from tests.bot.cogs.talk import Message, Talk, text_of
from tests.bot.support import running
from tests.commands.hostile import NAME, TEXT, WORD, altered, make_hostile, plant, shown
from tests.commands.steady import own_addresses, patient_sandbox

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


class Echo(NamedTuple):
    """One command whose answer repeats what somebody wrote.

    Attributes:
        begins: the letters that one of the hostile texts in the answer begins with.
        turns: how many pages on from the first it stands.
    """

    line: str
    begins: str
    caller: str = "admin"
    turns: int = 0


ECHOES = (
    Echo(f"archive {NAME}", "ZA", "member"),
    Echo("contexts", "ZA", "member"),
    Echo(f"contexts {NAME}x", "ZA", "member"),
    Echo(f"restore {NAME}", "ZA"),
    Echo(f"restore {NAME}x", "ZA"),
    Echo("search nitro", "ZA", "member"),
    Echo(f"search xyzzy {NAME}", "ZA", "member"),
    Echo(f"tune harmony 0.7 {TEXT}", "ZT"),
    Echo("alerts", "ZT", "member"),
    Echo("alerts ack 1", "ZT", "mod"),
    Echo("agent Gemini", "ZT", "member"),
    Echo("history Gemini", "ZT", "member"),
    Echo("ethics", "ZA", "member"),
    Echo("rituals", "ZN", "member"),
    Echo("schedule list", "ZN", "mod"),
    Echo("backup list", "ZN"),
    Echo("sync", "ZT", "mod"),
    Echo(f"halt {TEXT}", "ZT"),
    Echo("jobs", "ZT", "member"),
    Echo("jobs 1", "ZA", "member"),
    Echo(f"run archive {NAME}", "ZA", "mod"),
    Echo(f"8ball {TEXT}", "ZT", "member"),
    Echo("fortune", "ZN", "member"),
    Echo("vibe-check", "ZN", "member"),
    Echo("verify-setup", "ZA", turns=3),
    Echo("icon info", "ZA"),
    Echo("welcome test", "ZA"),
)
_TYPED = tuple(
    Echo(f"{entry.name} {WORD} **b**", "")
    for entry in catalog.ENTRIES
    if any(param.kind in {"text", "rest", "choice", "member", "channel"} for param in entry.params)
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile_talk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Talk]:
    """A bot in a server where every text is hostile; for all of these tests, since they only read."""
    async with patient_sandbox() as sandbox:
        make_hostile(sandbox)
        with closing(Talk(sandbox)) as talk, own_addresses():
            async with running(sandbox, tmp_path_factory.mktemp("echoes"), ritual_step_s=0.0) as started:
                await plant(started, talk)
                yield talk


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: f"{echo.line[:24]!r}"[1:-1])
async def test_what_somebody_wrote_is_shown_as_they_wrote_it(
    hostile_talk: Talk, modules: Page, echo: Echo
) -> None:
    answer = await hostile_talk.ask(echo.caller, f"!{echo.line}")
    for turn in range(echo.turns):
        await hostile_talk.press(echo.caller, answer, "▶️")
        answer = await _saying(hostile_talk, answer, f"Page {turn + 2}")
    answer = await _saying(hostile_talk, answer, echo.begins)
    parts = await shown(modules, answer)
    assert [altered(text) for text, _ in parts if altered(text)] == []
    assert [node for _, made in parts for node in made if "evil" in node or "everyone" in node] == []


async def _saying(talk: Talk, answer: Message, words: str) -> Message:
    return await talk.edited(answer, lambda one: words in text_of(one))


@pytest.mark.parametrize("echo", _TYPED, ids=lambda echo: echo.line.split()[0])
async def test_whatever_is_given_to_a_command_its_answer_makes_nothing_of_it(
    hostile_talk: Talk, modules: Page, echo: Echo
) -> None:
    parts = await shown(modules, await hostile_talk.ask(echo.caller, f"!{echo.line}"))
    assert [altered(text) for text, _ in parts if altered(text)] == []
    assert [node for _, made in parts for node in made if "evil" in node or "everyone" in node] == []
