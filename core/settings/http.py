"""The settings of the group HTTP. Each of these files extends the record of the previous one."""

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
        "The address to listen on; :: means all, IPv4 included. 0.0.0.0 if there is a token and the process"
        " environment sets PORT.",
    )
    port: int = _http.setting("PORT", 8080, parse.port, "The port to listen on; 0 picks a free one.")
    public_url: str | None = _http.setting(
        "PUBLIC_URL",
        None,
        parse.public_url,
        "The start of full links, like https://helix.example or https://example.org/helix. Unset:"
        " RAILWAY_PUBLIC_DOMAIN or HOST:PORT.",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _http.setting(
        "TRUSTED_PROXIES",
        (),
        parse.listed(parse.network),
        "Networks whose X-Forwarded-For is trusted, like 10.0.0.0/8, separated by commas.",
    )
    read_token: Secret | None = _http.setting(
        "READ_TOKEN",
        None,
        parse.secret,
        "The Bearer token that reading over HTTP requires. Unset: reading is public.",
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
        "The most streams (/events and /ws) at once; 0 allows none. Each needs a file descriptor.",
    )
    max_streams_per_client: int = _http.setting(
        "MAX_STREAMS_PER_CLIENT",
        100,
        parse.whole(1, 100_000, "streams"),
        "The most streams from one address. Clients behind a proxy not in TRUSTED_PROXIES count as one.",
    )
    max_connections: int = _http.setting(
        "MAX_CONNECTIONS",
        800,
        parse.whole(1, 1_000_000, "connections"),
        "The most connections at once.",
    )
    max_connections_per_client: int = _http.setting(
        "MAX_CONNECTIONS_PER_CLIENT",
        200,
        parse.whole(0, 1_000_000, "connections; 0 means no limit"),
        "The most connections from one address, except those of TRUSTED_PROXIES. 0: no limit.",
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
        "Seconds within which a request's body must arrive.",
    )
    rate_limit_per_minute: int = _http.setting(
        "RATE_LIMIT_PER_MINUTE",
        600,
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
        "The most requests per minute from one client, also at once; cached answers do not count. 0:"
        " no limit. Behind a proxy set TRUSTED_PROXIES, or all its clients count as one.",
    )
    webhook_rate_limit_per_minute: int = _http.setting(
        "WEBHOOK_RATE_LIMIT_PER_MINUTE",
        12_000,
        parse.whole(0, 1_000_000, "requests; 0 means no limit"),
        "The same for requests to webhooks and hooks. 0: no limit.",
    )
