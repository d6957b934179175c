"""The settings of the group HTTP; each file adds its groups to the record of the file before."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

from core.logs.secret import Secret
from core.settings import values as parse
from core.settings.discord import DiscordSettings
from core.settings.table import Group

_http = Group("HTTP")


class HttpSettings(DiscordSettings, frozen=True, kw_only=True):
    """Where the server listens, and its limits."""

    host: str = _http.setting(
        "HOST",
        "127.0.0.1",
        parse.host,
        "The address to listen on; :: for all, IPv4 included. With a token, and PORT set in the process"
        " environment: 0.0.0.0.",
    )
    port: int = _http.setting("PORT", 8080, parse.port, "The port to listen on; 0 takes any free one.")
    public_url: str | None = _http.setting(
        "PUBLIC_URL",
        None,
        parse.public_url,
        "What full links are made of, like https://helix.example or https://example.org/helix. Unset:"
        " RAILWAY_PUBLIC_DOMAIN or HOST:PORT.",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _http.setting(
        "TRUSTED_PROXIES",
        (),
        parse.listed(parse.network),
        "Networks whose X-Forwarded-For is believed, like 10.0.0.0/8, separated by commas.",
    )
    read_token: Secret | None = _http.setting(
        "READ_TOKEN",
        None,
        parse.secret,
        "Reading over HTTP then needs this as a Bearer token. Unset: reading is public.",
        secret=True,
    )
    max_body: int = _http.setting(
        "MAX_BODY",
        1024 * 1024,
        parse.whole(1, 100 * 1024 * 1024, "bytes"),
        "The largest request body, in bytes.",
    )
    max_streams: int = _http.setting(
        "MAX_STREAMS",
        10_000,
        parse.whole(0, 100_000, "streams"),
        "How many may listen to /events and /ws at once; 0 lets nobody. Each takes a file descriptor.",
    )
    max_streams_per_client: int = _http.setting(
        "MAX_STREAMS_PER_CLIENT",
        100,
        parse.whole(1, 100_000, "streams"),
        "How many of them from one address. Behind a proxy that TRUSTED_PROXIES does not name, all are one.",
    )
    max_connections: int = _http.setting(
        "MAX_CONNECTIONS",
        800,
        parse.whole(1, 1_000_000, "connections"),
        "How many connections may be open at once.",
    )
    max_connections_per_client: int = _http.setting(
        "MAX_CONNECTIONS_PER_CLIENT",
        200,
        parse.whole(0, 1_000_000, "connections; 0 means no limit"),
        "How many of them one address may have; those of TRUSTED_PROXIES are not counted. 0: no limit.",
    )
    head_timeout_s: float = _http.setting(
        "HEAD_TIMEOUT_S",
        10.0,
        parse.number(0, 300, "seconds"),
        "Seconds from the first byte of a request to the end of its head.",
    )
    body_timeout_s: float = _http.setting(
        "BODY_TIMEOUT_S",
        30.0,
        parse.number(0, 3600, "seconds"),
        "Seconds in which a request's body must have come.",
    )
    rate_limit_per_minute: int = _http.setting(
        "RATE_LIMIT_PER_MINUTE",
        600,
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
        "Requests a minute and client that are not answered from the cache; as many may come at once. 0: no"
        " limit. Behind a proxy set TRUSTED_PROXIES, or all its clients count as one.",
    )
    webhook_rate_limit_per_minute: int = _http.setting(
        "WEBHOOK_RATE_LIMIT_PER_MINUTE",
        12_000,
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
        "Likewise for requests to the webhooks and hooks. 0: no limit.",
    )
