"""Quotation marks around arguments, with the real client on the sandbox."""

import pytest

from state.change import Actor
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.conftest import StartBot

pytestmark = pytest.mark.unmeasured

ADA = Actor("command", "Ada", 5)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("restore “defaults”", "already match **defaults**"),
        ("restore „before the storm“", "already match **before the storm**"),
        ("help “status”", "!status"),
        ("codex “agents”", "Agents"),
        ("subscribe “Manus Updates”", "**Manus Updates** does not exist in this server yet"),
        ("agent «Kael»", "Kael"),
        ("search “before the”", "**before the** storm"),
        ("search “the before”", "Nothing found"),
        ("vibe-check “Mona (moderator)”", "Mona"),
        ("schedule add “0 6 * * *” 27", "`0 6 * * *`, 27 steps each"),
        ("emit report.ready {“assessment”: “a test”}", '"assessment": "a test"'),
    ],
)
async def test_quotation_marks_of_any_kind_work_in_every_command(
    start_bot: StartBot, talk: Talk, line: str, says: str
) -> None:
    running = await start_bot()
    await running.collective.contexts.archive("before the storm", ADA)
    answer = await talk.edited(await talk.ask("admin", f"!{line}"), lambda one: says in text_of(one))
    assert says in text_of(answer)
