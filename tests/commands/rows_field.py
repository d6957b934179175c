"""The UCF: values, trends, alerts, tuning."""

from __future__ import annotations

import msgspec

from state.change import Change
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def strain(running: RunningBot) -> None:
    """Lets harmony turn critical, which raises alert 1."""
    await running.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.2), source="tune")
    )


CASES = (
    Case(
        command="ucf",
        happy=Use(line="ucf harmony", options={"metric": "harmony"}, says="good 0.7 to 2"),
        wrong=(Use(line="ucf harmoni", options={"metric": "harmoni"}, says="Did you mean `harmony`"),),
    ),
    Case(
        command="trend",
        happy=Use(
            line="trend harmony 24h",
            options={"metric": "harmony", "window": "24h"},
            says="harmony-trend.png Chart: harmony, last 24 hours",
            picture=True,
        ),
        wrong=(
            Use(line="trend mood", options={"metric": "mood"}, says="There is no metric called `mood`"),
            Use(
                line="trend harmony soon",
                options={"metric": "harmony", "window": "soon"},
                says="That is not a duration",
            ),
            Use(
                line="trend all 1m",
                options={"metric": "all", "window": "1m"},
                says="from 10 minutes to 365 days",
            ),
        ),
    ),
    Case(
        command="alerts",
        prepare=strain,
        happy=Use(line="alerts list", options={"action": "list"}, says="#1 harmony is critically low"),
        wrong=(Use(line="alerts burn", options={"action": "burn"}, says="There is no action called `burn`"),),
        actions={
            "ack": Use(line="alerts ack 1", options={"action": "ack", "target": "1"}, says="acknowledged by"),
            "mute": Use(
                line="alerts mute harmony 2h",
                options={"action": "mute", "target": "harmony", "span": "2h"},
                says="not posted until",
            ),
        },
    ),
    Case(
        command="tune",
        caller="admin",
        happy=Use(
            line="tune harmony +0.1 a calm evening",
            options={"metric": "harmony", "value": "+0.1", "reason": "a calm evening"},
            says=r"0\.50 → \*\*0\.60\*\*",
        ),
        wrong=(
            Use(line="tune", options={}, says="`metric` is missing"),
            Use(line="tune harmony", options={"metric": "harmony"}, says="`value` is missing"),
            Use(
                line="tune harmony much",
                options={"metric": "harmony", "value": "much"},
                says="`much` is not a value",
            ),
            Use(
                line="tune harmony +1.8",
                options={"metric": "harmony", "value": "+1.8"},
                says="harmony goes from 0 to 2, and 0.5 .+ 1.8 would be 2.3",
            ),
            Use(line="tune mood 1", options={"metric": "mood", "value": "1"}, says="no metric called `mood`"),
        ),
    ),
)
