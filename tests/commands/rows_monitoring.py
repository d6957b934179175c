"""How everything is doing."""

from tests.commands.case import Case, Use

CASES = (
    Case(command="status", happy=Use(line="status", says="of 14 active")),
    Case(command="health", happy=Use(line="health", says="passing")),
    Case(
        command="metrics",
        happy=Use(line="metrics commands", options={"section": "commands"}, says="Commands"),
        wrong=(Use(line="metrics nonsense", options={"section": "nonsense"}, says="no section"),),
    ),
    Case(command="heartbeat", happy=Use(line="heartbeat", says="Probing", settles="up|down|%")),
    Case(command="discovery", happy=Use(line="discovery", says="/status")),
    Case(command="ping", happy=Use(line="ping", says="Gateway", settles="Round trip.*\\d")),
)
