"""Rituals, their log, their schedules, folklore."""

from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def one_schedule(running: RunningBot) -> None:
    """A schedule that can be removed."""
    from state.change import SYSTEM
    from state.rituals.schedule_rules import parse_rule

    rule = parse_rule("0 6 * * *", running.kernel.clock.now())
    await running.collective.schedules.add(rule, 27, actor=SYSTEM)


CASES = (
    Case(
        command="ritual",
        happy=Use(
            line="ritual 27",
            options={"steps": 27},
            says="Ritual 1",
            settles=r"Done: 27 steps[\s\S]*Anomalies",
        ),
        wrong=(
            Use(line="ritual 0", options={"steps": 0}, says="from 1 to 1000, not 0"),
            Use(line="ritual 1001", options={"steps": 1001}, says="from 1 to 1000, not 1001"),
            Use(line="ritual many", options={"steps": "many"}, says="`steps` must be a whole number"),
        ),
    ),
    Case(
        command="harmony",
        happy=Use(
            line="harmony", says="Harmony ritual 1", settles=r"\*\*harmony\*\* `0.50` → `0.60` \(\+0.1\)"
        ),
    ),
    Case(
        command="rituals",
        happy=Use(line="rituals", says="There is no ritual yet"),
        wrong=(
            Use(line="rituals 7", options={"page": 7}, says="There is 1 page, but no page 7"),
            Use(line="rituals last", options={"page": "last"}, says="`page` must be a whole number"),
        ),
    ),
    Case(
        command="schedule",
        caller="mod",
        happy=Use(
            line="schedule add every 6h 27",
            options={"action": "add", "details": "every 6h 27"},
            says=r"`every 6h`, 27 steps each\.[\s\S]*Next",
        ),
        wrong=(
            Use(line="schedule burn", options={"action": "burn"}, says="no action"),
            Use(line="schedule add", options={"action": "add"}, says="Give a time and the steps"),
            Use(
                line="schedule add every 5m",
                options={"action": "add", "details": "every 5m"},
                says="Choose a time from 10 minutes",
            ),
            Use(
                line="schedule add * * * * * 27",
                options={"action": "add", "details": "* * * * * 27"},
                says="run twice within 1 minute",
            ),
            Use(
                line="schedule add 61 6 * * *",
                options={"action": "add", "details": "61 6 * * *"},
                says="bad minute",
            ),
            Use(
                line="schedule add every 6h 5000",
                options={"action": "add", "details": "every 6h 5000"},
                says="from 1 to 1000",
            ),
            Use(
                line="schedule remove 9",
                options={"action": "remove", "details": "9"},
                says="There is no schedule 9",
            ),
        ),
        prepare=one_schedule,
    ),
    Case(
        command="folklore",
        happy=Use(line="folklore void", options={"entry": "void"}, says="Not met yet"),
        wrong=(Use(line="folklore dragon", options={"entry": "dragon"}, says="There is no entry called"),),
    ),
)
