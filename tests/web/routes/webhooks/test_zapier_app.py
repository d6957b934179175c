"""The integration as Zapier's platform runs it, with Zapier's own core, against a real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from core.logs.secret import Secret
from state.events import IN_EVENTS, OUT_EVENTS
from tests.core.webhooks.receiver import receiving
from tests.node_support import NODE, ROOT, needs_zapier, run
from tests.web.helpers import MakeSite, Site

pytestmark = needs_zapier

TOKEN = "a-token-for-simple-senders"
SCRIPT = ROOT / "tests" / "web" / "zapier_calls.js"
CHANNEL = 123456789012345678


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    return await make_site(in_sandbox=True, webhook_token=Secret(TOKEN), post_channel_ids=(CHANNEL,))


async def call(site: Site, *calls: tuple[str, dict[str, Any]], token: str = TOKEN) -> list[dict[str, Any]]:
    """The results of calls of functions of the app, by their path in it, each with its bundle."""
    auth = {"base_url": f"http://127.0.0.1:{site.server.port}/", "token": token}
    jobs = [{"path": path, "bundle": {"authData": auth, **bundle}} for path, bundle in calls]
    code, out, err = await run(str(NODE), SCRIPT, stdin=json.dumps(jobs).encode())
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out.splitlines()[-1])
    return found


def filled(create: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return f"creates.{create}.operation.perform", {"inputData": {"idempotency_key": "msg_1", **fields}}


async def test_the_connection_test_uses_the_token(site: Site) -> None:
    assert await call(site, ("authentication.test", {})) == [{"value": {}}]
    (wrong,) = await call(site, ("authentication.test", {}), token="another")
    assert "AuthenticationError" in wrong["message"]
    assert "The token is wrong." in wrong["message"]


async def test_every_trigger_subscribes_and_unsubscribes_itself(site: Site) -> None:
    target = {"targetUrl": "http://127.0.0.1:9/hook"}
    keys = [name.replace(".", "_") for name in OUT_EVENTS]
    made = await call(site, *((f"triggers.{key}.operation.performSubscribe", target) for key in keys))
    hooks = [each["value"] for each in made]
    assert [set(hook) for hook in hooks] == [{"id", "secret"}] * len(OUT_EVENTS)
    subscribed = await site.collective.webhooks.destinations.subscriptions()
    assert {hook.event for hook in subscribed} == set(OUT_EVENTS)
    ends = [
        (f"triggers.{key}.operation.performUnsubscribe", {"subscribeData": hook})
        for key, hook in zip(keys, hooks, strict=True)
    ]
    # Twice: what is gone already is no error.
    assert await call(site, *ends, ends[0]) == [{"value": {}}] * (len(ends) + 1)
    assert await site.collective.webhooks.destinations.subscriptions() == ()


async def test_samples_have_an_id_and_the_shape_of_the_hook(site: Site) -> None:
    await site.change(harmony=0.9)
    keys = [name.replace(".", "_") for name in OUT_EVENTS]
    lists = await call(site, *((f"triggers.{key}.operation.performList", {}) for key in keys))
    for name, each in zip(OUT_EVENTS, lists, strict=True):
        (sample,) = each["value"]
        assert sample["id"].startswith("sample_")
        assert (sample["type"], set(sample)) == (name, {"id", "type", "timestamp", "data"})
    (changed,) = lists[list(OUT_EVENTS).index("ucf.changed")]["value"]
    assert changed["data"]["ucf"]["harmony"] == 0.9


async def test_the_trigger_returns_the_id_of_the_delivery(site: Site) -> None:
    event = {"type": "ucf.changed", "timestamp": "2026-01-01T12:00:00Z", "data": {"version": 1}}
    bundle = {"cleanedRequest": event, "rawRequest": {"headers": {"Http-Webhook-Id": "msg_7"}}}
    (given,) = await call(site, ("triggers.ucf_changed.operation.perform", bundle))
    assert given["value"] == [{"id": "msg_7", **event}]


async def test_an_action_can_use_the_id_that_its_trigger_gave(site: Site) -> None:
    webhooks = site.collective.webhooks
    async with receiving() as receiver:
        subscribe = ("triggers.ucf_changed.operation.performSubscribe", {"targetUrl": receiver.url})
        (made,) = await call(site, subscribe)
        assert made["value"]["secret"].startswith("whsec_")
        site.kernel.supervisor.start()
        try:
            await site.change(harmony=0.9)
            await receiver.until(1)
            (got,) = receiver.got
            # As Zapier hands a hook's request to the app.
            headers = {f"Http-{name.title()}": value for name, value in got.headers.items()}
            bundle = {"rawRequest": {"headers": headers}, "cleanedRequest": json.loads(got.body)}
            (given,) = await call(site, ("triggers.ucf_changed.operation.perform", bundle))
            (event,) = given["value"]
            assert event["data"]["ucf"]["harmony"] == 0.9
            receipt = filled("receipt", idempotency_key=event["id"], delivery=event["id"], outcome="noted")
            (sent,) = await call(site, receipt)
            await until_handled(site, sent["value"]["id"])
        finally:
            await site.kernel.supervisor.stop(5)
    (delivery,) = await webhooks.outbox.page(event_id=event["id"])
    assert (delivery.status, delivery.receipt) == ("delivered", "noted")


async def until_handled(site: Site, event_id: str) -> None:
    async with asyncio.timeout(40):
        while True:
            event = await site.collective.webhooks.inbox.find(event_id)
            assert event is not None
            if event.status in {"done", "dead"}:
                assert event.status == "done", event.handlers
                return
            await asyncio.sleep(0.02)


async def test_every_action_is_accepted_with_its_sample(site: Site) -> None:
    calls, expected = [], {}
    for name, spec in IN_EVENTS.items():
        if name != "github":
            calls.append(filled(name.replace(".", "_"), **spec.sample))
            expected[name] = dict(spec.sample)
    for each in await call(site, *calls):
        assert each["value"]["status"] == "accepted", each
        assert not each["value"]["duplicate"]
    events = await site.collective.webhooks.inbox.page()
    assert {event.type: json.loads(event.data) for event in events} == expected


async def test_a_replayed_step_is_accepted_once_and_other_steps_count_separately(site: Site) -> None:
    step = filled("alert_clear", key="shop.down")
    first, again, other, changed = await call(
        site, step, step, filled("context_archive", name="nightly"), filled("alert_clear", key="another")
    )
    assert again["value"] == {**first["value"], "duplicate": True}
    assert not other["value"]["duplicate"]
    assert "This idempotency key was used for another event" in changed["message"]


async def test_form_input_is_converted_to_the_schema(site: Site) -> None:
    results = await call(
        site,
        filled("ucf_update", set={"harmony": "0.5", "zoom": ""}, shift={}, reason=""),
        filled(
            "message_post", channel=str(CHANNEL), content="", embed__title="Überschrift", embed__color="255",
            embed__fields=[{"name": "a", "value": "b", "inline": "true"}, {"name": "", "value": ""}],
        ),
        filled("agent_heartbeat", agent="Gemini", status="active", load="lots"),
    )  # fmt: skip
    post, update = await site.collective.webhooks.inbox.page()
    assert json.loads(update.data) == {"set": {"harmony": 0.5}}
    assert json.loads(post.data) == {
        "channel": str(CHANNEL),
        "embed": {
            "title": "Überschrift",
            "color": 255,
            "fields": [{"name": "a", "value": "b", "inline": True}],
        },
    }
    assert "load: Expected" in results[2]["message"]


async def test_a_key_may_be_any_text(site: Site) -> None:
    (taken,) = await call(site, filled("alert_clear", key="x", idempotency_key="Größe 💜\n" * 100))
    assert taken["value"]["status"] == "accepted"


async def test_a_rate_limited_client_learns_the_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.collective.webhooks.inbox, "high_water", 0)
    (answer,) = await call(site, filled("alert_clear", key="x"))
    assert answer["error"] == "ThrottledError"
    assert '"delay":30' in answer["message"]
