"""Registers and runs a slash command, for tests of the interaction data."""

from typing import Any

from tests.sandbox.support import Api

OPTIONS = [
    {"name": "text", "description": "d", "type": 3, "required": True, "max_length": 3},
    {"name": "count", "description": "d", "type": 4, "min_value": 1, "max_value": 9},
    {"name": "sure", "description": "d", "type": 5},
    {"name": "who", "description": "d", "type": 6},
    {"name": "where", "description": "d", "type": 7},
    {"name": "role", "description": "d", "type": 8},
    {"name": "share", "description": "d", "type": 10},
    {"name": "file", "description": "d", "type": 11},
    {
        "name": "level",
        "description": "d",
        "type": 4,
        "choices": [{"name": "low", "value": 1}, {"name": "high", "value": 2}],
    },
    {"name": "guess", "description": "d", "type": 4, "autocomplete": True},
]


async def register(api: Api, **fields: Any) -> None:
    command = {"name": "try", "description": "d", "options": OPTIONS} | fields
    status, body = await api.call("PUT", f"/applications/{api.sandbox.application_id}/commands", [command])
    assert status == 200, body


async def run(api: Api, channel: int, user: str = "member", **options: Any) -> Any:
    """Runs ``/try``; returns the interaction's data as the bot receives it."""
    raw, _ = await api.identified()
    await api.sandbox.act.slash(user=user, channel=channel, command="/try", options=options)
    return (await raw.event("INTERACTION_CREATE"))["d"]
