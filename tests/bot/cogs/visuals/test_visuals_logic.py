"""Pictures and icons through dpytest: from the line to the reply, without a socket.

dpytest 0.7 shows no message that comes with a file; pictures are tested on the sandbox.
"""

import pytest

from tests.bot.cogs.logic import reply_to


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!visualize nonsense", "There is no style called"),
        ("!icon", "**Now** none"),
        ("!icon burn", "There is no action called"),
        ("!icon set", "Name a style"),
        ("!icon cycle sideways", "takes `on` or `off`, not `sideways`"),
        ("!icon cycle off", "The cycle is already off"),
    ],
)
async def test_an_owner_gets_the_answer(line: str, said: str) -> None:
    assert said in await reply_to(line)


@pytest.mark.usefixtures("logic_bot")
async def test_a_member_may_not_change_the_icon() -> None:
    assert "needs an administrator" in await reply_to("!icon", member=1)
