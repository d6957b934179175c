"""main.py as it is, but that it may deliver to this machine, where the harness listens."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from main import main  # noqa: E402 - found by the line above
from state.webhooks import Webhooks  # noqa: E402 - likewise


def allow_loopback() -> None:
    """Outside the sandbox only public https addresses are delivered to; no test has one."""
    always = property(lambda _: True, lambda _, __: None)
    Webhooks.loopback = always  # type: ignore[assignment]


if __name__ == "__main__":
    allow_loopback()
    sys.exit(main())
