"""Moments as the database keeps them; see `core/moments.py`."""

from core.moments import from_us, to_us

__all__ = ["from_us", "to_us"]
