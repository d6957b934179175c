"""What the storage commands are given, as values."""

from __future__ import annotations

from bot.text.words import quoted
from core.errors import HelixError

STORAGE_ACTIONS = ("status", "clean")
BACKUP_ACTIONS = ("create", "list", "verify")

_LONGEST_ID = 9


class WrongBackup(HelixError):
    """No id of a backup, or one too many."""


def parse_backup(action: str, word: str | None) -> int | None:
    """The id of the backup that `verify` is for; None for the other actions, which take none.

    Raises:
        WrongBackup: it is missing, no number, or not wanted.
    """
    if action != "verify":
        if word is not None:
            raise WrongBackup(f"`{action}` has no arguments; {quoted(word)} is for `verify`.")
        return None
    if word is None:
        raise WrongBackup("Which backup? Give its id, such as `verify 3`; `list` shows them.")
    digits = word.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID):
        raise WrongBackup(f"A backup's id is a number, such as `3`, not {quoted(word)}; `list` shows them.")
    return int(digits)
