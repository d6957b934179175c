"""The sandbox for load: many people, and no rate limits for the bot's API calls."""

from sandbox import Sandbox
from sandbox.records import Member, User


def lift_limits(sandbox: Sandbox) -> None:
    for bucket in ("global", "default", "messages.create", "typing"):
        sandbox.engine.limits.set(bucket, 10**9, 1.0)


def crowd(sandbox: Sandbox, people: int) -> list[int]:
    """Add `people` new members to the home server; returns their ids."""
    world, home = sandbox.engine.world, sandbox.engine.world.guilds[sandbox.home_guild_id]
    joined = next(iter(home.members.values())).joined_at
    ids = []
    for number in range(people):
        user = User(sandbox.engine.next_id(), f"person{number}", f"Person {number}")
        world.users[user.id] = user
        home.members[user.id] = Member(user.id, [], joined)
        ids.append(user.id)
    return ids


def settings_on(sandbox: Sandbox, folder: str) -> dict[str, str]:
    """The settings of a Helix process that connects to this sandbox."""
    return {
        "DISCORD_TOKEN": sandbox.token,
        "DISCORD_API_URL": sandbox.api_url,
        "DISCORD_GATEWAY_URL": sandbox.gateway_url,
        "HOME_GUILD_ID": str(sandbox.home_guild_id),
        "HELIX_DATA_DIR": folder,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
    }
