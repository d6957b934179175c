"""Transport compression, one stream per connection."""

import sys
import types
import zlib

import pytest

from sandbox.gateway.compression import build_pack


def test_zlib_payloads_share_one_context_and_end_with_a_sync_flush() -> None:
    pack = build_pack("zlib-stream")
    assert pack is not None
    inflate = zlib.decompressobj()
    text = '{"t":"MESSAGE_CREATE","d":"' + "ä" * 500 + '"}'

    packed = [pack(text) for _ in range(3)]

    for frame in packed:
        assert isinstance(frame, bytes)
        assert frame.endswith(b"\x00\x00\xff\xff")
        assert inflate.decompress(frame).decode() == text
    assert len(packed[1]) < len(packed[0])


@pytest.mark.parametrize("name", [None, ""])
def test_no_compression_sends_text(name: str | None) -> None:
    pack = build_pack(name)

    assert pack is not None
    assert pack("x") == "x"


def test_an_unknown_compression_is_none() -> None:
    assert build_pack("brotli") is None


def test_zstd_needs_a_python_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression.zstd", None)

    assert build_pack("zstd-stream") is None


def test_zstd_flushes_a_block_for_each_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    class Compressor:
        """The used part of Python 3.14's ZstdCompressor; appends the requested mode."""

        FLUSH_BLOCK = 1

        def compress(self, data: bytes, mode: int) -> bytes:
            return data + bytes([mode])

    package, module = types.ModuleType("compression"), types.ModuleType("compression.zstd")
    module.ZstdCompressor = Compressor  # type: ignore[attr-defined] # a stand-in module
    monkeypatch.setitem(sys.modules, "compression", package)
    monkeypatch.setitem(sys.modules, "compression.zstd", module)

    pack = build_pack("zstd-stream")

    assert pack is not None
    assert pack("x") == b"x\x01"
