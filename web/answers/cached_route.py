"""One cached route: which answer, and which form of it a request gets."""

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

# How often an answer is made anew because what it was made from changed meanwhile.
_ATTEMPTS: Final = 3
# From this size on compressing takes milliseconds, which a thread has and the loop has not.
_LARGE_BYTES: Final = 16_384

# What `X-Cache` says. A coalesced wait was not answered from memory, so the client hears "miss".
X_CACHE: Final[Mapping[Outcome, str]] = {
    "hit": "hit", "miss": "miss", "coalesced": "miss", "stale": "stale", "off": "off",
}  # fmt: skip


@final
class CachedRoute:
    """The answers of one route, each under its key.

    Args:
        path: its template.
        tags: what its answers depend on.
        cache: what holds them.
        private: whether only some may read them, so that no cache between may keep one for all.

    Attributes:
        policy: what other caches may do. Where a tag can drop the entry before its time, whoever keeps a copy
            must ask before using it; elsewhere it holds as long as it is held here.
        peek: gives the answer under a key that holds, or None; nothing is made.
        entry: gives what is held under a key, of whatever age, or None.
        hits: where an answer from memory is counted that was not asked for by `peek`.
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
        """Whether answers are kept."""
        return self._cache.is_on

    def look_up(self, key: Hashable, build: Build) -> Cached[Body]:
        """The answer under `key`, made by `build` when there is none that holds.

        Raises:
            Exception: what `build` raises.
        """
        return self._cache.get_or_build(key, build, self._tags)

    async def fetch(self, key: Hashable, fetch: Fetch) -> Cached[Body]:
        """The answer under `key`, made by `fetch` when there is none that holds: once, however many ask.

        Where a tag is dropped meanwhile it is made anew; when that happens again and again, the last one is
        given and called stale.

        Raises:
            Exception: what `fetch` raises.
        """
        for _ in range(_ATTEMPTS):
            cached = await self._cache.fetch(key, lambda: _packed(fetch), self._tags)
            if not cached.dropped:
                return cached
        return msgspec.structs.replace(cached, outcome="stale")


async def _packed(fetch: Fetch) -> Body:
    """The body, compressed ahead where that takes long."""
    body = await fetch()
    if len(body.identity.body) >= _LARGE_BYTES:
        await asyncio.to_thread(body.variant, "gzip")
    return body


@final
class Selection:
    """What one request makes of a body: the encoding it gets, and whether it has it already.

    Args:
        method: GET or HEAD.
        accept_encoding: the header, several joined by commas; None where it is missing.
        if_none_match: likewise.
    """

    __slots__ = ("_encoding", "_head_only", "_if_none_match", "method")

    def __init__(self, method: str, accept_encoding: str | None, if_none_match: str | None) -> None:
        self.method = method
        self._head_only = method == "HEAD"
        self._encoding: Encoding = choose_encoding(accept_encoding)
        self._if_none_match = if_none_match

    def satisfies(self, if_match: str, body: Body) -> bool:
        """Whether the form of `body` that is chosen here is one that `If-Match` names (RFC 9110 §13.1.1)."""
        return body.status != 200 or is_named(if_match, body.variant(self._encoding).etag)

    def of(self, body: Body) -> tuple[int, Headers, bytes]:
        """Status, the headers that stay the same while `body` lives, and the bytes to send after them."""
        variant = body.variant(self._encoding)
        # A condition counts only where the answer would be a success (RFC 9110 §13.2.1).
        if body.status == 200 and already_has(self._if_none_match, variant.etag):
            return 304, variant.short_headers, b""
        return body.status, variant.headers, b"" if self._head_only else variant.body
