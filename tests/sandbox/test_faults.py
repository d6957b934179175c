"""Fault injection: the matched requests, how often they fail, and their responses."""

import asyncio

import pytest
from aiohttp import ClientError

from sandbox import faults as module
from sandbox.codes import REFUSALS
from sandbox.faults import Fault, Faults
from tests.sandbox.support import Api


def test_a_fault_hits_its_method_and_route_only() -> None:
    faults = Faults()
    faults.add(Fault("POST", "/channels/*/messages", status=500))

    assert faults.match("POST", "/channels/1/messages") is not None
    assert faults.match("GET", "/channels/1/messages") is None
    assert faults.match("POST", "/channels/1/messages/2") is None


def test_a_fault_ends_after_its_number_of_times() -> None:
    faults = Faults()
    faults.add(Fault("*", "/users/@me", status=500, times=2))

    hits = [faults.match("GET", "/users/@me") is not None for _ in range(3)]

    assert hits == [True, True, False]


def test_the_oldest_fault_wins_until_it_is_spent() -> None:
    faults = Faults()
    faults.add(Fault("*", "*", status=500, times=1))
    faults.add(Fault("*", "*", status=502))

    found = [faults.match("GET", "/x") for _ in range(2)]

    assert [fault.status if fault else None for fault in found] == [500, 502]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("*", "*"),
        Fault("*", "*", status=200),
        Fault("*", "*", delay_s=61),
        Fault("*", "*", status=429, retry_after_s=0),
        Fault("*", "*", status=500, times=0),
        Fault("*", "*", cut="sometimes"),
        Fault("*", "*", code=12345),
        Fault("*", "*", code=50013, field="content"),
    ],
)
def test_an_invalid_fault_is_refused(fault: Fault) -> None:
    with pytest.raises(ValueError, match=r"status|seconds|times|field|cut"):
        Faults().add(fault)


def test_faults_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_FAULTS", 1)
    faults = Faults()
    faults.add(Fault("*", "*", status=500))

    with pytest.raises(ValueError, match="too many"):
        faults.add(Fault("*", "*", status=500))


async def test_a_fault_is_set_and_cleared_over_http(api: Api) -> None:
    set_status, answer = await api.control(
        "POST", "/control/fault", {"method": "get", "route": "/users/*", "status": 418}
    )
    hit, body = await api.call("GET", "/users/@me")
    cleared, _ = await api.control("DELETE", "/control/fault")
    after, _ = await api.call("GET", "/users/@me")

    assert (set_status, hit, cleared, after) == (200, 418, 200, 200)
    assert isinstance(answer["id"], int)
    assert body["code"] == 0


async def test_a_delayed_request_waits_and_then_goes_through(api: Api) -> None:
    await api.control("POST", "/control/fault", {"route": "/users/@me", "delay_s": 0.02, "times": 1})
    loop = asyncio.get_running_loop()
    before = loop.time()

    status, _ = await api.call("GET", "/users/@me")

    assert status == 200
    assert loop.time() - before >= 0.02


@pytest.mark.parametrize(("cut", "posted"), [("before", 0), ("after", 1)])
async def test_a_cut_ends_the_connection_before_or_after_the_request_is_carried_out(
    api: Api, cut: str, posted: int
) -> None:
    route = f"/channels/{api.sandbox.channel('general')}/messages"
    before = len((await api.call("GET", route))[1])
    await api.control("POST", "/control/fault", {"method": "POST", "route": route, "cut": cut, "times": 1})

    with pytest.raises(ClientError):
        await api.call("POST", route, {"content": "hello"})

    assert len((await api.call("GET", route))[1]) - before == posted


async def test_an_injected_429_differs_from_a_real_one_by_its_scope(api: Api) -> None:
    await api.control("POST", "/control/fault", {"route": "*", "status": 429, "retry_after_s": 3})
    url = f"{api.sandbox.api_url}/users/@me"

    async with api.session.get(url) as response:
        body = await response.json()

    assert response.status == 429
    assert response.headers["X-RateLimit-Scope"] == "shared"
    assert body["retry_after"] == 3


@pytest.mark.parametrize("code", sorted(REFUSALS))
async def test_a_fault_with_a_code_answers_as_discord_does(api: Api, code: int) -> None:
    await api.control("POST", "/control/fault", {"route": "/users/@me", "code": code})

    status, body = await api.call("GET", "/users/@me")

    assert (status, body["message"]) == REFUSALS[code]
    assert body["code"] == code
    assert ("retry_after" in body) == (status == 429)


async def test_a_given_status_overrides_that_of_the_code(api: Api) -> None:
    await api.control("POST", "/control/fault", {"route": "*", "status": 418, "code": 12345})

    status, body = await api.call("GET", "/users/@me")

    assert (status, body["code"]) == (418, 12345)


async def test_a_refused_field_is_named_as_discord_names_it(api: Api) -> None:
    fault = {"route": "*", "code": 50035, "field": "embeds.0.title"}
    await api.control("POST", "/control/fault", fault)

    status, body = await api.call("GET", "/users/@me")

    assert (status, body["code"]) == (400, 50035)
    assert body["errors"]["embeds"]["0"]["title"]["_errors"][0]["message"]


@pytest.mark.parametrize("via", [True, False])
async def test_a_429_of_cloudflares_lacks_the_header_via(*, api: Api, via: bool) -> None:
    await api.control("POST", "/control/fault", {"route": "*", "status": 429, "via": via})

    async with api.session.get(f"{api.sandbox.api_url}/users/@me") as response:
        assert response.status == 429
        assert ("Via" in response.headers) == via


@pytest.mark.parametrize(
    "body", [{"status": 500}, {"route": "*", "status": 99}, {"route": "*", "times": "x"}]
)
async def test_a_wrong_fault_is_400_over_http(api: Api, body: object) -> None:
    assert (await api.control("POST", "/control/fault", body))[0] == 400
