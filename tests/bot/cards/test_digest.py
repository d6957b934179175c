"""What the digest of a week says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bot.cards import digest
from state.models import DEFAULT_UCF
from state.views.week import Week

UNTIL = datetime(2026, 1, 5, 9, tzinfo=UTC)
QUIET = Week(
    since=UNTIL - timedelta(days=7),
    until=UNTIL,
    before=DEFAULT_UCF,
    after=DEFAULT_UCF,
    begun=None,
    rituals={},
    promotions=(),
    alerts_raised=0,
    alerts_cleared=0,
    directives={},
    agents={},
    tunes=0,
    edits=0,
    backups_made=0,
    backups_failed=0,
)


def said(*, commands: int | None = None, drawn: bool = True, **changes: Any) -> str:
    week = msgspec.structs.replace(QUIET, **changes)
    return digest.card(week, commands=commands, drawn=drawn).description or ""


def test_a_quiet_week_says_so() -> None:
    text = said()
    assert "→ **harmony** accord\n" in text
    for line in ("**Rituals** none", "**Alerts** none", "**Tuned** 0 times", "**Backups** 0 made"):
        assert line in text
    assert "Folklore" not in text
    assert "Commands" not in text


def test_a_week_in_which_the_history_begins_says_so() -> None:
    assert "The history begins" not in said()
    begun = UNTIL - timedelta(days=2)
    assert f"The history begins <t:{int(begun.timestamp())}:f>." in said(begun=begun)


def test_a_busy_week_is_told_in_lines_that_fit_a_phone() -> None:
    text = said(
        commands=412,
        after=msgspec.structs.replace(DEFAULT_UCF, harmony=0.8, klesha=0.05),
        rituals={"done": 5, "cancelled": 1},
        promotions=tuple(("flare", "legend") for _ in range(7)),
        alerts_raised=3,
        alerts_cleared=2,
        directives={"done": 4, "queued": 5, "refused": 1},
        agents={f"Agent {number}": 9 - number for number in range(7)},
        tunes=1,
        edits=2,
        backups_made=7,
        backups_failed=1,
    )
    for line in (
        "↗ **harmony** accord +0.30",
        "**Rituals** 5 done, 1 cancelled",
        "🔥 flare → legend and 2 more",
        "**Alerts** 3 raised, 2 cleared",
        "**Directives** 4 done, 1 refused",
        "Agent 0 9×, Agent 1 8×, Agent 2 7×, Agent 3 6×, Agent 4 5× and 2 more",
        "**Tuned** 1 time, 2 edits of the file",
        "**Backups** 7 made, 1 failed",
        "**Commands** 412",
    ):
        assert line in text


def test_what_is_not_known_is_said() -> None:
    assert "There is no data about the field" in said(before=None, after=None)
    assert "→ **harmony** accord\n" in said(before=None)
    assert "could not be drawn" in said(drawn=False)
    assert "Directives" not in said(directives={"queued": 1})
