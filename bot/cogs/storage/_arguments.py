"""What the storage commands are given, as values."""

from __future__ import annotations

from bot.words import quoted
from core.errors import HelixError

STORAGE_ACTIONS = ("status", "clean")
BACKUP_ACTIONS = ("create", "list", "verify")

_LONGEST_ID = 9


class WrongAction(HelixError):  # noqa: N818 - the text is what users read
    """There is no such action."""


class WrongBackup(HelixError):  # noqa: N818 - likewise
    """No id of a backup, or one too many."""


def parse_action(word: str, actions: tuple[str, ...]) -> str:
    """The action that a word names, in any case.

    Raises:
        WrongAction: none of them.
    """
    folded = word.strip().casefold()
    if folded not in actions:
        choices = ", ".join(f"`{action}`" for action in actions[:-1])
        raise WrongAction(f"The action is {choices} or `{actions[-1]}`, not {quoted(word)}.")
    return folded


def parse_backup(action: str, word: str | None) -> int | None:
    """The id of the backup that `verify` is for; None for the other actions, which take none.

    Raises:
        WrongBackup: it is missing, no number, or not wanted.
    """
    if action != "verify":
        if word is not None:
            raise WrongBackup(f"`{action}` takes nothing more; {quoted(word)} is for `verify`.")
        return None
    if word is None:
        raise WrongBackup("Which backup? Give its id, such as `verify 3`; `list` shows them.")
    digits = word.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID):
        raise WrongBackup(f"A backup's id is a number, such as `3`, not {quoted(word)}; `list` shows them.")
    return int(digits)
