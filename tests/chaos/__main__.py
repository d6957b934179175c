"""Kill Helix again and again while events come in: python -m tests.chaos [KILLS [SEED]]."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.killing import run

KILLS = 200


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    _say(f"{kills} kills, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(run(Path(folder) / "data", kills=kills, seed=seed, report=_report))
    for sentence in outcome.wrong[:50]:
        _say(sentence)
    _say(
        f"kills {outcome.kills}, events taken {outcome.events}, "
        f"posts without an answer {outcome.unanswered}, events posted again {outcome.repeated_posts}\n"
        f"deliveries {outcome.deliveries}, of them more than once {outcome.repeated_deliveries} (allowed)\n"
        f"lost or doubled: {len(outcome.wrong)} (target: 0), seed {seed}"
    )
    return 1 if outcome.wrong else 0


def _report(kill: int, events: int) -> None:
    if kill % 10 == 0:
        _say(f"{kill} kills, {events} events taken")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
