"""A sandbox in a process of its own: prints the settings of a Helix on it as JSON, and runs until SIGTERM."""

import asyncio
import json
import signal

from bench._crowd import settings_on
from sandbox import start_sandbox


async def main() -> None:
    sandbox = await start_sandbox()
    print(json.dumps(settings_on(sandbox, "")), flush=True)
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await stopping.wait()
    await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(main())
