"""Events in over HTTP: who may, what is taken, what is refused and how, and what became of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import standardwebhooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.logs.secret import Secret
from core.webhooks.signatures import sign
from state.events import IN_EVENTS, OUT_EVENTS
from tests.web.helpers import Answer, MakeSite, Site, counter

TOKEN = "a-token-for-simple-senders"
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
GITHUB = "a secret shared with GitHub"
TAKEN = [name for name in IN_EVENTS if name != "github"]
SHIFT = {"shift": {"harmony": 0.1}}


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    return await make_site(
        webhook_token=Secret(TOKEN),
        webhook_secret=(Secret(SECRET),),
        github_webhook_secret=Secret(GITHUB),
        post_channel_ids=(123456789012345678,),
    )


async def post(site: Site, path: str, body: object, *, token: str | None = TOKEN, **headers: str) -> Answer:
    """A POST of JSON (bytes go as they are)."""
    session = await site.session()
    sent = {"Content-Type": "application/json"}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with session.post(path, data=data, headers=sent) as response:
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, await response.read())


def problem(answer: Answer, status: int) -> dict[str, Any]:
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


async def kept(site: Site) -> int:
    return len(await site.collective.webhooks.inbox.page())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (rb'{"reason": "a\ud800"}', r"\ud800 is half of a character, at character 14"),
        (rb'{"a\uDC00": 1}', r"\uDC00 is half of a character, at character 4"),
        (b'{"reason": "\xed\xa0\x80"}', "not UTF-8 text at byte 13"),
    ],
)
async def test_an_escaped_half_of_a_character_is_located(site: Site, body: bytes, says: str) -> None:
    answer = await post(site, "/webhooks/ucf.update", body)
    problem(answer, 400)
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("kind", TAKEN)
async def test_every_sample_is_taken(site: Site, kind: str) -> None:
    answer = await post(site, f"/webhooks/{kind}", dict(IN_EVENTS[kind].sample))
    assert answer.status == 202
    accepted = answer.json()
    assert accepted.pop("id").startswith("evt_")
    assert accepted == {"event": kind, "status": "accepted", "duplicate": False}
    assert answer.headers["cache-control"] == "no-store"


async def test_the_envelope_is_for_senders_with_one_url(site: Site) -> None:
    envelope = {"type": "ucf.update", "timestamp": "2026-01-01T12:00:00Z", "data": SHIFT}
    assert (await post(site, "/webhooks", envelope)).json()["event"] == "ucf.update"


@pytest.mark.parametrize(
    ("envelope", "field"),
    [
        ({"data": {}}, "type"),
        ({"type": 5, "data": {}}, "type"),
        ({"type": "nonsense", "data": {}}, "type"),
        ({"type": "github", "data": {"event": "push", "payload": {}}}, "type"),
        ({"type": "ucf.update"}, "data"),
        ({"type": "ucf.update", "data": []}, "data"),
        ({"type": "ucf.update", "data": SHIFT, "extra": 1}, "extra"),
    ],
)
async def test_an_invalid_envelope_is_refused(site: Site, envelope: object, field: str) -> None:
    assert problem(await post(site, "/webhooks", envelope), 422)["field"] == field
    assert await kept(site) == 0


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("ucf.update", {}, None),
        ("ucf.update", {"set": {"harmny": 1}}, "set.harmny"),
        ("ucf.update", {"set": {"harmony": 5}}, "set.harmony"),
        ("ucf.update", {"set": {"harmony": "1"}}, "set[...]"),
        ("ucf.update", {"set": {"harmony": 1}, "shift": {"harmony": 1}}, "set.harmony"),
        ("ucf.update", {**SHIFT, "extra": 1}, "extra"),
        ("agent.heartbeat", {"agent": "Gemini"}, "status"),
        ("agent.heartbeat", {"agent": "Gemini", "status": "fine"}, "status"),
        ("agent.heartbeat", {"agent": "Gemini", "status": "active", "load": 2}, "load"),
        ("ritual.start", {"steps": 0}, "steps"),
        ("ritual.start", {"steps": 1001}, "steps"),
        ("directive.run", {"directive": ""}, "directive"),
        ("message.post", {"channel": "123456789012345678"}, None),
        ("message.post", {"channel": "general", "content": "x"}, "channel"),
        ("message.post", {"channel": "999999999999999999", "content": "x"}, "channel"),
        ("message.post", {"channel": "123456789012345678", "embed": {}}, "embed"),
        ("message.post", {"channel": "123456789012345678\n", "content": "x"}, "channel"),
        ("alert.raise", {"key": "a b", "summary": "x"}, "key"),
        ("alert.raise", {"key": "ab\n", "summary": "x"}, "key"),
        ("alert.clear", {"key": "ab\n"}, "key"),
        ("alert.raise", {"key": "ab", "summary": ""}, "summary"),
        ("context.archive", {"name": ""}, "name"),
        ("receipt", {"delivery": "x"}, "outcome"),
    ],
)
async def test_invalid_data_is_refused_by_field_and_not_stored(
    site: Site, kind: str, data: object, field: str | None
) -> None:
    found = problem(await post(site, f"/webhooks/{kind}", data), 422)
    assert found.get("field") == field
    assert found["detail"].endswith(".")
    assert await kept(site) == 0


@pytest.mark.parametrize("body", [b"", b"nope", b"[]", b"5", b"{", b'{"a":1}x', b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_not_a_json_object_is_refused(site: Site, body: bytes) -> None:
    problem(await post(site, "/webhooks/ucf.update", body), 400)


async def test_an_envelope_of_an_unknown_type_ends_in_one_question_mark(site: Site) -> None:
    answer = await post(site, "/webhooks", {"type": "ucf.updat", "data": {}})
    assert problem(answer, 422)["detail"].endswith("Did you mean 'ucf.update'?")


async def test_an_unknown_type_is_named_with_the_nearest(site: Site) -> None:
    assert problem(await post(site, "/webhooks/ucf.updat", SHIFT), 404)["suggestion"] == "ucf.update"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_accepted(site: Site, kind: str) -> None:
    problem(await post(site, "/webhooks/ucf.update", SHIFT, Content_Type=kind), 415)


async def test_a_too_large_event_is_refused(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN), max_body=100)
    problem(await post(site, "/webhooks/ucf.update", {"reason": "x" * 200, **SHIFT}), 413)


@pytest.mark.parametrize("token", [None, "wrong", "", "a-token-for-simple-senders "])
async def test_without_the_token_no_event_is_accepted(make_site: MakeSite, token: str | None) -> None:
    site = await make_site(webhook_token=Secret(TOKEN + "!"))
    answer = await post(site, "/webhooks/ucf.update", SHIFT, token=token)
    problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await kept(site) == 0


async def test_the_token_may_be_in_its_own_header(site: Site) -> None:
    assert (await post(site, "/webhooks/ucf.update", SHIFT, token=None, X_Helix_Token=TOKEN)).status == 202


async def test_an_unauthenticated_sender_does_not_learn_of_unknown_types(site: Site) -> None:
    problem(await post(site, "/webhooks/nonsense", SHIFT, token=None), 401)


async def test_without_configuration_webhooks_are_refused(make_site: MakeSite) -> None:
    site = await make_site()
    for path in ("/webhooks", "/webhooks/ucf.update", "/webhooks/github", "/hooks"):
        assert problem(await post(site, path, SHIFT), 503)["type"].endswith("not-configured")


async def test_webhooks_are_open_in_the_sandbox_on_loopback(make_site: MakeSite) -> None:
    site = await make_site(in_sandbox=True)
    assert (await post(site, "/webhooks/ucf.update", SHIFT, token=None)).status == 202


def signed(site: Site, body: bytes, message_id: str = "msg_1", offset_s: int = 0) -> dict[str, str]:
    moment = int(site.clock.now().timestamp()) + offset_s
    return {
        "webhook_id": message_id,
        "webhook_timestamp": str(moment),
        "webhook_signature": sign(KEY, message_id, moment, body),
    }


async def test_a_signed_event_is_accepted_and_its_id_is_its_key(site: Site) -> None:
    body = json.dumps(SHIFT).encode()
    first = await post(site, "/webhooks/ucf.update", body, token=None, **signed(site, body))
    again = await post(site, "/webhooks/ucf.update", body, token=None, **signed(site, body, offset_s=60))
    assert (first.status, again.status) == (202, 202)
    assert again.json() == {**first.json(), "duplicate": True}


async def test_events_signed_by_standardwebhooks_are_accepted(make_site: MakeSite) -> None:
    site = await make_site(webhook_secret=(Secret(SECRET),))
    body = json.dumps(SHIFT)
    now = site.clock.now()
    signature = standardwebhooks.Webhook(SECRET).sign("msg_9", now, body)
    answer = await post(
        site, "/webhooks/ucf.update", body.encode(), token=None,
        webhook_id="msg_9", webhook_timestamp=str(int(now.timestamp())), webhook_signature=signature,
    )  # fmt: skip
    assert answer.status == 202


@pytest.mark.parametrize(
    "change",
    [
        {"webhook_id": "msg_2"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "1"},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "garbage"},
    ],
)
async def test_a_wrong_signature_gets_401_even_with_a_token(site: Site, change: dict[str, str]) -> None:
    body = json.dumps(SHIFT).encode()
    problem(await post(site, "/webhooks/ucf.update", body, **{**signed(site, body), **change}), 401)
    assert await kept(site) == 0


async def test_a_refusal_is_counted_by_kind_of_proof(site: Site) -> None:
    refused = counter(site.kernel.metrics, "helix_refusals_total")
    body = json.dumps(SHIFT).encode()
    await post(site, "/webhooks/ucf.update", SHIFT, token="a guess")
    await post(site, "/webhooks/ucf.update", SHIFT, token=None)
    await site.get("/webhooks/events/evt_0", Authorization="Bearer guess")
    assert (refused.value("token"), refused.value("signature")) == (3, 0)
    headers = signed(site, body)
    await post(site, "/webhooks/ucf.update", body, **{**headers, "webhook_id": "another"})
    await post(site, "/webhooks/ucf.update", body, webhook_id="alone")
    await post(site, "/webhooks/github", body, X_GitHub_Event="push")
    assert (refused.value("token"), refused.value("signature")) == (3, 3)


async def test_a_token_is_refused_with_the_reason_if_only_signatures_are_accepted(
    make_site: MakeSite,
) -> None:
    site = await make_site(webhook_secret=(Secret(SECRET),))
    found = problem(await post(site, "/webhooks/ucf.update", SHIFT), 401)
    assert found["flaw"] == "missing"
    assert "WEBHOOK_TOKEN is not set" in found["detail"]


@pytest.mark.parametrize("missing", ["webhook_id", "webhook_timestamp", "webhook_signature"])
async def test_a_missing_signature_header_gets_401(site: Site, missing: str) -> None:
    body = json.dumps(SHIFT).encode()
    headers = {name: value for name, value in signed(site, body).items() if name != missing}
    problem(await post(site, "/webhooks/ucf.update", body, token=None, **headers), 401)


async def test_the_same_key_gives_the_first_answer_and_another_event_is_refused(site: Site) -> None:
    first = await post(site, "/webhooks/ucf.update", SHIFT, Idempotency_Key="k")
    again = await post(site, "/webhooks/ucf.update", b'{ "shift" : {"harmony":0.1} }', Idempotency_Key="k")
    assert again.json() == {**first.json(), "duplicate": True}
    other = await post(site, "/webhooks/ucf.update", {"shift": {"harmony": 0.2}}, Idempotency_Key="k")
    assert problem(other, 422)["type"].endswith("key-reused")
    another = await post(site, "/webhooks/ritual.start", {}, Idempotency_Key="k")
    assert problem(another, 422)["type"].endswith("key-reused")


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_an_invalid_key_is_refused(site: Site, key: str) -> None:
    problem(await post(site, "/webhooks/ucf.update", SHIFT, Idempotency_Key=key), 400)


async def test_a_hundred_concurrent_posts_with_one_key_give_one_event(site: Site) -> None:
    answers = await asyncio.gather(
        *(post(site, "/webhooks/ucf.update", SHIFT, Idempotency_Key="k") for _ in range(100))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum(not answer.json()["duplicate"] for answer in answers) == 1
    assert await kept(site) == 1


async def test_a_full_inbox_refuses_events_with_retry_after(site: Site) -> None:
    site.collective.webhooks.inbox.high_water = 1
    assert (await post(site, "/webhooks/ucf.update", SHIFT)).status == 202
    answer = await post(site, "/webhooks/ucf.update", SHIFT)
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) > 0


async def test_a_failing_store_refuses_the_event(site: Site) -> None:
    await site.collective.database.close()
    answer = await post(site, "/webhooks/ucf.update", SHIFT)
    problem(answer, 503)
    assert "retry-after" in answer.headers


async def test_no_event_is_accepted_while_the_database_file_is_elsewhere(site: Site) -> None:
    path = site.collective.kernel.settings.database_path
    path.rename(path.with_name("moved.db"))
    answer = await post(site, "/webhooks/ucf.update", SHIFT)
    assert "helix.db was removed" in problem(answer, 503)["detail"]
    assert answer.headers["retry-after"] == "30"
    health = await site.get("/health/ready")
    assert problem(health, 503)["type"] == "urn:helix:problem:not-ready"
    path.with_name("moved.db").rename(path)
    assert (await post(site, "/webhooks/ucf.update", SHIFT)).status == 202


async def test_a_connection_serves_many_events(site: Site) -> None:
    session = await site.session()
    for number in range(3):
        async with session.post(
            "/webhooks/ucf.update",
            json=SHIFT,
            headers={"X-Helix-Token": TOKEN, "Idempotency-Key": str(number)},
        ) as response:
            assert response.status == 202
            assert "close" not in response.headers.get("Connection", "").lower()
    assert len(site.server._runner.server.connections) == 1  # type: ignore[union-attr]  # it runs


async def test_a_client_that_expects_100_continue_gets_it(site: Site) -> None:
    wire = await site.wire()
    body = json.dumps(SHIFT).encode()
    head = (
        f"POST /webhooks/ucf.update HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"X-Helix-Token: {TOKEN}\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    await wire.send(head.encode())
    assert (await wire.answer()).status == 100
    await wire.send(body)
    assert (await wire.answer()).status == 202


def github_headers(body: bytes, event: str = "release", delivery: str = "d1") -> dict[str, str]:
    digest = hmac.new(GITHUB.encode(), body, hashlib.sha256).hexdigest()
    return {
        "X_GitHub_Event": event,
        "X_GitHub_Delivery": delivery,
        "X_Hub_Signature_256": f"sha256={digest}",
    }


async def test_githubs_events_are_kept_once_per_delivery(site: Site) -> None:
    body = b'{"action": "published"}'
    first = await post(site, "/webhooks/github", body, token=None, **github_headers(body))
    again = await post(site, "/webhooks/github", body, token=None, **github_headers(body))
    assert first.json()["event"] == "github"
    assert again.json() == {**first.json(), "duplicate": True}


async def test_a_body_signed_by_github_is_accepted_once_despite_other_headers(site: Site) -> None:
    body = b'{"action": "published"}'
    first = await post(site, "/webhooks/github", body, token=None, **github_headers(body))
    headers = github_headers(body)
    other_id = {**headers, "X_GitHub_Delivery": "another"}
    assert (await post(site, "/webhooks/github", body, token=None, **other_id)).json() == {
        **first.json(), "duplicate": True,
    }  # fmt: skip
    del headers["X_GitHub_Delivery"]
    assert (await post(site, "/webhooks/github", body, token=None, **headers)).json()["duplicate"]
    other_event = {**other_id, "X_GitHub_Event": "push"}
    problem(await post(site, "/webhooks/github", body, token=None, **other_event), 422)
    assert await kept(site) == 1


async def test_a_github_delivery_id_with_another_body_is_refused(site: Site) -> None:
    for body, status in ((b'{"action": "published"}', 202), (b'{"action": "created"}', 422)):
        answer = await post(site, "/webhooks/github", body, token=None, **github_headers(body))
        assert answer.status == status


async def test_only_the_announced_part_of_githubs_payload_is_stored(site: Site) -> None:
    body = json.dumps(
        {"ref": "refs/heads/main", "pusher": {"name": "Ann", "email": "ann@example.com"}}
    ).encode()
    answer = await post(site, "/webhooks/github", body, token=None, **github_headers(body, "push"))
    event = await site.collective.webhooks.inbox.find(answer.json()["id"])
    assert event is not None
    assert json.loads(event.data) == {"event": "push", "payload": {"ref": "refs/heads/main"}}


async def test_githubs_ping_is_answered_and_not_kept(site: Site) -> None:
    answer = await post(site, "/webhooks/github", b"{}", token=None, **github_headers(b"{}", "ping"))
    assert (answer.status, answer.json()) == (200, {"pong": True})
    assert await kept(site) == 0


@pytest.mark.parametrize("signature", ["", "sha256=00", "sha1=aa", "sha256=" + "0" * 64])
async def test_an_event_without_githubs_signature_is_refused(site: Site, signature: str) -> None:
    headers = {**github_headers(b"{}"), "X_Hub_Signature_256": signature}
    problem(await post(site, "/webhooks/github", b"{}", **headers), 401)


async def test_a_github_event_needs_its_name(site: Site) -> None:
    headers = {**github_headers(b"{}"), "X_GitHub_Event": ""}
    problem(await post(site, "/webhooks/github", b"{}", token=None, **headers), 400)


async def test_the_status_of_an_event_needs_the_token(site: Site) -> None:
    accepted = (await post(site, "/webhooks/ucf.update", SHIFT)).json()
    path = f"/webhooks/events/{accepted['id']}"
    problem(await site.get(path), 401)
    found = (await site.get(path, Authorization=f"Bearer {TOKEN}")).json()
    assert {name: found[name] for name in ("id", "event", "status")} == {
        "id": accepted["id"], "event": "ucf.update", "status": "accepted",
    }  # fmt: skip
    assert [handler["name"] for handler in found["handlers"]] == ["state.ucf"]
    problem(await site.get("/webhooks/events/evt_none", Authorization=f"Bearer {TOKEN}"), 404)


async def test_the_types_are_listed_with_schema_and_sample(site: Site) -> None:
    answer = await site.get("/webhooks")
    found = answer.json()
    assert [entry["type"] for entry in found["incoming"]] == list(IN_EVENTS)
    assert [entry["type"] for entry in found["outgoing"]] == list(OUT_EVENTS)
    for entry in (*found["incoming"], *found["outgoing"]):
        assert entry["summary"]
        assert entry["schema"]["type"] == "object"
        assert set(entry["sample"]) <= set(entry["schema"]["properties"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(body=st.binary(max_size=300), kind=st.sampled_from([*TAKEN, "nonsense"]))
async def test_no_raw_body_is_a_500(site: Site, body: bytes, kind: str) -> None:
    answer = await post(site, f"/webhooks/{kind}", body)
    assert answer.status in {202, 400, 404, 422}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = sorted({field for spec in IN_EVENTS.values() for field in spec.record.__struct_fields__})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=4), kind=st.sampled_from(TAKEN))
async def test_no_data_is_a_500(site: Site, data: dict[str, object], kind: str) -> None:
    answer = await post(site, f"/webhooks/{kind}", json.dumps(data).encode())
    assert answer.status in {202, 400, 404, 422}
