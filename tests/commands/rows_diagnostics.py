"""The self-test, on a bot whose HTTP server listens."""

from tests.bot.serving import serve
from tests.commands.case import Case, Use

CASES = (
    Case(
        command="test-all",
        caller="admin",
        happy=Use(
            line="test-all",
            says="Self-test",
            settles="works[\\s\\S]*\\.json",
        ),
        prepare=serve,
    ),
)
