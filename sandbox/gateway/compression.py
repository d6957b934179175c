"""Transport compression of gateway payloads."""

import importlib
import zlib
from typing import Protocol


class Codec(Protocol):
    """Encodes payloads: as text, or as parts of one compressed stream."""

    def pack(self, text: str) -> str | bytes:
        """The frame for one payload."""
        ...


class PlainCodec:
    """No compression: text frames."""

    def pack(self, text: str) -> str | bytes:
        """The text itself."""
        return text


class ZlibStreamCodec:
    """``zlib-stream``: one zlib context per connection; each payload ends with a sync flush (00 00 FF FF)."""

    def __init__(self) -> None:
        self._context = zlib.compressobj()

    def pack(self, text: str) -> str | bytes:
        """The stream's next bytes."""
        return self._context.compress(text.encode()) + self._context.flush(zlib.Z_SYNC_FLUSH)


class ZstdStreamCodec:
    """``zstd-stream``: one zstd context per connection; each payload ends with a block flush.

    Needs ``compression.zstd`` of Python 3.14 or newer.

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
    """The codec for the gateway's ``compress`` parameter; None if it is unknown or not available."""
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
