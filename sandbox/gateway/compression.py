"""Transport compression: how a payload's text becomes a WebSocket frame."""

import importlib
import zlib
from typing import Protocol


class Codec(Protocol):
    """Turns one payload's text into what is sent: text as it is, or bytes of one long compressed stream."""

    def pack(self, text: str) -> str | bytes:
        """The frame for one payload."""
        ...


class PlainCodec:
    """No compression: text frames."""

    def pack(self, text: str) -> str | bytes:
        """The text itself."""
        return text


class ZlibStreamCodec:
    """``zlib-stream``: one zlib context per connection, each payload ended by a sync flush (00 00 FF FF)."""

    def __init__(self) -> None:
        self._context = zlib.compressobj()

    def pack(self, text: str) -> str | bytes:
        """The stream's next bytes."""
        return self._context.compress(text.encode()) + self._context.flush(zlib.Z_SYNC_FLUSH)


class ZstdStreamCodec:
    """``zstd-stream``: one zstd context for the connection, each payload ended by a block flush.

    Needs ``compression.zstd``, which Python has from 3.14 on.

    Raises:
        ModuleNotFoundError: On an older Python.
    """

    def __init__(self) -> None:
        zstd = importlib.import_module("compression.zstd")
        self._context = zstd.ZstdCompressor()
        self._flush_block = zstd.ZstdCompressor.FLUSH_BLOCK

    def pack(self, text: str) -> str | bytes:
        """The stream's next bytes."""
        packed: bytes = self._context.compress(text.encode(), mode=self._flush_block)
        return packed


def build_codec(name: str | None) -> Codec | None:
    """The codec for the gateway's ``compress`` parameter; None where it is unknown or not available here."""
    if not name:
        return PlainCodec()
    if name == "zlib-stream":
        return ZlibStreamCodec()
    if name == "zstd-stream":
        try:
            return ZstdStreamCodec()
        except ModuleNotFoundError:
            return None
    return None
