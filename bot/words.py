"""Numbers as people read them; no Discord in it, so that plain functions may use it."""

from __future__ import annotations


def quoted(text: str, limit: int = 80) -> str:
    """What somebody typed, as inline code on one line; backticks in it are replaced, since they end it."""
    line = " ".join(text.replace("`", "ˋ").split())
    return f"`{line if len(line) <= limit else f'{line[: limit - 1]}…'}`" if line else "` `"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 use", "2 uses"."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def percent(share: float) -> str:
    """A share (0 to 1) as a percentage, with as many digits as tell it from its bound."""
    return f"{share * 100:.4g}%"


def duration(seconds: float) -> str:
    """A time as people read it: 0.4 ms, 42 ms, 1.3 s."""
    if seconds >= 1:
        return f"{seconds:.3g} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2g} ms"


def size(size_bytes: float) -> str:
    """An amount of data as people read it: 512 B, 11.8 MiB."""
    for unit in ("B", "KiB", "MiB"):
        if abs(size_bytes) < 1024:
            return f"{size_bytes:.3g} {unit}" if unit != "B" else f"{size_bytes:.0f} B"
        size_bytes /= 1024
    return f"{size_bytes:,.1f} GiB"
