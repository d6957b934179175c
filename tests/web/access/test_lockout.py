"""How often WEBHOOK_TOKEN may be guessed, on every route that takes it."""

import json
from ipaddress import ip_network

import pytest

from core.logs.secret import Secret
from tests.web.helpers import MakeSite, Site
from web.access.lockout import ATTEMPTS_PER_MINUTE

TOKEN = "a-token-for-simple-senders"
PROXY = {"trusted_proxies": (ip_network("127.0.0.1/32"),)}
ROUTES = (
    ("POST", "/webhooks/ucf.update"),
    ("POST", "/webhooks"),
    ("GET", "/webhooks/events/evt_none"),
    ("POST", "/hooks"),
    ("DELETE", "/hooks/none"),
)


async def ask(site: Site, method: str, path: str, **headers: str) -> tuple[int, str | None]:
    """The status, and Retry-After."""
    sent = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    body = json.dumps({"shift": {"harmony": 0.1}}).encode() if method == "POST" else None
    async with (await site.session()).request(method, path, data=body, headers=sent) as response:
        return response.status, response.headers.get("Retry-After")


async def guess(site: Site, times: int, **headers: str) -> list[int]:
    path = "/webhooks/ucf.update"
    return [
        (await ask(site, "POST", path, Authorization=f"Bearer wrong-{n}", **headers))[0] for n in range(times)
    ]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_after_ten_wrong_tokens_in_a_minute_the_client_is_locked_out(
    make_site: MakeSite, method: str, path: str
) -> None:
    site = await make_site(webhook_token=Secret(TOKEN))
    wrong = [(await ask(site, method, path, X_Helix_Token=f"wrong-{n}"))[0] for n in range(12)]
    assert wrong == [401] * ATTEMPTS_PER_MINUTE + [429] * 2
    status, retry_after = await ask(site, method, path, X_Helix_Token=TOKEN)
    assert (status, retry_after) == (429, "6")
    site.clock.advance(6)
    assert (await ask(site, method, path, X_Helix_Token=TOKEN))[0] not in {401, 429}


async def test_wrong_tokens_are_counted_for_each_client_address(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN), **PROXY)
    assert (await guess(site, 11, X_Forwarded_For="198.51.100.1"))[-1] == 429
    assert await guess(site, 1, X_Forwarded_For="198.51.100.2") == [401]


async def test_clients_at_one_address_share_its_lock_out(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN))
    assert (await guess(site, 11, X_Forwarded_For="198.51.100.1"))[-1] == 429
    assert await guess(site, 1, X_Forwarded_For="198.51.100.2") == [429]


async def test_a_request_without_a_token_counts_as_no_attempt(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN))
    for _ in range(ATTEMPTS_PER_MINUTE + 1):
        assert (await ask(site, "POST", "/webhooks/ucf.update"))[0] == 401
    assert (await ask(site, "POST", "/webhooks/ucf.update", X_Helix_Token=TOKEN))[0] == 202


async def test_wrong_tokens_of_senders_do_not_lock_out_readers(make_site: MakeSite) -> None:
    site = await make_site(webhook_token=Secret(TOKEN), read_token=Secret("a-token-for-readers-only"))
    assert (await guess(site, 11))[-1] == 429
    assert (await site.get("/status", Authorization="Bearer a-token-for-readers-only")).status == 200
