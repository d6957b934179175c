"""Attachments, kept in memory with a size limit, never on disk."""

import re
import struct
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from sandbox.errors import ApiError
from sandbox.forms.messages import UploadedFile
from sandbox.records import Attachment

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Discord's file size limit without boosts."""
MAX_STORE_BYTES = 64 * 1024 * 1024

_INLINE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "csv": "text/plain; charset=utf-8",
    "json": "text/plain; charset=utf-8",
    "yaml": "text/plain; charset=utf-8",
}
OCTET_STREAM = "application/octet-stream"


class StoredFile(NamedTuple):
    """A file's bytes and metadata for the CDN."""

    filename: str
    content_type: str
    data: bytes


class FileStore:
    """The newest attachments, at most ``max_bytes`` in total; older ones are dropped.

    Args:
        next_id: Returns a new snowflake.
        max_bytes: The size limit of all files together.

    Attributes:
        cdn_url: The prefix of attachment URLs; set once the port is known.
    """

    def __init__(self, next_id: Callable[[], int], max_bytes: int = MAX_STORE_BYTES) -> None:
        self.cdn_url = ""
        self._next_id = next_id
        self._max_bytes = max_bytes
        self._total_bytes = 0
        self._files: OrderedDict[tuple[int, int], StoredFile] = OrderedDict()

    def put(
        self, channel_id: int, file: UploadedFile, *, description: str | None, embedded: bool
    ) -> Attachment:
        """Store a file.

        Raises:
            ApiError: 413 with code 40005 for a file over 10 MiB.
        """
        if len(file.data) > MAX_FILE_BYTES:
            raise ApiError(413, 40005, "Request entity too large")
        file_id = self._next_id()
        stored = StoredFile(safe_filename(file.filename), content_type(file.filename), file.data)
        self._files[channel_id, file_id] = stored
        self._total_bytes += len(file.data)
        while self._total_bytes > self._max_bytes:
            _, oldest = self._files.popitem(last=False)
            self._total_bytes -= len(oldest.data)
        width, height = image_size(file.data) or (None, None)
        return Attachment(
            id=file_id,
            filename=stored.filename,
            size=len(file.data),
            url=f"{self.cdn_url}/attachments/{channel_id}/{file_id}/{stored.filename}",
            content_type=stored.content_type,
            width=width,
            height=height,
            description=description,
            embedded=embedded,
        )

    def get(self, channel_id: int, file_id: int, filename: str) -> StoredFile | None:
        """A stored file, or None; the name is only compared, never used as a path."""
        stored = self._files.get((channel_id, file_id))
        return stored if stored is not None and stored.filename == filename else None

    def drop(self, channel_id: int, attachments: list[Attachment]) -> None:
        """Drop the files of a deleted message."""
        for attachment in attachments:
            stored = self._files.pop((channel_id, attachment.id), None)
            if stored is not None:
                self._total_bytes -= len(stored.data)


def safe_filename(name: str) -> str:
    """The file name as Discord shows it: its last part, with only letters, digits, ``.``, ``-`` and ``_``."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip(".")
    return cleaned[-100:] or "unknown"


def content_type(filename: str) -> str:
    """A content type that is safe in a browser; unknown types are only for download."""
    suffix = filename.rsplit(".", 1)[-1].lower()
    return _INLINE_TYPES.get(suffix, OCTET_STREAM)


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or GIF in pixels, from its first bytes; else None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    return None
