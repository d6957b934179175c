"""What people are told when a role changes hands, or cannot."""

from __future__ import annotations

from bot.servers.self_roles import SelfRole


def obstacle(found: SelfRole, prefix: str, *, may_manage: bool) -> str | None:
    """Why this role cannot change hands here, and who can mend that; None where it can."""
    name = f"**{found.name}**"
    if found.standing == "missing":
        return f"{name} does not exist here yet. `{prefix}setup-roles` creates it."
    if found.standing == "privileged":
        return (
            f"The role called {name} here carries permissions or belongs to a bot, so it is never handed out."
        )
    if not may_manage:
        return f"I lack Manage Roles here, so I cannot touch {name}. An admin can give it to my role."
    if found.standing == "out of reach":
        return f"{name} stands above my own role. An admin moves my role above it, in the server's settings."
    return None


def done(name: str, *, add: bool, changed: bool) -> str:
    """A role changed hands, or had already."""
    if not changed:
        return f"You have **{name}** already." if add else f"You do not have **{name}**."
    return f"**{name}** is yours now." if add else f"**{name}** is no longer yours."
