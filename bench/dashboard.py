"""The dashboard: from a change of state to the changed number in the page, in a real Chromium.

Each change is an event sent by webhook, timed from before it is sent. For the same changes it measures a page
that polls /status every 5 s, and a plain client of /events. Target: p95 under 300 ms.
"""

import asyncio
import json
import random
import shutil
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp

from bench._process import helix, wait_for_http

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

CHANGES = 60
WARM_UP = 5
TARGET_MS = 300.0
POLL_MS = 5000
_FIRST = 0.4
_STEP = 0.001
_SEED = 108

# Both pages record when the number appeared, by the machine's clock.
_NOTE = """
() => {
  window.seen = [];
  const node = document.querySelector('[data-metric="harmony"] .value');
  new MutationObserver(() => window.seen.push([Number(node.textContent), Date.now()]))
    .observe(node, { childList: true, characterData: true, subtree: true });
}
"""
_POLL = """
(every) => {
  window.seen = [];
  const node = document.createElement("p");
  document.body.replaceChildren(node);
  setInterval(async () => {
    const status = await (await fetch("/status", { cache: "no-cache" })).json();
    const text = status.ucf.harmony.toFixed(3);
    if (node.textContent === text) return;
    node.textContent = text;
    window.seen.push([Number(text), Date.now()]);
  }, every);
}
"""

Seen = list[tuple[float, float]]


def main() -> None:
    chromium = next(
        filter(
            None,
            map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")),
        ),
        None,
    )
    try:
        import playwright.async_api as _  # noqa: F401 - comes with the tools of the tests
    except ImportError:
        print("skipped: needs playwright (requirements-dev.txt)")
        return
    if chromium is None:
        print("skipped: needs Chromium")
        return
    with helix() as (_process, port):
        wait_for_http(port, "/health/ready")
        asyncio.run(_measure(chromium, f"http://127.0.0.1:{port}"))


async def _measure(chromium: str, url: str) -> None:
    async with _browser(chromium) as browser, aiohttp.ClientSession(url) as session:
        live = await (await browser.new_context()).new_page()
        await live.goto(url)
        await live.wait_for_selector('#link[data-link="live"]')
        await live.evaluate(_NOTE)
        polling = await (await browser.new_context(bypass_csp=True)).new_page()
        await polling.goto(url)
        await polling.evaluate(_POLL, POLL_MS)
        raw: Seen = []
        listening = asyncio.create_task(_listen(session, raw))
        sent = await _change(session)
        # The polling page shows the last change after its next poll.
        await asyncio.sleep(POLL_MS / 1000 + 1)
        listening.cancel()
        results = {
            "dashboard": _delays(sent, await _seen(live)),
            "client of /events": _delays(sent, raw),
            f"/status every {POLL_MS / 1000:g} s": _delays(sent, await _seen(polling)),
        }
    _report(results)


@asynccontextmanager
async def _browser(path: str) -> AsyncIterator["Browser"]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()


async def _change(session: aiohttp.ClientSession) -> Seen:
    """Raise harmony step by step; returns each value with the time before it was sent."""
    pause = random.Random(_SEED)
    sent: Seen = []
    for number in range(CHANGES + WARM_UP):
        value = round(_FIRST + number * _STEP, 3)
        began = time.time() * 1000
        async with session.post("/webhooks/ucf.update", json={"set": {"harmony": value}}) as response:
            response.raise_for_status()
        if number >= WARM_UP:
            sent.append((value, began))
        await asyncio.sleep(pause.uniform(0.2, 0.8))
    return sent


async def _listen(session: aiohttp.ClientSession, seen: Seen) -> None:
    async with session.get("/events?topics=state", timeout=aiohttp.ClientTimeout(total=None)) as response:
        name = ""
        async for line in response.content:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: ") and name == "state":
                seen.append((json.loads(line[6:])["ucf"]["harmony"], time.time() * 1000))


async def _seen(page: "Page") -> Seen:
    return [(value, at) for value, at in await page.evaluate("window.seen")]


def _delays(sent: Seen, seen: Seen) -> list[float]:
    """For each change, the delay in ms until its value or a newer one appeared."""
    return [next(at for shown, at in seen if shown >= value - _STEP / 2) - began for value, began in sent]


def _report(results: dict[str, list[float]]) -> None:
    dashboard = statistics.median(results["dashboard"])
    for name, delays in results.items():
        p95 = statistics.quantiles(delays, n=20)[-1]
        middle = statistics.median(delays)
        print(
            f"{name:<22}p50 {middle:7.1f} ms   p95 {p95:7.1f} ms   {middle / dashboard:.2f} × the dashboard"
        )
    p95 = statistics.quantiles(results["dashboard"], n=20)[-1]
    print(f"dashboard, p95 {p95:.0f} ms (target: under {TARGET_MS:.0f} ms)")


if __name__ == "__main__":
    main()
