"""`flags`: show the flags, or switch one."""

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
    """The value means neither on nor off."""


def parse_switch(word: str) -> bool:
    """Whether `word` means on.

    Raises:
        WrongSwitch: it is neither.
    """
    value = _WORDS.get(word.strip().casefold())
    if value is None:
        raise WrongSwitch(f"Give `on` or `off`, not {quoted(word, 64)}.")
    return value


def find_flag(flags: Flags, name: str) -> Flag:
    """The flag with this name, or with this environment variable, in any letter case.

    Raises:
        UnknownFlag: no flag has this name; the message suggests the nearest.
    """
    flags.value(name)
    wanted = name.strip().casefold().replace("-", "_")
    return next(flag for flag in flags.describe() if wanted in {flag.name, flag.env.casefold()})


def journal_row(before: Flag, after: Flag, caller: Caller) -> JournalRow:
    """The journal row: who switched the flag, before and after."""
    reason = f"flags {after.name} {'on' if after.value else 'off'}"
    return caller.actor.row("flag", after.name, reason=reason, before=before.value, after=after.value)
