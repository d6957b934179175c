"""Work with files that a cancellation must not leave half done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Waits for `work` to its end even when cancelled, and only then lets the cancellation through.

    A thread cannot be cancelled: whoever does not wait for it lets go of a lock while a file is still being
    written, or leaves a file open that it has just opened.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
