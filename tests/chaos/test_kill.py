"""`make chaos` kills two hundred times; here a few, so that what breaks the promise is seen at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.killing import run

SEED = 20


@pytest.mark.timeout(240)
async def test_what_was_taken_takes_effect_once_however_often_the_process_is_killed(tmp_path: Path) -> None:
    outcome = await run(tmp_path / "data", kills=6, seed=SEED)
    assert outcome.wrong == ()
    assert outcome.events > 0
    assert outcome.deliveries > 0
