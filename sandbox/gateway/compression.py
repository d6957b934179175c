"""Transport compression of gateway payloads."""

import importlib
import zlib
from collections.abc import Callable

Pack = Callable[[str], str | bytes]
"""Returns the frame for one payload: its text, or the next bytes of one compressed stream."""


def build_pack(compress: str | None) -> Pack | None:
    """The packing for the gateway's ``compress`` parameter; None if it is unknown or not available.

    Each connection needs its own packing, which keeps stream state. ``zstd-stream`` needs Python 3.14.
    """
    if not compress:
        return str
    if compress == "zlib-stream":
        return _zlib_stream()
    if compress == "zstd-stream":
        try:
            return _zstd_stream()
        except ModuleNotFoundError:
            return None
    return None


def _zlib_stream() -> Pack:
    # Each payload ends with a sync flush (00 00 FF FF), at which clients split the stream.
    context = zlib.compressobj()
    return lambda text: context.compress(text.encode()) + context.flush(zlib.Z_SYNC_FLUSH)


def _zstd_stream() -> Pack:
    zstd = importlib.import_module("compression.zstd")
    compressor = zstd.ZstdCompressor()

    def pack(text: str) -> bytes:
        packed: bytes = compressor.compress(text.encode(), mode=zstd.ZstdCompressor.FLUSH_BLOCK)
        return packed

    return pack
