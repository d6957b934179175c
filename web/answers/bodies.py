"""Response bodies that are encoded once and sent many times: JSON, entity tags and gzip."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import blake2b
from typing import final

import msgspec
from aiohttp import web

from web.answers.headers import CORS, DATA_POLICY, JSON, Headers, standard
from web.answers.negotiation import Encoding

# Below this size compression saves nothing: the response fits into one packet anyway.
_LEAST_TO_COMPRESS_BYTES = 512
_GZIP_LEVEL = 6


def encode_json(value: object) -> bytes:
    """JSON as UTF-8; times as RFC 3339 in UTC, any mapping as an object."""
    return msgspec.json.encode(value, enc_hook=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"{type(value).__name__} has no JSON form")


def json_answer(status: int, value: object) -> web.Response:
    """A JSON response that must not be cached."""
    headers = {**dict(standard()), "Content-Type": JSON, "Cache-Control": "no-store"}
    return web.Response(body=encode_json(value), status=status, headers=headers)


@final
class Variant:
    """One encoding of a body, with its constant headers.

    Attributes:
        etag: a strong entity tag, quotes included.
        headers: sent with 200 (or the body's own status), also for HEAD.
        short_headers: sent with 304 (RFC 9110 §15.4.5).
    """

    __slots__ = ("body", "etag", "headers", "short_headers")

    def __init__(
        self, body: bytes, content_type: str, encoding: Encoding, digest: str, content_policy: str
    ) -> None:
        self.body = body
        self.etag = f'"{digest}"' if encoding == "identity" else f'"{digest}-{encoding}"'
        self.short_headers: Headers = (
            *standard(content_policy),
            *CORS,
            ("Vary", "Accept-Encoding"),
            ("ETag", self.etag),
        )
        self.headers: Headers = (
            *self.short_headers,
            *((("Content-Encoding", encoding),) if encoding != "identity" else ()),
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
        )


@final
class Body:
    """An encoded body: the same bytes while it is cached, compressed once on first use."""

    __slots__ = ("_content_policy", "_digest", "_gzip", "content_type", "identity", "status")

    def __init__(
        self,
        content: bytes,
        *,
        content_type: str = JSON,
        status: int = 200,
        content_policy: str = DATA_POLICY,
    ) -> None:
        self.status = status
        self._content_policy = content_policy
        self.content_type = content_type
        self._digest = blake2b(content, digest_size=12).hexdigest()
        self.identity = Variant(content, content_type, "identity", self._digest, content_policy)
        self._gzip: Variant | None = None

    def variant(self, encoding: Encoding) -> Variant:
        """The body in `encoding`, or uncompressed if compression saves nothing."""
        if encoding == "identity" or len(self.identity.body) < _LEAST_TO_COMPRESS_BYTES:
            return self.identity
        if self._gzip is None:
            packed = gzip.compress(self.identity.body, _GZIP_LEVEL, mtime=0)
            self._gzip = (
                Variant(packed, self.content_type, "gzip", self._digest, self._content_policy)
                if len(packed) < len(self.identity.body)
                else self.identity
            )
        return self._gzip
