"""Rituals as people in the sandbox run and read them."""

from __future__ import annotations

import msgspec

from sandbox import Sandbox
from state.change import Actor, Change
from state.collective import Collective

QUICK_S = 0.002


ANA = Actor("command", "Ana", 5)


def elsewhere(sandbox: Sandbox) -> int:
    """A channel of the other server."""
    return sandbox.channel("general", sandbox.other_guild_id)


async def tune(collective: Collective, **values: float) -> None:
    await collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )
