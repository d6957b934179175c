"""`make chaos` kills two hundred times; here a few, so that what breaks the promise is seen at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.killing import run
from tests.stores import ENGINES, Engine

SEED = 20


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ENGINES)
async def test_what_was_taken_takes_effect_once_however_often_the_process_is_killed(
    tmp_path: Path, engine: Engine, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgres").fresh_url() if engine == "postgres" else None
    outcome = await run(tmp_path / "data", kills=6, seed=SEED, server=server)
    assert outcome.wrong == ()
    assert outcome.events > 0
    assert outcome.deliveries > 0
