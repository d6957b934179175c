"""Arguments of the storage commands."""

from __future__ import annotations

from bot.text.words import quoted
from core.errors import HelixError

STORAGE_ACTIONS = ("status", "clean")
BACKUP_ACTIONS = ("create", "list", "verify")

_LONGEST_ID = 9


class WrongBackup(HelixError):
    """The backup's id is missing, not a number, or not allowed."""


def parse_backup(action: str, word: str | None) -> int | None:
    """The backup id for `verify`; None for the other actions, which take none.

    Raises:
        WrongBackup: the id is missing, not a number, or not allowed.
    """
    if action != "verify":
        if word is not None:
            raise WrongBackup(f"`{action}` has no arguments; leave out {quoted(word)}.")
        return None
    if word is None:
        raise WrongBackup("Give the backup's id, such as `verify 3`; `list` shows the ids.")
    digits = word.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID):
        raise WrongBackup(f"{quoted(word)} is not a backup's id; `list` shows the ids.")
    return int(digits)
