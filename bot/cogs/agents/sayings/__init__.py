"""What the 14 agents say when asked for wisdom; each in a voice of its own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cogs.agents.sayings.consciousness import CONSCIOUSNESS
from bot.cogs.agents.sayings.integration import INTEGRATION
from bot.cogs.agents.sayings.operational import OPERATIONAL

SAYINGS: Mapping[str, tuple[str, ...]] = {**CONSCIOUSNESS, **OPERATIONAL, **INTEGRATION}
"""Sayings by the agent's name, as the roster spells it."""
