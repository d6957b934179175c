"""Rate limits: windows, headers, and 429s as Discord sends them."""

import math

import pytest

from sandbox import Sandbox
from sandbox import ratelimit as module
from sandbox.errors import ApiError
from sandbox.ratelimit import RateLimits
from tests.sandbox.support import Api, Clock


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    made = RateLimits(clock, clock)
    made.set("messages.create", 2, 5.0)
    return made


def test_a_window_is_counted_down_and_renews_after_its_time(limits: RateLimits, clock: Clock) -> None:
    first = limits.take("messages.create", "1")
    clock.now_s += 2
    second = limits.take("messages.create", "1")
    with pytest.raises(ApiError):
        limits.take("messages.create", "1")
    clock.now_s += 3
    renewed = limits.take("messages.create", "1")

    remaining = [headers["X-RateLimit-Remaining"] for headers in (first, second, renewed)]
    assert remaining == ["1", "0", "1"]
    assert (first["X-RateLimit-Reset-After"], second["X-RateLimit-Reset-After"]) == ("5.000", "3.000")
    assert float(second["X-RateLimit-Reset"]) == clock.now_s
    assert first["X-RateLimit-Limit"] == "2"


def test_each_major_parameter_has_a_window_of_its_own(limits: RateLimits) -> None:
    for channel in ("1", "1", "2", "2"):
        limits.take("messages.create", channel)

    with pytest.raises(ApiError):
        limits.take("messages.create", "1")


def test_edits_of_old_messages_have_a_limit_and_a_code_of_their_own(limits: RateLimits, clock: Clock) -> None:
    for _ in range(3):
        limits.take_old_edit(1)
    limits.take_old_edit(2)

    with pytest.raises(ApiError) as refused:
        limits.take_old_edit(1)
    clock.now_s += 6
    limits.take_old_edit(1)

    assert refused.value.status == 429
    assert (refused.value.body["code"], refused.value.body["retry_after"]) == (30046, 6.0)
    assert "older than 1 hour" in refused.value.body["message"]


def test_a_refusal_says_when_and_why(limits: RateLimits, clock: Clock) -> None:
    limits.take("messages.create", "1")
    limits.take("messages.create", "1")
    clock.now_s += 0.5

    with pytest.raises(ApiError) as refused:
        limits.take("messages.create", "1")

    error = refused.value
    assert error.status == 429
    assert error.body == {
        "message": "You are being rate limited.",
        "retry_after": 4.5,
        "global": False,
    }
    assert error.headers["X-RateLimit-Scope"] == "user"
    assert error.headers["Retry-After"] == str(math.ceil(4.5))
    assert error.headers["Via"]
    assert "X-RateLimit-Global" not in error.headers


def test_the_global_limit_spans_all_routes_but_those_of_interactions(limits: RateLimits) -> None:
    limits.set("global", 3, 1.0)
    for bucket in "abc":
        limits.take(bucket, "")

    with pytest.raises(ApiError) as refused:
        limits.take("d", "")
    limits.take("callback", "token", counts_globally=False)

    assert refused.value.body["global"] is True
    assert refused.value.headers["X-RateLimit-Scope"] == "global"
    assert refused.value.headers["X-RateLimit-Global"] == "true"


def test_windows_are_bounded(limits: RateLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_WINDOWS", 10)

    for number in range(50):
        limits.take("default", str(number), counts_globally=False)

    assert len(limits._windows) == 10


async def test_a_real_429_over_http_and_the_headers_before_it(
    api: Api, sandbox: Sandbox, general: int
) -> None:
    status, _ = await api.control(
        "POST", "/control/limit", {"bucket": "messages.create", "requests": 1, "per_s": 5}
    )
    url = f"{sandbox.api_url}/channels/{general}/messages"
    headers = {"Authorization": f"Bot {sandbox.token}"}

    answers = []
    for _ in range(2):
        async with api.session.post(url, json={"content": "x"}, headers=headers) as response:
            answers.append((response.status, response.headers["X-RateLimit-Remaining"]))
            body = await response.json()

    assert status == 200
    assert answers == [(200, "0"), (429, "0")]
    assert body["retry_after"] == 5.0
    channel = sandbox.engine.world.find_channel(general)
    assert channel is not None
    assert len(channel.messages) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"bucket": "x", "requests": 0, "per_s": 1},
        {"bucket": "x", "requests": 1, "per_s": 0},
        {"bucket": "x", "requests": True, "per_s": 1},
        {"requests": 1, "per_s": 1},
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused(api: Api, body: object) -> None:
    assert (await api.control("POST", "/control/limit", body))[0] == 400
