"""Storage, backups, reports."""

from state.change import Actor
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def make_one(running: RunningBot) -> None:
    await running.collective.backups.create(Actor("command", "Ada", 5))


CASES = (
    Case(
        command="storage",
        happy=Use(line="storage", options={}, says="free of"),
        wrong=(Use(line="storage burn", options={"action": "burn"}, says="clean, status"),),
        actions={"clean": Use(line="storage clean", options={"action": "clean"}, says="past its retention")},
    ),
    Case(
        command="backup",
        caller="admin",
        happy=Use(
            line="backup verify 1",
            options={"action": "verify", "backup": "1"},
            says="Checking backup 1|is good",
            settles="Backup 1 is good",
        ),
        wrong=(
            Use(line="backup burn", options={"action": "burn"}, says="create.*list.*verify"),
            Use(line="backup verify", options={"action": "verify"}, says="Give the backup's id"),
            Use(
                line="backup verify one",
                options={"action": "verify", "backup": "one"},
                says="`one` is not a backup's id",
            ),
            Use(
                line="backup verify 99",
                options={"action": "verify", "backup": "99"},
                says="There is no backup 99",
            ),
            Use(
                line="backup list 3",
                options={"action": "list", "backup": "3"},
                says="`list` has no arguments",
            ),
        ),
        prepare=make_one,
    ),
    Case(
        command="sync",
        caller="mod",
        happy=Use(line="sync", options={}, says="Gathering|Ecosystem report", settles="Needs attention"),
    ),
)
