"""Setting a server up: its channels, what is wrong with it, the welcome."""

from sandbox.forms.channels import ChannelFields
from sandbox.records import CATEGORY
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def leave_one_out(running: RunningBot) -> None:
    sandbox = running.sandbox
    guild = sandbox.engine.world.guilds[sandbox.home_guild_id]
    sandbox.engine.channels.create(guild, guild.owner_id, CATEGORY, ChannelFields(name="WELCOME"))


CASES = (
    Case(
        command="setup",
        caller="admin",
        happy=Use(
            line="setup dry-run",
            options={"mode": "dry-run"},
            says=r"would create 7 categories and 30 channels.*\n*(?s:.*)Nothing was changed",
        ),
        wrong=(Use(line="setup everything", options={"mode": "everything"}, says="`dry-run`: it shows"),),
        prepare=leave_one_out,
    ),
    Case(
        command="verify-setup",
        caller="mod",
        happy=Use(line="verify-setup", says=r"Channels\*\* 0 of 30(?s:.*)Category missing: \*\*WELCOME"),
    ),
    Case(
        command="welcome",
        caller="admin",
        happy=Use(line="welcome test", options={"action": "test"}, says="welcome is .*off(?s:.*)Helix Home"),
        wrong=(
            Use(line="welcome burn", options={"action": "burn"}, says="no action called (?s:.)burn"),
            Use(line="welcome set", options={"action": "set"}, says="Name the channel"),
        ),
    ),
)
