"""A run: start everything, wait for SIGTERM or SIGINT, stop everything."""

from __future__ import annotations

import asyncio
import signal

from core.logs.outputs import Outputs
from core.runtime.drain import patience
from core.settings import Settings
from core.version import VERSION
from process.announce import announce
from process.parts import Helix
from process.stopping import cut_off_after


async def serve(settings: Settings, outputs: Outputs, *, begun: float) -> None:
    """Start everything, wait for SIGTERM or SIGINT, stop everything within `SHUTDOWN_S`.

    Args:
        settings: the loaded settings; the sandbox adds its own.
        outputs: the log outputs; flushed if the stop takes too long.
        begun: when the process began, by `time.perf_counter`.

    Raises:
        StartError: something that the operator can fix prevents the start.
    """
    stopping = asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            cut_off_after(settings.shutdown_s, outputs)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    announce(settings, f"Helix {VERSION}")
    helix = Helix(settings, outputs, begun=begun)
    starting = asyncio.create_task(helix.start(), name="start")
    stop_asked = asyncio.create_task(stopping.wait(), name="stop-asked")
    await asyncio.wait({starting, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if starting.done():
            starting.result()
            await stop_asked
        else:
            starting.cancel()
            # A hanging start, such as in an import, must leave time to stop the running services.
            await asyncio.wait({starting}, timeout=patience(settings.shutdown_s))
    finally:
        stop_asked.cancel()
        await helix.stop()
