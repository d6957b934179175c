"""What an archive says of itself, and the bounds within which one is believed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from core.errors import HelixError
from core.files.reading import SIZE_LIMIT

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "helix.db"
# Files that people edit; whichever there are come along.
EDITED_FILES: Final = ("ucf_state.json", "agents.json", "services.json")
PARTS: Final = (DATABASE, *EDITED_FILES)

MANIFEST_BYTES: Final = 64 * 1024
# A database larger than this is none of ours; an archive that claims one is refused before it is unpacked.
DATABASE_BYTES: Final = 64 * 1024**3


class BadBackup(HelixError):
    """An archive that cannot be trusted: damaged, cut off, altered, or not one of Helix's."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file in the archive, with its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in an archive.

    Attributes:
        format: of the archive; 1.
        helix: the version that made it.
        schema_step: the highest step of the database's schema.
        state_version: of the snapshot in it.
        made_at: when the copy of the database was taken.
        redacted: parts in which a secret of the settings stood, and was replaced by `***`.
    """

    format: int
    helix: str
    schema_step: int
    state_version: int
    made_at: datetime
    parts: tuple[Part, ...]
    redacted: tuple[str, ...] = ()


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it stands in the archive."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """What a manifest says, where it is one that this Helix may believe.

    Raises:
        BadBackup: it is not; the text says why.
    """
    try:
        version = msgspec.json.decode(data, type=_Format).format
        if version != FORMAT:
            raise BadBackup(
                f"The backup has format {version}, and this Helix reads format {FORMAT}. Use the Helix that "
                "made it, or a later one."
            )
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BadBackup(
            f"This is no backup of Helix, or it is damaged: its manifest says {error}."
        ) from error
    names = [part.name for part in manifest.parts]
    if DATABASE not in names or len(set(names)) != len(names) or not set(names) <= set(PARTS):
        raise BadBackup("This is no backup of Helix: its manifest names other files than a backup has.")
    for part in manifest.parts:
        most = DATABASE_BYTES if part.name == DATABASE else SIZE_LIMIT
        if not 0 <= part.size <= most:
            raise BadBackup(
                f"The backup is refused: {part.name} claims {part.size} bytes, more than is sane."
            )
    return manifest


class _Format(msgspec.Struct):
    format: int
