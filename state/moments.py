"""Moments as the database keeps them; see `core/store/moments.py`."""

from core.store.moments import from_us, to_us

__all__ = ["from_us", "to_us"]
