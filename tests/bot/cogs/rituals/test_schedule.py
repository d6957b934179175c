"""Schedules are added, listed, removed, and refused with what was wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.bot.cogs.rituals.ritual_talk import ANA
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot


async def test_schedules_are_added_listed_and_removed(talk: Talk, running_bot: RunningBot) -> None:
    assert "No schedule yet" in text_of(await talk.ask("mod", "!schedule"))
    added = text_of(await talk.ask("mod", "!schedule add every 6h 27"))
    assert "`every 6h`, 27 steps each." in added
    assert "**Next** <t:" in added
    assert "108 steps" in text_of(await talk.slash("mod", "schedule", action="add", details="0 6 * * *"))
    listed = text_of(await talk.ask("admin", "!schedule list"))
    assert "**1** `every 6h` · 27 steps" in listed
    assert "not run yet · by " in listed
    question = await talk.ask("admin", "!schedule remove 1")
    assert "Remove schedule 1: `every 6h`, 27 steps each?" in text_of(question)
    await talk.press("admin", question, "Yes, do it")
    await talk.until(lambda one: "`every 6h` was removed." in text_of(one))
    assert [one.rule for one in running_bot.collective.schedules.all] == ["0 6 * * *"]


async def test_the_list_of_schedules_says_when_manus_is_halted(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("mod", "!schedule add every 6h 27")
    await talk.ask("admin", "!halt a storm")
    assert running_bot.collective.schedules.held
    assert "due rituals wait until `/resume`" in text_of(await talk.ask("mod", "!schedule"))


async def test_a_removal_that_is_declined_removes_nothing(talk: Talk, running_bot: RunningBot) -> None:
    await talk.ask("mod", "!schedule add every 6h")
    question = await talk.ask("mod", "!schedule remove #1")
    await talk.press("mod", question, "No")
    await talk.edited(question, lambda one: "nothing was done" in text_of(one))
    assert len(running_bot.collective.schedules.all) == 1


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("schedule burn", "There is no action called"),
        ("schedule list all", "`list` has no arguments"),
        ("schedule add", "Give a time and the steps"),
        ("schedule add every 5m 27", "Choose a time from 10 minutes"),
        ("schedule add every 27", "not a duration"),
        ("schedule add every 6h 0", "from 1 to 1000"),
        ("schedule add every 6h 99999999999999", "from 1 to 1000"),
        ("schedule add 61 * * * * 27", "bad minute"),
        ("schedule add * * * * *", "run twice within 1 minute"),
        ("schedule add sometimes", "Write `every 6h`"),
        ("schedule remove", "Give the id of the schedule"),
        ("schedule remove first", "is not an id"),
        ("schedule remove 7", "There is no schedule 7. Known ids: none."),
    ],
)
async def test_a_wrong_schedule_is_explained(talk: Talk, line: str, complaint: str) -> None:
    assert complaint in text_of(await talk.ask("mod", f"!{line}"))


async def test_schedules_come_in_pages_and_are_completed(talk: Talk, running_bot: RunningBot) -> None:
    from state.rituals.schedule_rules import Every

    for hours in range(1, 12):
        await running_bot.collective.schedules.add(Every(timedelta(hours=hours)), 27, actor=ANA)
    shown = await talk.ask("mod", "!schedule")
    assert "Page 1 of 2" in text_of(shown)
    await talk.press("mod", shown, "▶️")
    await talk.edited(shown, lambda one: "Page 2 of 2" in text_of(one))
    assert await complete(talk, "mod", "remove", "3h") == ["3"]
    assert "every 6h 27" in await complete(talk, "mod", "add", "")
    assert await complete(talk, "mod", "list", "") == []
    assert await complete(talk, "member", "remove", "") == []


async def complete(talk: Talk, user: str, action: str, typed: str) -> list[str]:
    answer = await talk.sandbox.act.autocomplete(
        user=talk.sandbox.users[user],
        channel=talk.sandbox.channel("bot-commands"),
        command="schedule",
        focused="details",
        options={"action": action, "details": typed},
    )
    return [choice["value"] for choice in answer["choices"]]


async def test_members_may_not_schedule(talk: Talk) -> None:
    assert "needs someone with Manage Server" in text_of(await talk.ask("member", "!schedule"))
    assert "needs someone with Manage Server" in text_of(
        await talk.slash("member", "schedule", action="add", details="every 6h")
    )
