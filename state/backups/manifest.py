"""The manifest of an archive, and the limits that are checked before unpacking."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.files.reading import SIZE_LIMIT

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "helix.db"
# Files that people edit; those that exist are backed up.
EDITED_FILES: Final = ("ucf_state.json", "agents.json", "services.json")
PARTS: Final = (DATABASE, *EDITED_FILES)

MANIFEST_BYTES: Final = 64 * 1024
# Larger than any database of ours; an archive that claims more is refused before it is unpacked.
DATABASE_BYTES: Final = 64 * 1024**3


class BadBackup(HelixError):
    """An archive that is damaged, cut off, changed, or not one of Helix's."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file in the archive, with its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of an archive.

    Attributes:
        format: of the archive; 1.
        helix: the version that made it.
        schema_step: the highest schema step of the database.
        state_version: the version of the state in it.
        made_at: when the database was copied.
        redacted: the parts in which a secret of the settings was replaced by `***`.
    """

    format: int
    helix: str
    schema_step: int
    state_version: int
    made_at: datetime
    parts: tuple[Part, ...]
    redacted: tuple[str, ...] = ()


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as bytes for the archive."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """Decodes and checks a manifest.

    Raises:
        BadBackup: it is not valid; the text says why.
    """
    try:
        version = msgspec.json.decode(data, type=_Format).format
        if version != FORMAT:
            raise BadBackup(
                f"The backup has format {version}, and this Helix reads format {FORMAT}. Use the version of "
                "Helix that made it, or a later one."
            )
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BadBackup(
            f"This is no backup of Helix, or it is damaged: its manifest is not valid ({error})."
        ) from error
    names = [part.name for part in manifest.parts]
    if DATABASE not in names or len(set(names)) != len(names) or not set(names) <= set(PARTS):
        raise BadBackup("This is no backup of Helix: its manifest names files that no backup has.")
    for part in manifest.parts:
        most = DATABASE_BYTES if part.name == DATABASE else SIZE_LIMIT
        if not 0 <= part.size <= most:
            raise BadBackup(
                f"The backup is refused: {part.name} claims {part.size} bytes; the limit is {most}."
            )
    return manifest


class _Format(msgspec.Struct):
    format: int
