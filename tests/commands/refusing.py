"""What those who lack the access try, and what must be left of it: a refusal, and no trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.catalog.entry import CommandEntry, Level
from sandbox import ActionError, Sandbox
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.support import RunningBot, count_ended, ended, is_ephemeral
from tests.commands.case import Case, Use
from tests.commands.table import cases, direct_channel, entry_of, traces

REFUSED = r"needs someone with Manage Server|needs an administrator|needs an owner|not in a direct message"


@dataclass(frozen=True)
class Stranger:
    """Somebody who may not, and where that person tries."""

    user: str
    place: str

    def channel(self, sandbox: Sandbox) -> int:
        if self.place == "dm":
            return direct_channel(sandbox, self.user)
        if self.place == "elsewhere":
            return sandbox.channel("general", sandbox.other_guild_id)
        return sandbox.channel("bot-commands")


def strangers(level: Level, *, local: bool) -> tuple[Stranger, ...]:
    """Who lacks `level`: the next lower at home, an admin of another server, an admin in private."""
    lower = ("member", "mod")[: 1 if level is Level.mod else 2]
    at_home = tuple(Stranger(user, "home") for user in lower)
    foreign = () if local else (Stranger("visitor-admin", "elsewhere"),)
    return (*at_home, *foreign, Stranger("admin", "dm"))


@dataclass(frozen=True)
class Attempt:
    """A stranger's use of a command, or of one of its actions (empty: of the command itself)."""

    case: Case
    entry: CommandEntry
    use: Use
    action: str
    stranger: Stranger

    def __str__(self) -> str:
        words = (self.entry.name, self.action, self.stranger.user, self.stranger.place)
        return "-".join(filter(None, words))


def attempts() -> Iterator[Attempt]:
    for case in cases():
        entry = entry_of(case)
        uses: list[tuple[str, Level, Use]] = []
        if entry.access.level > Level.everyone:
            uses.append(("", entry.access.level, case.happy))
        uses += [
            (action, entry.access.needed(action), case.actions[action])
            for action in entry.access.actions
            if action in case.actions
        ]
        for action, level, use in uses:
            for stranger in strangers(level, local=entry.access.local):
                yield Attempt(case, entry, use, action, stranger)


ATTEMPTS = tuple(attempts())


async def assert_refused_by_prefix(running: RunningBot, talk: Talk, attempt: Attempt) -> None:
    before, refused = await traces(running), count_ended(running, attempt.entry.name, "refused")
    dm = attempt.stranger.place == "dm"
    channel = None if dm else attempt.stranger.channel(talk.sandbox)
    reply = await talk.ask(attempt.stranger.user, f"!{attempt.use.line}", channel=channel, dm=dm)
    assert_refused(text_of(reply))
    await assert_no_trace(running, attempt, before, refused + 1)


async def assert_refused_by_slash(running: RunningBot, talk: Talk, attempt: Attempt) -> None:
    before, refused = await traces(running), count_ended(running, attempt.entry.name, "refused")
    stranger, entry = attempt.stranger, attempt.entry
    channel = stranger.channel(talk.sandbox)
    if stranger.place == "dm" and "dm" not in entry.where:
        # Discord itself does not offer a command of servers in a direct message.
        with pytest.raises(ActionError, match="does not work here"):
            await talk.slash(stranger.user, entry.name, channel=channel, **attempt.use.options)
    else:
        reply = await talk.slash(stranger.user, entry.name, channel=channel, **attempt.use.options)
        assert_refused(text_of(reply))
        assert is_ephemeral(reply)
        refused += 1
    await assert_no_trace(running, attempt, before, refused)


async def assert_no_trace(
    running: RunningBot, attempt: Attempt, before: tuple[int, int], refused: float
) -> None:
    """So many calls were refused in all, nothing was changed, and no cog was loaded for it."""
    await ended(running, attempt.entry.name, "refused", refused)
    assert await traces(running) == before
    if not attempt.action and attempt.case.prepare is None:
        assert state_of(running, attempt.entry.cog) == "not yet"


def assert_refused(text: str) -> None:
    """A refusal says what it would take."""
    assert re.search(REFUSED, text), text


def state_of(running: RunningBot, cog: str) -> str:
    """How a cog is, in the words of `cogs`."""
    return next(status.state for status in running.bot.loader.status() if status.name == cog)
