"""Deliveries, replays, breakers and events on purpose."""

from tests.commands.case import Case, Use

CASES = (
    Case(
        command="webhooks",
        caller="mod",
        happy=Use(line="webhooks failed", options={"view": "failed"}, says="There are no dead letters"),
        wrong=(
            Use(line="webhooks msg_1", options={"view": "msg_1"}, says="`msg_1` is not an id"),
            Use(line="webhooks in 0", options={"view": "in", "page": 0}, says="must be 1 or more"),
            Use(line="webhooks in last", options={"view": "in", "page": "last"}, says="whole number"),
        ),
    ),
    Case(
        command="replay",
        caller="admin",
        happy=Use(
            line="replay failed 24h",
            options={"target": "failed", "since": "24h"},
            says="There are no dead letters in the last 24 hours",
        ),
        wrong=(
            Use(line="replay", says="`target` is missing"),
            Use(line="replay msg_1", options={"target": "msg_1"}, says="`msg_1` is not an id"),
            Use(
                line="replay failed lately",
                options={"target": "failed", "since": "lately"},
                says="not a duration",
            ),
        ),
    ),
    Case(
        command="breakers",
        caller="mod",
        happy=Use(line="breakers", says="Breakers"),
        wrong=(Use(line="breakers mend", options={"action": "mend"}, says="no action called"),),
        actions={
            "reset": Use(
                line="breakers reset zapier",
                options={"action": "reset", "name": "zapier"},
                says="no breaker called",
            ),
            "trip": Use(
                line="breakers trip zapier",
                options={"action": "trip", "name": "zapier"},
                says="no breaker called",
            ),
        },
    ),
    Case(
        command="emit",
        caller="admin",
        happy=Use(
            line='emit report.ready {"assessment": "a test"}',
            options={"event": "report.ready", "json": '{"assessment": "a test"}'},
            says="Emitted: report.ready[\\s\\S]*No destination receives this event[\\s\\S]*a test",
        ),
        wrong=(
            Use(line="emit", says="`event` is missing"),
            Use(
                line="emit report.redy", options={"event": "report.redy"}, says="Did you mean `report.ready`"
            ),
            Use(
                line="emit report.ready {",
                options={"event": "report.ready", "json": "{"},
                says="not JSON.*line 1, column 2",
            ),
            Use(
                line='emit report.ready {"ucf": 3}',
                options={"event": "report.ready", "json": '{"ucf": 3}'},
                says="`ucf`: Expected `object`, got `int`",
            ),
        ),
    ),
)
