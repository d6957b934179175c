"""Icons and avatars: uploaded as data URIs, kept in memory, served by hash."""

import base64
import binascii
import hashlib
import re
from collections import OrderedDict
from typing import NamedTuple

from sandbox.errors import FormErrors
from sandbox.wire import JsonObject

MAX_PICTURE_BYTES = 10_240 * 1024
"""Discord's size limit for an uploaded picture."""
_KEPT = 50
_DATA_URI = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


class Picture(NamedTuple):
    """A picture's bytes and content type."""

    content_type: str
    data: bytes


class Pictures:
    """The newest pictures, by owner (a server or a webhook) and hash."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], Picture] = OrderedDict()

    def put(self, owner_id: int, picture: Picture) -> str:
        """Store a picture; returns its hash."""
        name = hashlib.md5(picture.data, usedforsecurity=False).hexdigest()
        self._kept[owner_id, name] = picture
        self._kept.move_to_end((owner_id, name))
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return name

    def get(self, owner_id: int, name: str) -> Picture | None:
        """A stored picture, or None."""
        return self._kept.get((owner_id, name))


def picture_field(errors: FormErrors, body: JsonObject, key: str) -> Picture | None:
    """The picture in a form's data URI ("Image Data" in Discord's reference); None for null."""
    value = body.get(key)
    if value is None:
        return None
    match = _DATA_URI.fullmatch(value) if isinstance(value, str) else None
    try:
        data = base64.b64decode(match[1], validate=True) if match is not None else b""
    except binascii.Error:
        data = b""
    kind = picture_type(data)
    if kind is None:
        errors.add((key,), "IMAGE_INVALID", "Invalid image data")
        return None
    if len(data) > MAX_PICTURE_BYTES:
        errors.add((key,), "BINARY_TYPE_MAX_SIZE", "File cannot be larger than 10240.0 kb.")
        return None
    return Picture(kind, data)


def picture_type(data: bytes) -> str | None:
    """The content type of a complete picture, by its first and last bytes; None for other data."""
    if data.startswith(_PNG) and data.endswith(_PNG_END):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9"):
        return "image/jpeg"
    if data[:6] in (b"GIF87a", b"GIF89a") and data.endswith(b";"):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
