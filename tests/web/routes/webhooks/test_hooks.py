"""REST hooks over HTTP, as Zapier's platform speaks them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.logs.secret import Secret
from core.webhooks import destinations
from state.change import Change
from state.events import OUT_EVENTS
from tests.web.helpers import Answer, MakeSite, Site
from tests.web.routes.webhooks.test_webhooks import TOKEN, post, problem

pytestmark = pytest.mark.unmeasured

HERE = "http://127.0.0.1:9/hook"


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    return await make_site(in_sandbox=True, webhook_token=Secret(TOKEN))


async def subscribe(site: Site, url: str = HERE, event: str = "ucf.changed", **more: Any) -> Answer:
    return await post(site, "/hooks", {"target_url": url, "event": event, **more})


async def test_a_hook_gets_its_id_and_secret_once(site: Site) -> None:
    answer = await subscribe(site, hook_name="what Zapier adds")
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {"id", "secret"}
    assert answer.json()["secret"].startswith("whsec_")
    (hook,) = await site.collective.webhooks.destinations.subscriptions()
    assert (hook.id, hook.event) == (answer.json()["id"], "ucf.changed")


async def test_a_change_is_queued_for_its_subscriber(site: Site) -> None:
    await subscribe(site)
    await subscribe(site, event="alert.raised")
    await site.change(harmony=0.9)
    (delivery,) = await site.collective.webhooks.outbox.page()
    assert (delivery.type, delivery.status) == ("ucf.changed", "waiting")


async def test_a_removed_hook_gets_no_more_events(site: Site) -> None:
    hook = (await subscribe(site)).json()["id"]
    await site.change(harmony=0.9)
    answer = await site.get(f"/hooks/{hook}", method="DELETE", Authorization=f"Bearer {TOKEN}")
    assert (answer.status, answer.body) == (204, b"")
    assert [each.status for each in await site.collective.webhooks.outbox.page()] == ["dead"]
    again = await site.get(f"/hooks/{hook}", method="DELETE", Authorization=f"Bearer {TOKEN}")
    problem(again, 404)


async def test_a_failing_store_refuses_to_read_and_change_hooks(site: Site) -> None:
    hook = (await subscribe(site)).json()["id"]
    await site.collective.database.close()
    token = f"Bearer {TOKEN}"
    asked = (
        (await subscribe(site), "not-kept"),
        (await site.get(f"/hooks/{hook}", method="DELETE", Authorization=token), "not-kept"),
        (await site.get("/hooks/samples/ucf.changed", Authorization=token), "not-read"),
    )
    for answer, kind in asked:
        assert problem(answer, 503)["type"] == f"urn:helix:problem:{kind}"
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://example.com/", "https://10.0.0.1/", "https://169.254.169.254/", "https://u@x.example/"],
)
async def test_a_target_that_is_not_allowed_is_refused(site: Site, url: str) -> None:
    assert problem(await subscribe(site, url), 422)["field"] == "target_url"
    assert await site.collective.webhooks.destinations.subscriptions() == ()


async def test_outside_the_sandbox_this_machine_is_not_sent_to(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN))
    assert problem(await subscribe(site, "https://127.0.0.1/"), 422)["field"] == "target_url"


async def test_an_unknown_event_is_a_404(site: Site) -> None:
    assert problem(await subscribe(site, event="ucf.chagned"), 422)["field"] == "event"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"target_url": 5, "event": "x"}', b"\xff"])
async def test_an_invalid_subscription_is_refused(site: Site, body: bytes) -> None:
    assert (await post(site, "/hooks", body)).status in {400, 422}


@pytest.mark.parametrize("body", [b"{}", b'{"target_url": 5, "event": "x"}'])
async def test_a_member_that_does_not_fit_is_named(site: Site, body: bytes) -> None:
    assert problem(await post(site, "/hooks", body), 422)["field"] == "target_url"


async def test_there_may_be_only_so_many(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "MOST_SUBSCRIPTIONS", 1)
    assert (await subscribe(site)).status == 201
    refused = await subscribe(site)
    problem(refused, 429)
    assert refused.headers["retry-after"] == "3600"


@pytest.mark.parametrize("path", ["/hooks", "/hooks/samples/ucf.changed", "/hooks/x"])
async def test_hooks_cannot_be_managed_without_the_token(site: Site, path: str) -> None:
    method = {"/hooks": "POST", "/hooks/x": "DELETE"}.get(path, "GET")
    problem(await site.get(path, method=method), 401)


@pytest.mark.parametrize("kind", list(OUT_EVENTS))
async def test_samples_have_the_shape_of_the_hook_before_anything_has_happened(site: Site, kind: str) -> None:
    answer = await site.get(f"/hooks/samples/{kind}", Authorization=f"Bearer {TOKEN}")
    (sample,) = json.loads(answer.body)
    assert set(sample) == {"type", "timestamp", "data"}
    assert sample["type"] == kind


async def test_samples_are_the_newest_events_first(site: Site) -> None:
    await site.change(harmony=0.8)
    await site.change(harmony=0.9)
    answer = await site.get("/hooks/samples/ucf.changed", Authorization=f"Bearer {TOKEN}")
    assert [sample["data"]["ucf"]["harmony"] for sample in json.loads(answer.body)] == [0.9, 0.8]


async def test_samples_of_nothing_are_refused(site: Site) -> None:
    answer = await site.get("/hooks/samples/nothing", Authorization=f"Bearer {TOKEN}")
    problem(answer, 404)


async def test_a_change_without_events_sends_nothing(site: Site) -> None:
    await subscribe(site)
    await site.collective.manager.change(lambda _: Change())
    assert await site.collective.webhooks.outbox.page() == ()
