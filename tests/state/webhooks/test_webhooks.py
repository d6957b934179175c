"""What happens here reaches the outbox exactly once, with its change, and a receiver in the end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.logs.secret import Secret
from core.metrics.exposition import render as render_metrics
from core.store.errors import StoreError
from core.webhooks.inbox import InboxFull
from state.change import SYSTEM, Change
from state.directives.policy import Rank
from state.events import CommandFailed, WrongData, find_incoming, parse_data
from tests.core.webhooks.receiver import Receiver, receiving
from tests.hearing import Hearing
from tests.state.webhook_world import WebhookWorld, opened

SECRET_PATH = "/hooks/catch/123/s3cr3t"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as started:
        yield started


@pytest.fixture
async def world(tmp_path: Path, receiver: Receiver) -> AsyncIterator[WebhookWorld]:
    async with opened(tmp_path, zapier_webhook_url=(Secret(receiver.url),)) as started:
        yield started


async def tune(world: WebhookWorld, **values: float) -> None:
    await world.collective.manager.change(
        lambda old: Change(ucf=msgspec.structs.replace(old.ucf, **values), source="tune")
    )


async def until(world: WebhookWorld, kind: str) -> None:
    async with asyncio.timeout(40):
        while not (await world.sent())[kind]:
            await asyncio.sleep(0.01)


def types(receiver: Receiver) -> list[str]:
    return sorted(json.loads(got.body)["type"] for got in receiver.got)


async def change_ucf(world: WebhookWorld) -> None:
    await tune(world, harmony=0.9)


async def raise_alert(world: WebhookWorld) -> None:
    await world.take("alert.raise", key="shop.down", summary="down")


async def clear_alert(world: WebhookWorld) -> None:
    await raise_alert(world)
    await world.take("alert.clear", key="shop.down")


async def perform_ritual(world: WebhookWorld) -> None:
    await (await world.collective.rituals.start(2, actor=SYSTEM)).wait()


async def finish_directive(world: WebhookWorld) -> None:
    await world.collective.directives.submit("ritual 1", actor=SYSTEM, rank=Rank.admin)
    await until(world, "directive.finished")


async def make_backup(world: WebhookWorld) -> None:
    await world.collective.backups.create(SYSTEM)


async def build_report(world: WebhookWorld) -> None:
    await world.collective.reports.build(SYSTEM)


async def change_agent(world: WebhookWorld) -> None:
    await world.take("agent.heartbeat", agent="Gemini", status="down")
    await until(world, "agent.changed")


async def fail_command(world: WebhookWorld) -> None:
    now = world.kernel.clock.now()
    await world.webhooks.emit(CommandFailed(command="x", incident="1", error="KeyError", failed_at=now))


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("ucf.changed", change_ucf),
        ("alert.raised", raise_alert),
        ("alert.cleared", clear_alert),
        ("ritual.completed", perform_ritual),
        ("directive.finished", finish_directive),
        ("backup.completed", make_backup),
        ("report.ready", build_report),
        ("agent.changed", change_agent),
        ("command.failed", fail_command),
    ],
)
async def test_each_change_is_sent_once(
    world: WebhookWorld, receiver: Receiver, kind: str, cause: Any
) -> None:
    await cause(world)
    sent = await world.sent()
    assert sent[kind] == 1
    await receiver.until(sum(sent.values()))
    assert types(receiver).count(kind) == 1
    assert all(got.headers["webhook-id"].startswith("msg_") for got in receiver.got)


async def test_a_failed_change_sends_nothing(world: WebhookWorld) -> None:
    def change(old: Any) -> Change:
        return Change(ucf=msgspec.structs.replace(old.ucf, harmony=0.9))

    def fail(*_: object) -> None:
        raise StoreError("no room")

    with pytest.raises(StoreError):
        await world.collective.manager.change_with(change, also=fail)
    assert await world.sent() == {}


async def test_a_dead_letter_is_reported_once_and_never_about_itself(
    world: WebhookWorld, receiver: Receiver
) -> None:
    receiver.statuses = [400]
    await tune(world, harmony=0.9)
    await receiver.until(2)
    await until(world, "delivery.exhausted")
    assert await world.sent() == {"ucf.changed": 1, "delivery.exhausted": 1}


async def test_a_start_and_a_stop_are_sent(world: WebhookWorld, receiver: Receiver) -> None:
    await world.webhooks.emit_started()
    await receiver.until(1)
    await world.webhooks.emit_stopping(5.0)
    assert types(receiver) == ["system.started", "system.stopping"]


async def test_a_stop_does_not_wait_for_a_slow_destination_and_sends_after_the_next_start(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.hang = True
    url = (Secret(receiver.url),)
    async with opened(tmp_path, zapier_webhook_url=url) as world:
        await world.webhooks.emit_stopping(0.05)
    receiver.hang = False
    receiver.released.set()
    seen = len(receiver.got)
    async with opened(tmp_path, zapier_webhook_url=url):
        await receiver.until(seen + 1)
    assert set(types(receiver)) == {"system.stopping"}


async def test_deliveries_in_progress_are_finished_after_the_stopping_event_timed_out(
    world: WebhookWorld, receiver: Receiver
) -> None:
    receiver.hang = True
    await tune(world, harmony=0.9)
    await receiver.until(1)
    stopping = asyncio.gather(world.webhooks.emit_stopping(0.0), world.kernel.drain.finish(60.0))
    async with asyncio.timeout(40):
        while not world.webhooks.deliverer._finishing:
            await asyncio.sleep(0.005)
    assert not stopping.done()
    receiver.released.set()
    await stopping
    (changed,) = await world.webhooks.outbox.page(status="delivered")
    assert changed.type == "ucf.changed"


async def test_without_destinations_a_stop_does_not_wait(tmp_path: Path) -> None:
    async with opened(tmp_path, supervised=False) as world:
        async with asyncio.timeout(40):
            await world.webhooks.emit_stopping(60.0)
        assert await world.sent() == {"system.stopping": 1}


async def test_a_store_error_prevents_neither_start_nor_stop(
    world: WebhookWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(world.collective.manager, "change_with", refuse)
    await world.webhooks.emit_started()
    await world.webhooks.emit_stopping(1.0)


async def test_a_channel_that_is_not_listed_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path, post_channel_ids=(123456789012345678,)) as world:
        spec = find_incoming("message.post")
        good = parse_data(spec, {"channel": "123456789012345678", "content": "x"})
        world.webhooks.check(good)
        with pytest.raises(WrongData, match="POST_CHANNEL_IDS"):
            world.webhooks.check(msgspec.structs.replace(good, channel="923456789012345678"))


async def test_a_full_inbox_refuses_and_the_check_warns_before(world: WebhookWorld) -> None:
    inbox = world.webhooks.inbox
    inbox.waiting = inbox.high_water
    with pytest.raises(InboxFull):
        await world.webhooks.accept(find_incoming("ritual.start"), b"{}", None)
    world.kernel.health.refresh()
    check = world.kernel.health.get("webhooks")
    assert check is not None
    assert check.status == "warn"
    inbox.waiting = 0


async def test_a_receipt_is_stored_with_its_delivery(world: WebhookWorld, receiver: Receiver) -> None:
    await tune(world, harmony=0.9)
    await receiver.until(1)
    event = receiver.got[0].headers["webhook-id"]
    assert (await world.take("receipt", delivery=event, outcome="posted")).status == "done"
    (delivery,) = await world.webhooks.outbox.page(event_id=event)
    assert delivery.receipt == "posted"


async def test_a_disabled_destination_has_a_breaker_after_a_restart(
    tmp_path: Path, receiver: Receiver
) -> None:
    async with opened(tmp_path, supervised=False) as world:
        hook = await world.webhooks.destinations.subscribe("ucf.changed", receiver.url)
        await world.collective.database.write(
            lambda connection: (
                connection.execute(
                    "INSERT INTO destination_state (destination, disabled_us, disabled_why) "
                    "VALUES (?, 1, 'x')",
                    (hook.id,),
                ).rowcount
            )
        )
    async with opened(tmp_path, supervised=False) as again:
        assert again.webhooks.breakers.find(hook.id).state == "closed"
        again.kernel.health.refresh()
        check = again.kernel.health.get("webhooks")
        assert check is not None
        assert (check.status, hook.id in check.reason) == ("warn", True)
        await again.webhooks.destinations.unsubscribe(hook.id)
        assert hook.id not in {view.name for view in again.webhooks.breakers.views()}
        await again.webhooks._count()
        again.kernel.health.refresh()
        check = again.kernel.health.get("webhooks")
        assert check is not None
        assert check.status == "pass"


async def test_no_address_is_in_metrics_logs_events_or_the_stream(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    base = receiver.url.removesuffix("/hook")
    receiver.statuses = [500, 404, 410, 301, 200]
    async with opened(tmp_path, zapier_webhook_url=(Secret(base + SECRET_PATH),)) as world:
        heard: list[object] = []
        stream = Hearing(world.kernel.broadcaster, "deliveries")
        delivered = asyncio.Event()
        world.webhooks.on_attempt(
            lambda settled: delivered.set() if settled.outcome.verdict == "delivered" else None
        )
        await world.webhooks.destinations.subscribe("ucf.changed", base + SECRET_PATH + "/hook")
        for number in range(4):
            await tune(world, harmony=0.6 + number / 10)
        await world.take("ucf.update", set={"harmony": 0.55})
        await receiver.until(7)
        async with asyncio.timeout(40):
            await delivered.wait()
        heard.append((await anext(stream)).data)
        body, _ = await render_metrics(world.kernel.metrics, "text")
        text = body.decode()
        payloads = b"".join(got.body for got in receiver.got).decode()
        deliveries = repr(await world.webhooks.outbox.page(limit=100))
        destinations = repr(world.webhooks.destinations.configured)
    logs = "\n".join(
        f"{record.getMessage()} {record.exc_text}"
        for record in caplog.records
        if record.name != "aiohttp.access"  # the receiver's own
    )
    for shown in (text, logs, payloads, deliveries, destinations, repr(heard)):
        assert "s3cr3t" not in shown
        assert base not in shown
    for name in (
        "helix_webhook_events_total", "helix_delivery_attempts_total", "helix_delivery_lag_seconds",
        "helix_queue_depth", "helix_breaker_state",
    ):  # fmt: skip
        assert f"# TYPE {name} " in text
    assert '"hook_' not in text
    assert 'destination="rest-hooks"' in text
    assert 'destination="zapier"' in text
    assert 'helix_queue_depth{queue="inbox"}' in text


async def test_a_hook_that_answers_410_takes_its_breaker_with_it(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [410]
    async with opened(tmp_path) as world:
        hook = await world.webhooks.destinations.subscribe("ucf.changed", receiver.url)
        ended = asyncio.Event()
        stop = world.webhooks.on_attempt(lambda _: ended.set())
        await tune(world, harmony=0.9)
        async with asyncio.timeout(40):
            await ended.wait()
            while hook.id in {view.name for view in world.webhooks.breakers.views()}:
                await asyncio.sleep(0.005)
        stop()
        stop()
        assert await world.webhooks.destinations.subscriptions() == ()


async def test_an_event_of_no_destination_is_kept_for_samples(tmp_path: Path) -> None:
    async with opened(tmp_path, supervised=False) as world:
        await world.collective.reports.build(SYSTEM)
        (sample,) = await world.webhooks.outbox.samples("report.ready")
        assert msgspec.json.decode(sample)["type"] == "report.ready"
        await world.webhooks.prune()
