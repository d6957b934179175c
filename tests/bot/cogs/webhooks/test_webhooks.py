"""The commands about webhooks with the real client on the sandbox, and real deliveries on loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest

from core.logs.secret import Secret
from core.webhooks.inbox import Incoming
from sandbox import Sandbox
from state.change import Change
from state.events import DeliveryExhausted
from tests.bot.cogs.talk import Talk, items, text_of
from tests.bot.conftest import StartBot
from tests.bot.support import RunningBot
from tests.core.webhooks.receiver import Receiver, receiving
from tests.hearing import Hearing


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
def talk(sandbox: Sandbox) -> Iterator[Talk]:
    """People who talk to the bot that the test starts."""
    started = Talk(sandbox)
    yield started
    started.close()


@pytest.fixture
async def running(start_bot: StartBot, receiver: Receiver) -> RunningBot:
    return await start_bot(zapier_webhook_url=(Secret(receiver.url),))


async def die(running: RunningBot, receiver: Receiver) -> int:
    """Make one delivery a dead letter; return its number."""
    receiver.statuses = [400]
    webhooks = running.collective.webhooks
    died = asyncio.Event()
    stop = webhooks.on_attempt(lambda settled: died.set() if settled.status == "dead" else None)
    await running.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.25))
    )
    async with asyncio.timeout(40):
        await died.wait()
    stop()
    return (await webhooks.outbox.dead_since(None))[0]


@pytest.mark.usefixtures("running_bot")
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("!webhooks IN", "There are no incoming events yet."),
        ("!webhooks failed", "There are no dead letters."),
        ("!webhooks subscriptions 2", "No destination yet"),
        ("!webhooks nonsense", "The lists are in, out, failed, subscriptions."),
        ("!webhooks 99", "There is no delivery 99"),
        ("!webhooks evt_00000000000000000000000000000000", "There is no event"),
        ("!webhooks msg_00000000000000000000000000000000", "There is no event"),
        ("!replay failed", "nothing to replay"),
        ("!replay 5", "no delivery with that id"),
        ("!replay 5 24h", "A duration works only with `failed`"),
        ("!replay evt_00000000000000000000000000000000", "no event with that id"),
        ("!breakers reset", "Name the breaker after"),
        ("!breakers trip zapier", "There is no breaker called"),
    ],
)
async def test_a_missing_entry_is_reported(talk: Talk, line: str, says: str) -> None:
    assert says in text_of(await talk.ask("admin", line))


async def test_incoming_events_are_listed_and_shown_in_full(talk: Talk, running_bot: RunningBot) -> None:
    inbox = running_bot.collective.webhooks.inbox
    accepted = await inbox.accept(
        Incoming(type="ucf.update", data=b'{"shift":{"harmony":9}}', key=None, handlers=("state.ucf",))
    )
    async with asyncio.timeout(40):
        while (found := await inbox.find(accepted.id)) is None or found.status != "dead":
            await asyncio.sleep(0.005)
    reply = text_of(await talk.ask("mod", "!webhooks in"))
    assert "🔴 **ucf.update** dead" in reply
    whole = text_of(await talk.ask("mod", f"!webhooks {accepted.id}"))
    assert "`state.ucf` dead, 1 attempt" in whole
    assert "harmony must be a number between 0 and 2" in whole
    assert "1 handler will try again." in text_of(await talk.ask("admin", f"!replay {accepted.id}"))


async def test_emit_sends_an_event_and_shows_the_result(
    talk: Talk, running: RunningBot, receiver: Receiver
) -> None:
    heard = Hearing(running.kernel.broadcaster, "alerts")
    text = text_of(await talk.ask("admin", '!emit alert.raised {"key": "disk", "summary": "a ``` \u202eb"}'))
    assert re.search(r"🟢 \*\*\d+\*\* alert\.raised → `zapier` delivered", text)
    assert "Sent to 1 live listener, marked as a test." in text
    assert "a ˋˋˋ b" in text
    assert any(b'"key":"disk"' in got.body for got in receiver.got)
    assert (await anext(heard)).test
    entries = await running.collective.journal.entries(kinds=("event",))
    assert [(entry.subject, entry.cause) for entry in entries] == [("alert.raised", "command")]
    assert running.collective.alerts.open() == ()


async def test_half_of_a_character_in_the_data_is_named_with_its_place(
    talk: Talk, running: RunningBot
) -> None:
    data = r'{"assessment": "\ud800"}'
    says = "ud800 is half of a character (line 1, column 17)"
    assert says in text_of(await talk.ask("admin", f"!emit report.ready {data}"))
    assert says in text_of(await talk.slash("admin", "emit", event="report.ready", json=data))
    assert await running.collective.webhooks.outbox.samples("command.failed") == ()


async def test_without_a_destination_emit_says_so(talk: Talk, running_bot: RunningBot) -> None:
    assert "No destination receives this event" in text_of(await talk.ask("admin", "!emit report.ready"))
    assert await running_bot.collective.webhooks.outbox.page() == ()


async def test_a_dead_letter_is_listed_shown_in_full_and_replayed(
    talk: Talk, running: RunningBot, receiver: Receiver
) -> None:
    number = await die(running, receiver)
    listed = text_of(await talk.ask("mod", "!webhooks failed"))
    assert f"🔴 **{number}** ucf.changed → `zapier` dead" in listed
    whole = await talk.ask("admin", f"!webhooks {number}")
    assert "`1` HTTP 400 in" in text_of(whole)
    assert '"harmony": 0.25' in text_of(whole)
    receiver.statuses = [200]
    reply = await talk.ask("admin", "!replay failed 24h")
    await talk.edited(reply, lambda one: "delivered" in text_of(one) and "Sent" in text_of(one))
    assert "this one is delivered." in text_of(await talk.ask("admin", f"!replay {number}"))


async def test_the_button_of_a_dead_letter_sends_it_again(
    talk: Talk, running: RunningBot, receiver: Receiver
) -> None:
    number = await die(running, receiver)
    whole = await talk.ask("admin", f"!webhooks {number}")
    receiver.statuses = [200]
    await talk.press("admin", whole, "Replay")
    await talk.edited(whole, lambda one: "Sent 1 delivery again" in text_of(one))


async def test_the_admins_are_told_of_dead_letters_with_a_button(
    start_bot: StartBot, receiver: Receiver, talk: Talk
) -> None:
    running = await start_bot(
        zapier_webhook_url=(Secret(receiver.url),), alerts_channel_id=talk.sandbox.channel("alerts")
    )
    await die(running, receiver)
    notice = await talk.until(lambda one: "died" in text_of(one))
    assert "HTTP 400" in text_of(notice)
    assert [item["label"] for item in items(notice)] == ["Replay"]
    receiver.statuses = [200]
    await talk.press("admin", notice, "Replay")
    await talk.edited(notice, lambda one: "again" in text_of(one))


async def test_breakers_are_listed_tripped_and_reset(talk: Talk, running: RunningBot) -> None:
    await talk.ask("admin", "!emit report.ready")
    assert "`zapier` **closed**" in text_of(await talk.ask("mod", "!breakers"))
    assert "closed → **open**" in text_of(await talk.ask("admin", "!breakers trip ZAPIER"))
    assert running.collective.webhooks.breakers.find("zapier").state == "open"
    assert "open → **closed**" in text_of(await talk.ask("admin", "!breakers reset zapier"))
    entries = await running.collective.journal.entries(kinds=("breaker",))
    assert [(entry.subject, entry.before, entry.after) for entry in entries] == [
        ("zapier", "open", "closed"), ("zapier", "closed", "open"),
    ]  # fmt: skip


async def test_many_breakers_come_in_pages(talk: Talk, running: RunningBot) -> None:
    breakers = running.collective.webhooks.breakers
    for number in range(25):
        breakers.get(f"hook_{number:02}", "hook")
    shown = await talk.ask("mod", "!breakers")
    assert re.search(r"hook_00(?s:.)*Page 1 of \d · All \d+ closed", text_of(shown))
    await talk.press("mod", shown, "▶️")
    await talk.edited(shown, lambda one: "hook_12" in text_of(one) and "Page 2 of" in text_of(one))


async def test_destinations_are_shown_without_urls(
    talk: Talk, running: RunningBot, receiver: Receiver
) -> None:
    webhooks = running.collective.webhooks
    hook = await webhooks.destinations.subscribe("alert.raised", "https://hooks.example/secret-path")
    text = text_of(await talk.ask("mod", "!webhooks subscriptions"))
    assert "**zapier** every event" in text
    assert f"`{hook.id}` alert.raised → hooks.example" in text
    assert "secret-path" not in text
    assert receiver.url not in text


async def test_arguments_are_completed(talk: Talk, running: RunningBot, receiver: Receiver) -> None:
    number = await die(running, receiver)
    assert await talk.complete("mod", "webhooks", "view", "") == ["in", "out", "failed", "subscriptions"]
    assert await talk.complete("admin", "replay", "target", "f") == ["failed"]
    assert str(number) in await talk.complete("admin", "replay", "target", "")
    assert await talk.complete("admin", "emit", "event", "ritual") == ["ritual.completed"]
    assert await talk.complete("mod", "emit", "event", "") == []
    assert "zapier" in await talk.complete("mod", "breakers", "name", "")


def test_a_dead_letters_event_names_no_address() -> None:
    assert not {"url", "target_url"} & set(DeliveryExhausted.__struct_fields__)
