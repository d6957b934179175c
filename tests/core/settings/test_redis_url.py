"""Which addresses of a Redis server are taken."""

import pytest
from redis.asyncio import Redis

from core.logs.secret import Secret
from core.settings.redis_url import redis_url


@pytest.mark.parametrize(
    "text",
    [
        "redis://host",
        "redis://:open%20sesame@host:6379/0",
        "rediss://user:sesame@[::1]:6380/15?ssl_cert_reqs=none",
        "rediss://host/?ssl_ca_certs=/etc/ssl/redis.pem",
        "unix:///run/redis/redis.sock?db=2",
        "unix://:sesame@/run/redis/redis.sock",
    ],
)
def test_an_address_that_is_taken_is_one_for_the_client(text: str) -> None:
    assert redis_url(text) == Secret(text)
    assert "sesame" not in repr(Redis.from_url(redis_url(text).reveal()))


@pytest.mark.parametrize(
    "text",
    [
        "redis",
        "redis://",
        "redis://host:x",
        "redis://host/a",
        "redis://host/0#1",
        "redis://host name",
        "http://:sesame@host",
        "unix://",
        "unix://host/run/redis.sock",
        "unix:///run/redis.sock?db=x",
        "redis://host?ssl_cert_reqs=maybe",
        "redis://host?socket_timeout=100",
    ],
)
def test_another_address_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="the address of a Redis server like") as refused:
        redis_url(text)
    assert "sesame" not in str(refused.value)
