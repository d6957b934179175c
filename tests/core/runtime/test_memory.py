import ctypes

import pytest

from core.runtime.memory import give_back_memory, resident_bytes


def test_free_memory_between_what_is_used_is_given_back() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("not glibc")
    # Blocks of a size that glibc takes from its heap; every second one stays in use.
    blocks = [bytes([number % 256]) * 60_000 for number in range(1_000)]
    kept = blocks[::2]
    blocks.clear()
    before = resident_bytes()
    assert give_back_memory()
    after = resident_bytes()
    assert before is not None
    assert after is not None
    assert before - after > 10_000_000
    assert len(kept) == 500


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert not give_back_memory()
