"""The commands about webhooks through dpytest, from line to reply."""

import pytest

from tests.bot.cogs.logic import reply_to


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!webhooks out", "Nothing was sent yet."),
        ("!webhooks out 0", "must be 1 or more"),
        ("!replay failed 2h", "There are no dead letters in the last 2 hours"),
        ("!breakers", "Breakers"),
        ("!emit report.ready", "No destination receives this event"),
        ("!emit report.ready [1]", "it must be one JSON object"),
    ],
)
async def test_an_owner_gets_the_answer(line: str, said: str) -> None:
    assert said in await reply_to(line)


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize("line", ["!webhooks", "!replay failed", "!breakers", "!emit report.ready"])
async def test_a_member_is_refused(line: str) -> None:
    assert "needs" in await reply_to(line, member=1)
