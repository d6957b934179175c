"""The dashboard's files, read once, at URLs that contain a digest of their content."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final, final

from web.answers.headers import Headers, standard
from web.answers.negotiation import already_has, choose_encoding

FOLDER: Final = Path(__file__).parents[1] / "static" / "dashboard"
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_STYLE: Final = "dashboard.css"
# One year: the customary maximum (RFC 2616 §14.21).
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"


@final
class Asset:
    """One file, uncompressed and compressed."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content_type = _TYPES[Path(name).suffix]
        self.plain = content
        self._digest = blake2b(content, digest_size=12).hexdigest()

    @cached_property
    def packed(self) -> bytes:
        """The file compressed, when first asked for: the start does not need it."""
        return gzip.compress(self.plain, 9, mtime=0)

    def answer(
        self, accept_encoding: str | None, if_none_match: str | None, *, for_good: bool
    ) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a request with these headers.

        Args:
            accept_encoding: the header; None if missing.
            if_none_match: the header; None if missing.
            for_good: whether the URL has the current digest, so that the response can be cached for good.
        """
        encoding = choose_encoding(accept_encoding)
        etag = f'"{self._digest}"' if encoding == "identity" else f'"{self._digest}-{encoding}"'
        headers: Headers = (
            *standard(),
            ("Cache-Control", _FOR_GOOD if for_good else _ASK_FIRST),
            ("Vary", "Accept-Encoding"),
            ("ETag", etag),
        )
        if already_has(if_none_match, etag):
            return 304, headers, b""
        described = (("Content-Type", self.content_type),)
        if encoding == "identity":
            return 200, (*headers, *described), self.plain
        return 200, (*headers, *described, ("Content-Encoding", encoding)), self.packed


@final
class Assets:
    """All files of a folder: one combined style sheet, scripts and pictures by name.

    Args:
        below: the path of PUBLIC_URL, the prefix of their URLs.

    Attributes:
        digest: of all files; part of each file's URL.
    """

    def __init__(self, folder: Path = FOLDER, *, below: str = "") -> None:
        self._below = below
        style = b"\n".join(path.read_bytes() for path in sorted((folder / "css").glob("*.css")))
        contents = {_STYLE: style}
        for path in sorted((*(folder / "js").glob("*.js"), *folder.glob("*.svg"))):
            contents[path.name] = path.read_bytes()
        self._files = {name: Asset(name, content) for name, content in contents.items()}
        whole = blake2b(digest_size=8)
        for name, content in contents.items():
            whole.update(f"{name}\0{len(content)}\0".encode() + content)
        self.digest = whole.hexdigest()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        return tuple(self._files)

    def get(self, name: str) -> Asset | None:
        """The file of that name, or None."""
        return self._files.get(name)

    def path(self, name: str) -> str:
        """The URL path of a file, including the digest."""
        return f"{self._below}/assets/{self.digest}/{name}"
