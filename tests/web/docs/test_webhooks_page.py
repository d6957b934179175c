"""`docs/webhooks.md`: its tables are the registry's and the server's; its examples run as they stand."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import standardwebhooks

from bench._process import free_port
from core.breakers.policies import BreakerPolicy
from core.logs.secret import Secret
from core.webhooks import destinations, inbox, outbox, pacing, retries, router, sending
from core.webhooks.deliverer import DISABLED_AFTER, Settled
from state.events import IN_EVENTS, OUT_EVENTS, doc_tables
from tests.node_support import NODE, needs_curl, needs_node, run
from tests.web.docs.page_examples import examples
from tests.web.helpers import MakeSite, Site

TOKEN = "a-token-for-simple-senders"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXECUTED = {
    "send.sh", "ask.sh", "subscribe.sh", "unsubscribe.sh", "send.py", "receive.py", "send.mjs", "receive.mjs",
}  # fmt: skip
SHOWN = {"accepted.json", "alert.raised"}


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    """A server whose clock shows the real time, which what the examples sign is held against."""
    site = await make_site(in_sandbox=True, webhook_token=Secret(TOKEN), webhook_secret=(Secret(SECRET),))
    site.clock._start = datetime.now(UTC)
    return site


def page() -> str:
    return doc_tables.PATH.read_text(encoding="utf-8")


def environment(site: Site, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HELIX_URL": f"http://127.0.0.1:{site.server.port}",
        "WEBHOOK_TOKEN": TOKEN,
        "WEBHOOK_SECRET": SECRET,
        **more,
    }


async def execute(site: Site, name: str, folder: Path, **env: str) -> str:
    """The output of an example, written to a file as it stands in the page."""
    file = folder / name
    file.write_text(examples()[name], encoding="utf-8")
    code, out, err = await run(interpreter(name), file, env=environment(site, **env))
    assert (code, err) == (0, ""), err
    return out


def interpreter(name: str) -> str:
    return {"sh": "/bin/sh", "py": sys.executable, "mjs": str(NODE)}[name.rpartition(".")[2]]


# The tables


def test_the_tables_are_those_of_the_registry() -> None:
    assert page() == doc_tables.insert(page()), "run `make docs`"


def test_a_page_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table of events in"):
        doc_tables.insert("# Webhooks\n")


async def test_the_page_and_the_server_list_the_same(site: Site) -> None:
    served = (await site.get("/webhooks")).json()
    for part, name in (("incoming", "events in"), ("outgoing", "events out")):
        table = page().split(f"<!-- {name}: made by make docs -->\n")[1].split("<!--")[0]
        listed = [
            (cells[0].strip("`"), *_fields(cells[1]), cells[-1])
            for cells in (line.strip("| ").split(" | ") for line in table.splitlines()[2:])
        ]
        expected = [
            (
                each["type"],
                set(each["schema"]["properties"]),
                set(each["schema"]["required"]),
                each["summary"],
            )
            for each in served[part]
        ]
        assert listed == expected


def _fields(cell: str) -> tuple[set[str], set[str]]:
    """All fields of a cell, and those in bold."""
    return set(re.findall(r"`(\w+)`", cell)), set(re.findall(r"\*\*`(\w+)`", cell))


def test_every_event_of_the_page_exists() -> None:
    kinds = {*IN_EVENTS, *OUT_EVENTS}
    families = "|".join(sorted({kind.partition(".")[0] for kind in kinds if "." in kind}))
    named = set(re.findall(rf"[`/\"]((?:{families})\.[a-z]+)[`\"]", page()))
    assert named <= kinds
    assert len(named) > 20


_PAUSES_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)


@pytest.mark.parametrize(
    ("said", "value", "expected"),
    [
        ("Keys are kept for 7 days", inbox.KEYS_KEPT_FOR.days, 7),
        ("Events are kept for 30 days", inbox.KEPT_FOR.days, 30),
        ("| events waiting for handlers | 10,000; then 429 |", inbox.HIGH_WATER, 10_000),
        ("An attempt may take 120 s", router.HANDLER_TIMEOUT_S, 120),
        ("kept for 30 days with its attempts", outbox.KEPT_FOR.days, 30),
        ("under 20 kB", outbox.PAYLOAD_LIMIT, 20_000),
        ("the newest three events", outbox.SAMPLES, 3),
        ("At most 200 hooks", destinations.MOST_SUBSCRIPTIONS, 200),
        ("no response within 15 s", sending.TIMEOUT_S, 15),
        ("fails for 5 days without a success", DISABLED_AFTER.days, 5),
        ("30 requests a second per hook", pacing.HOOK_PER_S, 30),
        ("10,000 in 5 minutes for all", (pacing.ALL_IN_WINDOW, pacing.WINDOW_S), (10_000, 300)),
        ("5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h", retries.SCHEDULE_S, _PAUSES_S),
        ("each with up to 10 % jitter", retries.JITTER, 0.1),
        ("5 or more calls within 60 s", (BreakerPolicy().min_calls, BreakerPolicy().window_s), (5, 60)),
        ("opens for 5 s", BreakerPolicy().open_s, 5),
        ("up to 5 min", BreakerPolicy().longest_open_s, 300),
    ],
)
def test_the_numbers_of_the_page_are_those_of_the_code(said: str, value: object, expected: object) -> None:
    assert said in page()
    assert value == expected


def test_every_code_block_of_the_page_is_tested() -> None:
    assert set(examples()) == EXECUTED | SHOWN


def test_the_event_that_is_shown_is_the_sample() -> None:
    shown = json.loads(examples()["alert.raised"])
    assert shown == {
        "type": "alert.raised",
        "timestamp": "2026-01-01T12:00:00Z",
        "data": dict(OUT_EVENTS["alert.raised"].sample),
    }


# Sending


@needs_curl
async def test_the_curl_examples_send_an_event_and_read_its_status(site: Site, tmp_path: Path) -> None:
    answer = json.loads(await execute(site, "send.sh", tmp_path))
    shown = json.loads(examples()["accepted.json"])
    assert answer == {**shown, "id": answer["id"]}
    again = json.loads(await execute(site, "send.sh", tmp_path))
    assert again == {**answer, "duplicate": True}
    asked = json.loads(await execute(site, "ask.sh", tmp_path, EVENT_ID=answer["id"]))
    assert (asked["id"], asked["event"], asked["status"]) == (answer["id"], "alert.raise", "accepted")
    assert set(asked["handlers"][0]) == {"name", "status", "attempts", "error", "next_at"}


@needs_curl
async def test_curl_subscribes_and_unsubscribes(site: Site, tmp_path: Path) -> None:
    hook = json.loads(await execute(site, "subscribe.sh", tmp_path, TARGET_URL="http://127.0.0.1:9/hook"))
    assert set(hook) == {"id", "secret"}
    assert len(await site.collective.webhooks.destinations.subscriptions()) == 1
    assert await execute(site, "unsubscribe.sh", tmp_path, HOOK_ID=hook["id"]) == "204\n"
    assert await site.collective.webhooks.destinations.subscriptions() == ()


@pytest.mark.parametrize(
    ("name", "event"),
    [("send.py", "ucf.update"), pytest.param("send.mjs", "agent.heartbeat", marks=needs_node)],
)
async def test_events_signed_by_the_examples_are_accepted(
    site: Site, tmp_path: Path, name: str, event: str
) -> None:
    answer = json.loads(await execute(site, name, tmp_path))
    assert (answer["event"], answer["status"], answer["duplicate"]) == (event, "accepted", False)


# Receiving


@asynccontextmanager
async def receiving(name: str, folder: Path, port: int, secret: str) -> AsyncIterator[asyncio.StreamReader]:
    """The output of a receiver from the page, which listens when the block begins."""
    file = folder / name
    file.write_text(examples()[name], encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "PORT": str(port), "HOOK_SECRET": secret}
    process = await asyncio.create_subprocess_exec(
        interpreter(name), file, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):
                assert process.returncode is None
                await asyncio.sleep(0.05)
        assert process.stdout is not None
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


@pytest.mark.parametrize("name", ["receive.py", pytest.param("receive.mjs", marks=needs_node)])
async def test_the_example_receivers_accept_each_delivery_once_and_nothing_else(
    site: Site, tmp_path: Path, name: str
) -> None:
    webhooks = site.collective.webhooks
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    hook = await webhooks.destinations.subscribe("ucf.changed", url)
    async with receiving(name, tmp_path, port, hook.secret) as output:
        settled: asyncio.Queue[Settled] = asyncio.Queue()
        webhooks.on_attempt(settled.put_nowait)
        async with deliveries(site):
            await site.change(harmony=0.9)
            async with asyncio.timeout(40):
                first = await settled.get()
                assert (first.status, first.outcome.status) == ("delivered", 200)
                kind, _, data = (await output.readline()).decode().partition(" ")
                assert (kind, json.loads(data)["ucf"]["harmony"]) == ("ucf.changed", 0.9)
        assert await offered(url, hook.secret, first.event_id) == 200
        assert await offered(url, hook.secret, "msg_other", tamper=True) == 401
        assert await offered(url, SECRET, "msg_other") == 401
        assert await offered(url, hook.secret, "msg_other", late_s=600) == 401
        assert await offered(url, hook.secret, "msg_next") == 200
        async with asyncio.timeout(40):
            # The known id, and what was not proved, left no line between.
            assert (await output.readline()).decode() == 'ucf.changed {"next": "msg_next"}\n'.replace(
                ": ", ":" if name.endswith("mjs") else ": "
            )


@asynccontextmanager
async def deliveries(site: Site) -> AsyncIterator[None]:
    """Lets the outbox be sent until the block ends."""
    sender = asyncio.create_task(site.collective.webhooks.deliverer.run())
    try:
        yield
    finally:
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender


async def offered(url: str, secret: str, message_id: str, *, tamper: bool = False, late_s: int = 0) -> int:
    """The status that a receiver answers to what an independent signer signed."""
    moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() - late_s, UTC)
    body = json.dumps({"type": "ucf.changed", "data": {"next": message_id}})
    headers: dict[str, Any] = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(secret).sign(message_id, moment, body),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=f"{body} " if tamper else body, headers=headers) as answer,
    ):
        return answer.status
