"""Stores for the tests of this folder."""

from __future__ import annotations

from tests.core.store.earlier_store import earlier, empty

__all__ = ["earlier", "empty"]
