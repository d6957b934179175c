"""Directives: asked for, looked at, halted, resumed."""

from state.change import Actor
from state.directives.policy import Rank
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use


async def _one_asked(running: RunningBot) -> None:
    """One directive waits, since Manus rests."""
    await running.collective.directives.halt(Actor("test"))
    await running.collective.directives.submit("heartbeat", actor=Actor("test"), rank=Rank.admin)


CASES = (
    Case(
        command="run",
        caller="mod",
        happy=Use(
            line="run heartbeat",
            options={"directive": "heartbeat"},
            says="Directive 1: heartbeat",
            settles="✅ \\*\\*done\\*\\*[\\s\\S]*services are up",
        ),
        wrong=(
            Use(line="run", says="`directive` is missing"),
            Use(
                line="run heartbeat twice",
                options={"directive": "heartbeat twice"},
                says="has no arguments",
            ),
            Use(line="run emit", options={"directive": "emit"}, says="Name an event"),
            Use(line="run emit nothing.such", options={"directive": "emit nothing.such"}, says="no event"),
        ),
    ),
    Case(
        command="jobs",
        happy=Use(line="jobs 1", options={"job": "1"}, says="Directive 1: heartbeat[\\s\\S]*queued"),
        wrong=(
            Use(line="jobs 99", options={"job": "99"}, says="no directive 99"),
            Use(line="jobs last", options={"job": "last"}, says="Give the directive's number"),
        ),
        prepare=_one_asked,
    ),
    Case(
        command="halt",
        caller="admin",
        happy=Use(
            line="halt maintenance", options={"reason": "maintenance"}, says="is halted[\\s\\S]*maintenance"
        ),
    ),
    Case(
        command="resume",
        caller="admin",
        happy=Use(line="resume", says="Manus works again"),
        prepare=_one_asked,
    ),
)
