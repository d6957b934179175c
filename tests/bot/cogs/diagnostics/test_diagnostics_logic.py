"""The self-test through dpytest: who may."""

from __future__ import annotations

import pytest

from tests.bot.cogs.logic import reply_to


@pytest.mark.usefixtures("logic_bot")
@pytest.mark.parametrize("line", ["!test-all", "!selftest", "!validate", "!test-integrations"])
async def test_a_member_is_refused(line: str) -> None:
    assert "needs" in await reply_to(line, member=1)
