"""The pictures of the dashboard in the README: `python -m tests.e2e.dashboard_pictures` takes them anew.

A day of history is written first, with a clock that is moved; then a real Helix runs on it, with commands,
webhooks, deliveries and a ritual, and a real Chromium looks.
"""

import asyncio
import math
import random
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from PIL import Image
from playwright.async_api import expect

from core.store.schema import CORE_MIGRATIONS
from core.store.sqlite import SqliteStore
from core.version import VERSION
from state.change import Change
from state.manager import StateManager
from state.models import METRICS, UCF, Snapshot
from state.schema import STATE_MIGRATIONS
from tests.browser_support import Tabs, open_browser
from tests.core.webhooks.receiver import receiving
from tests.e2e.chat import chatting
from tests.e2e.dashboard import DESKTOP, PHONE, Colours, Dashboard, dashboard, live
from tests.manual_clock import ManualClock

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "images"
# What a picture may weigh.
MOST_BYTES: Final = 300_000
# The whole page on a desktop; on a phone, what its screen shows.
_PICTURES: Final[dict[str, tuple[tuple[int, int], Colours, float]]] = {
    "dashboard-dark.png": (DESKTOP, "dark", 1.0),
    "dashboard-light.png": (DESKTOP, "light", 1.0),
    "dashboard-phone-dark.png": (PHONE, "dark", 2.0),
    "dashboard-phone-light.png": (PHONE, "light", 2.0),
}
# How busy the machine is that takes them is no part of the story.
_SETTINGS: Final = {"RITUAL_STEP_S": "1", "LOOP_LAG_WARN_MS": "2000"}
_STEP: Final = timedelta(minutes=12)
_STEPS: Final = 120
_MIDDLES: Final = {
    "harmony": 0.86, "resilience": 1.18, "prana": 0.62, "drishti": 0.58, "klesha": 0.19, "zoom": 1.02,
}  # fmt: skip


async def take_pictures(folder: Path) -> tuple[Path, ...]:
    """Takes every picture into `folder`; gives their paths."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        await _write_history(data)
        async with (
            receiving() as receiver,
            open_browser() as browser,
            dashboard(Tabs(browser), data, ZAPIER_WEBHOOK_URL=receiver.url, **_SETTINGS) as board,
        ):
            await _use(board)
            return tuple(await asyncio.gather(*(_take(board, folder / file) for file in _PICTURES)))


async def _write_history(data: Path) -> None:
    """A day in which the field moved, some of it beyond what is good."""
    database = await SqliteStore.open(
        data / "helix.db", (*CORE_MIGRATIONS, *STATE_MIGRATIONS), app_version=VERSION
    )
    clock = ManualClock(datetime.now(UTC) - _STEPS * _STEP - timedelta(minutes=1))
    manager = StateManager(database, clock)
    await manager.load()
    drift = random.Random(108)
    wander = dict.fromkeys(METRICS, 0.0)
    for step in range(_STEPS):
        clock.advance(_STEP.total_seconds())
        values = {}
        for place, (name, metric) in enumerate(METRICS.items()):
            reach = (metric.high - metric.low) / 14
            wander[name] = 0.9 * wander[name] + drift.gauss(0, reach / 4)
            wave = reach * math.sin(step / 17 + place * 1.7)
            values[name] = round(min(metric.high, max(metric.low, _MIDDLES[name] + wave + wander[name])), 3)
        await manager.change(_become(UCF(**values)))
    await database.close()


def _become(ucf: UCF) -> Callable[[Snapshot], Change]:
    return lambda _: Change(ucf=ucf)


async def _use(board: Dashboard) -> None:
    """What people and programs do in an hour, within seconds."""
    async with chatting(await board.chat_page(), "admin") as admin:
        for command, times in {
            "!status": 4,
            "!agents": 3,
            "!ucf": 3,
            "!trend harmony": 2,
            "!8ball well?": 1,
        }.items():
            for _ in range(times):
                await admin.ask(command)
    await board.send(
        "alert.raise", key="payments.lag", severity="warning", summary="Payments are slower than usual"
    )
    await board.send("ucf.update", shift={"harmony": 0.02}, reason="a calm day")
    await board.send("ritual.start", steps=108)
    async with aiohttp.ClientSession(board.url) as session:
        for _ in range(60):
            for path in ("/status", "/agents", "/ucf"):
                async with session.get(path) as response:
                    assert response.status == 200
            await asyncio.sleep(0.1)


async def _take(board: Dashboard, path: Path) -> Path:
    """One picture, in a palette of its own colours, which is a third of the size."""
    size, colours, scale = _PICTURES[path.name]
    async with board.page(size, colours=colours, device_scale_factor=scale, reduced_motion="reduce") as page:
        await live(page)
        # A few pulses draw the lines of the last minutes.
        await expect(page.locator(".spark .line").first).to_have_attribute("d", re.compile("(?:L.*){5}"))
        image = Image.open(BytesIO(await page.screenshot(full_page=size == DESKTOP)))
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main() -> int:
    """Takes them into docs/images, or into the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for path in asyncio.run(take_pictures(folder)):
        sys.stdout.write(f"{path}  {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
