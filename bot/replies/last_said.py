"""What was said last, and where, so that nothing is said twice in a row; kept across reloads and restarts."""

from __future__ import annotations

from collections.abc import Callable

from core.store.kv import KeyValueStore

# Channels that are remembered; the one that has been silent longest is forgotten first.
MAX_PLACES = 500


async def choose(key_values: KeyValueStore, scope: str, place: str, pick: Callable[[str | None], str]) -> str:
    """What `pick` chooses, given the text said last in `place`; it is then the last one there.

    Two who ask at the same moment do not hear the same. `pick` must be pure: it runs in the store's writer
    thread, and again where the store has to try again.
    """
    return await key_values.change(f"{scope}#last-said", place, pick, keep=MAX_PLACES)
