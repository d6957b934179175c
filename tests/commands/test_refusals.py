"""Every privileged command and action, tried by those who lack the access, in each way there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.entry import CommandEntry, Level
from bot.slash import PATH
from sandbox import ActionError, Sandbox
from tests.bot.cogs.talk import Talk, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot, ended, is_ephemeral
from tests.commands.case import Case, Use
from tests.commands.table import cases, direct_channel, entry_of, started, traces

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


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
async def test_by_prefix_a_stranger_is_refused_and_nothing_is_changed(
    start_bot: StartBot, talk: Talk, attempt: Attempt
) -> None:
    running = await started(start_bot, attempt.case)
    before = await traces(running)
    dm = attempt.stranger.place == "dm"
    channel = None if dm else attempt.stranger.channel(talk.sandbox)
    reply = await talk.ask(attempt.stranger.user, f"!{attempt.use.line}", channel=channel, dm=dm)
    assert_refused(text_of(reply))
    await ended(running, attempt.entry.name, "refused", 1)
    assert await traces(running) == before
    if not attempt.action and attempt.case.prepare is None:
        assert _state_of(running, attempt.entry.cog) == "not yet"


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
async def test_by_slash_a_stranger_is_refused_alone_and_nothing_is_changed(
    start_bot: StartBot, talk: Talk, attempt: Attempt
) -> None:
    running = await started(start_bot, attempt.case)
    before = await traces(running)
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
        await ended(running, entry.name, "refused", 1)
    assert await traces(running) == before
    if not attempt.action and attempt.case.prepare is None:
        assert _state_of(running, attempt.entry.cog) == "not yet"


@pytest.mark.parametrize(
    ("entry", "option", "stranger"),
    [
        pytest.param(entry, option["name"], stranger, id=f"{entry.name}-{option['name']}-{stranger.user}")
        for entry in dict.fromkeys(entry_of(case) for case in cases())
        if entry.access.level > Level.everyone
        for command in json.loads(PATH.read_text())
        if command["name"] == entry.name
        for option in command.get("options", ())
        if option.get("autocomplete")
        for stranger in strangers(entry.access.level, local=entry.access.local)
        if stranger.place != "dm" or "dm" in entry.where
    ],
)
async def test_completion_offers_a_stranger_nothing_and_loads_nothing(
    start_bot: StartBot, sandbox: Sandbox, entry: CommandEntry, option: str, stranger: Stranger
) -> None:
    running = await started(start_bot)
    offered = await sandbox.act.autocomplete(
        user=stranger.user,
        channel=stranger.channel(sandbox),
        command=entry.name,
        focused=option,
        options={option: ""},
    )
    assert offered["choices"] == []
    assert _state_of(running, entry.cog) == "not yet"


def assert_refused(text: str) -> None:
    """A refusal says what it would take."""
    assert re.search(REFUSED, text), text


def _state_of(running: RunningBot, cog: str) -> str:
    return next(status.state for status in running.bot.loader.status() if status.name == cog)
