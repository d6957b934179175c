"""Roles that people give themselves."""

from sandbox.forms.roles import RoleForm
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def create_one(running: RunningBot) -> None:
    sandbox = running.sandbox
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    sandbox.engine.roles.create(guild, guild.owner_id, RoleForm(name="Telemetry", permissions=0))


CASES = (
    Case(
        command="roles",
        happy=Use(
            line="roles notifications",
            options={"category": "notifications"},
            says="(?s)▫️ Telemetry.*choose yours",
        ),
        wrong=(Use(line="roles nonsense", options={"category": "nonsense"}, says="no category called"),),
        prepare=create_one,
    ),
    Case(
        command="subscribe",
        happy=Use(line="subscribe tele", options={"role": "tele"}, says="You now have .*Telemetry"),
        wrong=(
            Use(line="subscribe", options={}, says="`role` is missing"),
            Use(line="subscribe telemetri", options={"role": "telemetri"}, says="Did you mean `Telemetry`"),
            Use(line="subscribe Mod", options={"role": "Mod"}, says="no self-assignable role"),
        ),
        prepare=create_one,
    ),
    Case(
        command="unsubscribe",
        happy=Use(line="unsubscribe tele", options={"role": "tele"}, says="You do not have .*Telemetry"),
        wrong=(
            Use(line="unsubscribe", options={}, says="`role` is missing"),
            Use(line="unsubscribe nonsense", options={"role": "nonsense"}, says="no self-assignable role"),
        ),
        prepare=create_one,
    ),
    Case(
        command="setup-roles",
        caller="admin",
        happy=Use(
            line="setup-roles access",
            options={"category": "access"},
            says="Creating roles|Created 7",
            settles="Created 7 roles",
        ),
        wrong=(
            Use(line="setup-roles nonsense", options={"category": "nonsense"}, says="no category called"),
        ),
    ),
)
