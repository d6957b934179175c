"""What `flags` does: show them, or switch one."""

from __future__ import annotations

from bot.access import Caller
from bot.text.words import quoted
from core.errors import HelixError
from core.flags import Flag, Flags
from state.change import JournalRow

_WORDS = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


class WrongSwitch(HelixError):
    """Neither on nor off."""


def parse_switch(word: str) -> bool:
    """Whether `word` means on.

    Raises:
        WrongSwitch: it means neither on nor off.
    """
    value = _WORDS.get(word.strip().casefold())
    if value is None:
        raise WrongSwitch(f"A flag is switched `on` or `off`, not {quoted(word, 64)}.")
    return value


def find_flag(flags: Flags, name: str) -> Flag:
    """The flag of that name, short or as the environment variable, in any case.

    Raises:
        UnknownFlag: there is none; the text suggests the nearest.
    """
    flags.value(name)
    wanted = name.strip().casefold().replace("-", "_")
    return next(flag for flag in flags.describe() if wanted in {flag.name, flag.env.casefold()})


def journal_row(before: Flag, after: Flag, caller: Caller) -> JournalRow:
    """Who switched it, from what to what."""
    reason = f"flags {after.name} {'on' if after.value else 'off'}"
    return caller.actor.row("flag", after.name, reason=reason, before=before.value, after=after.value)
