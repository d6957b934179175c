"""The check "webhook round trip": send an event to this process and wait until it is handled."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

import aiohttp
import msgspec

from bot.cogs.diagnostics._model import Bench, Finding
from core.settings import Settings
from core.webhooks.signatures import decode_key, sign

# The event changes nothing. It tests the way from the socket to "done", and deduplication.
_EVENT: Final = "ucf.update"
_BODY: Final = msgspec.json.encode({"shift": {"harmony": 0.0}, "reason": "self-test"})
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5.0)
_LOOK_EVERY_S: Final = 0.02


async def check_round_trip(bench: Bench) -> Finding:
    """Send an event over HTTP twice with the same key and wait until it is done."""
    bot = bench.bot
    settings, webhooks = bot.kernel.settings, bot.collective.webhooks
    if not (settings.webhook_token or settings.webhook_secret or settings.in_sandbox):
        return Finding("skipped", "neither WEBHOOK_TOKEN nor WEBHOOK_SECRET is set")
    key = f"self-test-{secrets.token_hex(8)}"
    moment = int(bot.kernel.clock.now().timestamp())
    headers = _headers(settings, key, moment)
    session = bot.collective.outgoing.session()
    answers = []
    for _ in range(2):
        async with session.post(
            f"{bot.collective.probes.own_url}/webhooks/{_EVENT}",
            data=_BODY,
            headers=headers,
            timeout=_TIMEOUT,
        ) as response:
            if response.status != 202:
                return Finding("fail", f"the event was answered with HTTP {response.status}")
            answers.append(await response.json())
    first, again = answers
    if again["id"] != first["id"] or not again["duplicate"]:
        return Finding("fail", "a second event with the same key was not recognized as a duplicate")
    while True:
        found = await webhooks.inbox.find(first["id"])
        if found is None:
            return Finding("fail", "the event was accepted but is not in the inbox")
        if found.status == "done":
            return Finding("pass", "accepted, handled once, duplicate recognized")
        if found.status == "dead":
            return Finding("fail", f"the event is dead: {found.handlers[0].error}")
        await asyncio.sleep(_LOOK_EVERY_S)


def _headers(settings: Settings, key: str, moment: int) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if not settings.webhook_token and settings.webhook_secret:
        signature = sign(decode_key(settings.webhook_secret[0]), key, moment, _BODY)
        signed = {"webhook-id": key, "webhook-timestamp": str(moment), "webhook-signature": signature}
        return headers | signed
    if settings.webhook_token:
        headers["Authorization"] = f"Bearer {settings.webhook_token.reveal()}"
    return headers | {"Idempotency-Key": key}
