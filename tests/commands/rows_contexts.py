"""Checkpoints and search."""

from state.change import Actor
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use

ADA = Actor("command", "Ada", 5)
NAME = {"name": "before the storm"}


async def keep_one(running: RunningBot) -> None:
    await running.collective.contexts.archive("before the storm", ADA)


CASES = (
    Case(
        command="archive",
        happy=Use(line="archive before the storm", options=NAME, says="before the storm.* holds version"),
        wrong=(
            Use(line="archive", options={}, says="`name` is missing"),
            Use(line="archive #12", options={"name": "#12"}, says="Choose another name"),
            Use(line=f"archive {'x' * 65}", options={"name": "x" * 65}, says="at most 64 characters"),
        ),
    ),
    Case(
        command="restore",
        caller="admin",
        happy=Use(line="restore before the storm", options=NAME, says="already match .*before the storm"),
        wrong=(
            Use(line="restore", options={}, says="`name` is missing"),
            Use(
                line="restore before the strom",
                options={"name": "before the strom"},
                says="Did you mean `before the storm`",
            ),
            Use(line="restore #99", options={"name": "#99"}, says="There is no checkpoint called `#99`"),
        ),
        prepare=keep_one,
    ),
    Case(
        command="contexts",
        happy=Use(line="contexts storm", options={"filter": "storm"}, says="before the storm"),
        wrong=(
            Use(line="contexts calm", options={"filter": "calm"}, says="No checkpoint name contains `calm`"),
        ),
        prepare=keep_one,
    ),
    Case(
        command="search",
        happy=Use(line="search storm", options={"query": "storm"}, says=r"before the \*\*storm\*\*"),
        wrong=(
            Use(line="search", options={}, says="`query` is missing"),
            Use(line="search !!!", options={"query": "!!!"}, says="Type a word to search for"),
            Use(line="search a*", options={"query": "a*"}, says="at least 2 letters"),
            Use(line=f"search {'x' * 201}", options={"query": "x" * 201}, says="at most 200 characters"),
        ),
        prepare=keep_one,
    ),
)
