"""Messages about a role that was assigned or removed, or could not be."""

from __future__ import annotations

from bot.servers.self_roles import SelfRole


def obstacle(found: SelfRole, prefix: str, *, may_manage: bool) -> str | None:
    """Why this role cannot be assigned or removed, and how to fix that; None if it can."""
    name = f"**{found.name}**"
    if found.standing == "missing":
        return f"{name} does not exist in this server yet. `{prefix}setup-roles` creates it."
    if found.standing == "privileged":
        return f"The role {name} has permissions or belongs to a bot, so I never assign it."
    if not may_manage:
        return f"I lack Manage Roles, so I cannot change {name}. Ask an admin to grant it to me."
    if found.standing == "out of reach":
        return f"{name} is above my own role. Ask an admin to move my role above it."
    return None


def done(name: str, *, add: bool, changed: bool) -> str:
    """The message after a change, or when there was nothing to change."""
    if not changed:
        return f"You already have **{name}**." if add else f"You do not have **{name}**."
    return f"You now have **{name}**." if add else f"You no longer have **{name}**."
