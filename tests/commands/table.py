"""The rows of all commands, and how one use of a command is carried out and read."""

from __future__ import annotations

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bot import catalog
from bot.catalog.entry import CommandEntry, Level
from sandbox import Sandbox
from tests.bot.cogs.talk import Message, Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.commands.case import Case, Use

Way = Literal["prefix", "slash"]
WAYS: tuple[Way, ...] = ("prefix", "slash")

YES = "Yes, do it"
LEAST_CALLER = {Level.everyone: "member", Level.mod: "mod", Level.admin: "admin", Level.owner: "owner"}


def rows() -> dict[str, Case]:
    """Every row of every `rows_<cog>.py` beside this file, by its command."""
    return {row.command: row for path in _row_files() for row in _rows_in(path)}


def cases() -> tuple[Case, ...]:
    """The rows in the catalog's order."""
    found = rows()
    return tuple(found[entry.name] for entry in catalog.ENTRIES if entry.name in found)


def entry_of(case: Case) -> CommandEntry:
    """The catalog's entry that a row tries."""
    entry = catalog.find(case.command)
    assert entry is not None
    return entry


async def started(start_bot: StartBot, case: Case | None = None, **changes: Any) -> RunningBot:
    """A bot on which rituals take no time, in the state that the row needs; `changes` are settings."""
    running = await start_bot(ritual_step_s=0.001, **changes)
    if case is not None and case.prepare is not None:
        await case.prepare(running)
    return running


async def traces(running: RunningBot) -> tuple[int, int]:
    """What a change by somebody would leave: the version of the state, and how much is journalled.

    What Helix notes of itself is left out: on a busy machine a measured agent may change at any moment.
    """
    entries = await running.collective.journal.entries(limit=1000)
    return running.collective.manager.snapshot.version, sum(entry.cause != "system" for entry in entries)


async def answer(talk: Talk, way: Way, caller: str, command: str, use: Use) -> Message:
    """The answer to one use, once it says what it should, and after its edits what it should in the end."""
    if way == "prefix":
        message = await talk.ask(caller, f"!{use.line}")
    else:
        message = await talk.slash(caller, command, **use.options)
    message = await _saying(talk, message, use.says)
    if use.agrees:
        await talk.press(caller, message, YES)
        return await talk.until(lambda one: re.search(use.settles or "", read(one)) is not None)
    return message if use.settles is None else await _saying(talk, message, use.settles)


async def _saying(talk: Talk, message: Message, wanted: str) -> Message:
    try:
        return await talk.edited(message, lambda one: re.search(wanted, read(one)) is not None)
    except TimeoutError:
        said = read(talk.messages[message["id"]])
        raise AssertionError(f"it never says {wanted!r}; in the end it says:\n{said}") from None


def read(message: Message) -> str:
    """Everything that a person can read in a message: texts, files and what buttons and menus say."""
    parts = [text_of(message)]
    parts += [f"{file['filename']} {file.get('description') or ''}" for file in message["attachments"]]
    for item in items(message):
        parts.append(item.get("label") or item.get("placeholder") or "")
        parts += [option["label"] for option in item.get("options", ())]
    return "\n".join(filter(None, parts))


def picture_of(message: Message) -> dict[str, Any]:
    """The one PNG that came with a message."""
    pictures = [file for file in message["attachments"] if file["filename"].endswith(".png")]
    pictures += [embed["image"] for embed in message["embeds"] if "image" in embed and not pictures]
    assert len(pictures) == 1, message
    picture: dict[str, Any] = pictures[0]
    return picture


def direct_channel(sandbox: Sandbox, user: str) -> int:
    """The id of a person's direct message with the bot."""
    engine = sandbox.engine
    return engine.world.dm_with(sandbox.users[user], engine.next_id()).id


@cache
def _row_files() -> tuple[Path, ...]:
    return tuple(sorted(Path(__file__).parent.glob("rows_*.py")))


def _rows_in(path: Path) -> tuple[Case, ...]:
    found: tuple[Case, ...] = importlib.import_module(f"tests.commands.{path.stem}").CASES
    return found
