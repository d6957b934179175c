"""Stores the last text said in each place, so that none is repeated in a row; survives restarts."""

from __future__ import annotations

from collections.abc import Callable

from core.store.kv import KeyValueStore

# The number of stored places; the one silent for longest is dropped first.
MAX_PLACES = 500


async def choose(key_values: KeyValueStore, scope: str, place: str, pick: Callable[[str | None], str]) -> str:
    """Choose a text with `pick`, given the last one in `place`, and store the choice.

    Two concurrent callers do not get the same text. `pick` must be pure: it runs in the store's writer
    thread, again if the store retries.
    """
    return await key_values.change(f"{scope}#last-said", place, pick, keep=MAX_PLACES)
