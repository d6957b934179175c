"""Directives through dpytest, from line to reply; and following one to its end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.cogs.execution import _screens
from bot.cogs.execution._jobs import Job
from bot.cogs.execution._run import Followed, follow
from bot.parts import HelixBot
from state.change import Actor
from state.collective import Collective
from state.directives.policy import Rank
from state.directives.records import Directive, LogLine
from tests.bot.cogs.logic import reply_to

ADA = Actor("command", "Ada", 5)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!jobs", "There is no directive yet"),
        ("!jobs 7", "no directive 7"),
        ("!jobs 1e3", "Give the directive's number"),
        ("!halt", "Manus is halted. Nothing new starts"),
        ("!resume", "Manus was not halted"),
        ("!run fly to the moon", "There is no action called"),
        ("!run heartbeat now", "has no arguments"),
    ],
)
async def test_an_owner_gets_the_answer(logic_bot: HelixBot, line: str, said: str) -> None:
    assert said in await reply_to(line), logic_bot


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize("line", ["!run heartbeat", "!halt", "!resume"])
async def test_a_member_is_refused(line: str) -> None:
    assert "needs" in await reply_to(line, member=1)


async def submitted(collective: Collective) -> Directive:
    return await collective.directives.submit("heartbeat", actor=ADA, rank=Rank.mod)


async def test_a_shutdown_ends_the_wait_for_a_directive(collective: Collective) -> None:
    followed = Followed(await submitted(collective))
    collective.kernel.drain.close()
    await asyncio.wait_for(follow(collective.directives, followed, lambda: None, collective.kernel.drain), 40)
    assert followed.directive.status == "queued"


async def test_the_wait_for_a_directive_is_limited(collective: Collective) -> None:
    followed = Followed(await submitted(collective))
    changes: list[str] = []
    await follow(
        collective.directives,
        followed,
        lambda: changes.append(followed.directive.status),
        collective.kernel.drain,
        most_s=0.01,
    )
    assert changes == ["queued"]


def test_the_log_of_a_directive_has_times_of_the_readers_own_zone() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    one = Directive(
        id=1, text="report", action="report", arguments={}, rank=Rank.mod, actor=ADA, status="running",
        attempts=1, queued_at=at,
    )  # fmt: skip
    shown = _screens.job(Job(one, (LogLine(at=at, text="begun"),), None))
    assert shown.fields[0].value == "<t:1767225600:T> begun"
