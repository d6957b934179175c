"""Keeps the secrets of the settings out of backups: in the copies they are replaced by `***`.

The database and the files in the data folder are not changed. Secrets shorter than eight characters are not
searched for, since ordinary text may contain them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from core.errors import HelixError
from core.logs.secret import Secret
from core.logs.secret_forms import escaped

MASK: Final = "***"
_SHORTEST: Final = 8


class SecretInBackup(HelixError):
    """A secret of the settings could not be removed from the copy."""


def forms(secrets: Iterable[Secret]) -> tuple[str, ...]:
    """Each secret as it is and in its escaped forms; longest first."""
    found: set[str] = set()
    for secret in secrets:
        text = secret.reveal()
        if len(text) >= _SHORTEST:
            found.update(escaped(text))
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def redact_text(data: bytes, secrets: tuple[str, ...]) -> bytes:
    """A file's content with secrets replaced."""
    for form in secrets:
        data = data.replace(form.encode("utf-8", "surrogatepass"), MASK.encode())
    return data


def redact_database(path: Path, secrets: tuple[str, ...]) -> bool:
    """Replaces secrets in a copy of the database; returns whether there were any.

    Raises:
        SecretInBackup: one is still in the file afterwards (as part of a key, for example).
        CopyFault, OSError: the copy cannot be changed.
    """
    # Only a backup needs it.
    from core.store.sqlite.scrubbing import holds_any, scrub

    found = scrub(path, secrets, MASK)
    if found and holds_any(path, secrets):
        raise SecretInBackup(
            "The database contains a secret of the settings in a place where a backup cannot leave it out, "
            "so no backup is made. Replace that secret by a new one in the settings."
        )
    return found
