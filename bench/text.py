"""Text: the cost of escaping Markdown per character, for a text and one sixteen times as long.

Target (docs/architecture.md, "What things cost"): at most 1.5 times, for any text.
"""

import time
from collections.abc import Callable
from statistics import median

from core.text.discord_markdown import escape

ROUNDS = 7
SHORT = 4_000
TIMES = 16
TARGET = 1.5
# Texts for which an inefficient regular expression takes much longer than for plain words.
SHAPES = ("[", "[a](b)", "](", "*", "_", "`", "||", ":", ":a", "<", "#", "- ", "1.", " ", "\n", "\\", "a ")


def main() -> None:
    _compare("escape", escape)


def _compare(name: str, work: Callable[[str], object]) -> None:
    worst = 0.0
    for shape in SHAPES:
        short_ns, long_ns = _each_ns(work, shape, SHORT), _each_ns(work, shape, SHORT * TIMES)
        worst = max(worst, long_ns / short_ns)
        print(f"{name:8} {shape!r:10} {short_ns:8.1f} ns a character, {long_ns:8.1f} in the long one")
    print(f"ratio {name} {worst:.2f} (target: at most {TARGET})")


def _each_ns(work: Callable[[str], object], shape: str, length: int) -> float:
    """CPU time per character in nanoseconds for a text of this shape, the median of several rounds."""
    text = (shape * length)[:length]
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        work(text)
        rounds.append((time.process_time_ns() - began) / length)
    return median(rounds)
