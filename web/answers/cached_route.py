"""A cached route: finds the response for a request and selects its encoding."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Final, final

import msgspec

from core.cache import Cache, Cached, Outcome
from web.answers.bodies import Body
from web.answers.headers import Headers
from web.answers.negotiation import Encoding, already_has, choose_encoding, is_named

Build = Callable[[], Body]
Fetch = Callable[[], Awaitable[Body]]

# How often a response is recomputed because its sources changed meanwhile.
_ATTEMPTS: Final = 3
# From this size compression takes milliseconds, so it runs in a thread.
_LARGE_BYTES: Final = 16_384

# Values of `X-Cache`. A coalesced wait was not answered from memory, so it counts as a miss.
X_CACHE: Final[Mapping[Outcome, str]] = {
    "hit": "hit", "miss": "miss", "coalesced": "miss", "stale": "stale", "off": "off",
}  # fmt: skip


@final
class CachedRoute:
    """The cached responses of one route, by key.

    Args:
        path: the route's template.
        tags: what the responses depend on.
        cache: where they are stored.
        private: whether shared caches must not store them.

    Attributes:
        policy: the `Cache-Control` header: `no-cache` if a tag can invalidate the entry, else `max-age`.
        peek: returns the valid response under a key, or None; computes nothing.
        entry: returns the entry under a key, of any age, or None.
        hits: counts a hit that did not come through `peek`.
    """

    def __init__(
        self, path: str, tags: frozenset[str], cache: Cache[Hashable, Body], *, private: bool = False
    ) -> None:
        self.path = path
        self._tags = tags
        self._cache = cache
        self.peek: Callable[[Hashable], Cached[Body] | None] = partial(cache.get, count_miss=False)
        self.entry = cache.entry
        self.hits = cache.hits
        control = "no-cache" if tags else f"max-age={int(cache.ttl_s)}"
        self.policy: Headers = (("Cache-Control", f"private, {control}" if private else control),)

    @property
    def is_on(self) -> bool:
        """Whether responses are cached."""
        return self._cache.is_on

    def look_up(self, key: Hashable, build: Build) -> Cached[Body]:
        """The response under `key`, computed by `build` if no valid one is cached.

        Raises:
            Exception: what `build` raises.
        """
        return self._cache.get_or_build(key, build, self._tags)

    async def fetch(self, key: Hashable, fetch: Fetch) -> Cached[Body]:
        """The response under `key`, computed by `fetch` if no valid one is cached; concurrent calls share it.

        If a tag is invalidated meanwhile, the response is recomputed; after three attempts the last one is
        returned as stale.

        Raises:
            Exception: what `fetch` raises.
        """
        for _ in range(_ATTEMPTS):
            cached = await self._cache.fetch(key, lambda: _packed(fetch), self._tags)
            if not cached.dropped:
                return cached
        return msgspec.structs.replace(cached, outcome="stale")


async def _packed(fetch: Fetch) -> Body:
    """The body; a large one is compressed in a thread."""
    body = await fetch()
    if len(body.identity.body) >= _LARGE_BYTES:
        await asyncio.to_thread(body.variant, "gzip")
    return body


@final
class Selection:
    """What one request gets of a body: its encoding, and whether the client already has it.

    Args:
        method: GET or HEAD.
        accept_encoding: the header, several joined by commas; None if missing.
        if_none_match: the header, likewise.
    """

    __slots__ = ("_encoding", "_head_only", "_if_none_match", "method")

    def __init__(self, method: str, accept_encoding: str | None, if_none_match: str | None) -> None:
        self.method = method
        self._head_only = method == "HEAD"
        self._encoding: Encoding = choose_encoding(accept_encoding)
        self._if_none_match = if_none_match

    def satisfies(self, if_match: str, body: Body) -> bool:
        """Whether `If-Match` names the entity tag of the selected encoding (RFC 9110 §13.1.1)."""
        return body.status != 200 or is_named(if_match, body.variant(self._encoding).etag)

    def of(self, body: Body) -> tuple[int, Headers, bytes]:
        """Status, constant headers and the bytes to send."""
        variant = body.variant(self._encoding)
        # A condition counts only if the response would be a success (RFC 9110 §13.2.1).
        if body.status == 200 and already_has(self._if_none_match, variant.etag):
            return 304, variant.short_headers, b""
        return body.status, variant.headers, b"" if self._head_only else variant.body
