"""Readable numbers and quotes. Imports no Discord, so that plain functions can use it."""

from __future__ import annotations

import math

from core.text.visible_text import isolate, without_directions

# Below it `g` would write an exponent.
_LEAST = 1e-4
_DAY_S = 86_400
_LEAST_COVERED_S = 60


def quoted(text: str, limit: int = 80) -> str:
    """Typed text as inline code on one line; backticks in it are replaced, since they would end the code.

    Right-to-left text in it does not move the text after it.
    """
    line = without_directions(" ".join(text.replace("`", "ˋ").split()))
    return isolate(f"`{line if len(line) <= limit else f'{line[: limit - 1]}…'}`") if line else "` `"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 use", "2 uses"."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def percent(share: float) -> str:
    """A share (0 to 1) as a percentage with four significant digits, such as 99.95%."""
    hundredths = share * 100
    return f"under {_LEAST}%" if 0 < hundredths < _LEAST else f"{hundredths:.4g}%"


def duration(seconds: float) -> str:
    """A time as people read it: 0.4 ms, 42 ms, 1.3 s, 20 min 34 s, 2 h 5 min."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    if whole >= 120:
        return f"{whole // 60} min {whole % 60} s"
    # 999.5 ms and more would round to 1000 ms.
    if seconds >= 0.9995:
        return f"{seconds:.3g} s"
    milliseconds = seconds * 1000
    if milliseconds < _LEAST:
        return "0 ms"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.2g} ms"


def covered(seconds: float) -> str:
    """The measured part of a day: "over 24 h", "over 20 min 34 s"; empty below a minute."""
    if seconds < _LEAST_COVERED_S:
        return ""
    return "over 24 h" if seconds >= _DAY_S - _LEAST_COVERED_S else f"over {duration(seconds)}"


def size(size_bytes: float) -> str:
    """An amount of data as people read it: 512 B, 11.8 MiB."""
    for unit in ("B", "KiB", "MiB"):
        if abs(size_bytes) < 1023.5:
            # Three significant digits of 1000 and more would print an exponent.
            exact = unit == "B" or abs(size_bytes) >= 999.5
            return f"{size_bytes:.0f} {unit}" if exact else f"{size_bytes:.3g} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:,.1f} GiB"


def number(value: float) -> str:
    """A number of any size: 7, 12,345, 0.25."""
    if not math.isfinite(value):
        return str(value)
    if 0 < abs(value) < _LEAST:
        return f"under {_LEAST}"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:.4g}"


def metric(value: float) -> str:
    """A value of the field with two decimals, or four if it has more than two."""
    text = f"{value:.4f}"
    return text.removesuffix("00")


def measured(value: float, unit: str | None) -> str:
    """A check's observed value with its unit: 104 ms, 8.8% hit rate, 1 directive."""
    if unit == "s":
        return duration(value)
    if unit == "bytes":
        return size(value)
    if unit is not None and unit.endswith(" rate"):
        return f"{percent(value)} {unit}"
    if value == 1 and unit is not None and unit.endswith("s"):
        return f"1 {unit[:-1]}"
    return f"{number(value)} {unit or ''}".rstrip()
