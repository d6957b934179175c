"""The shared cache: what another process has drawn or computed already, kept in Redis.

It is never the only source: whatever is wrong with it, the caller computes the value. A value is found only
by the same version of Helix, and only while all that it depends on is the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, TypeVar

import msgspec

from core.cache._records import Aged
from core.cache._redis_link import Redis, RedisLink, Unanswered
from core.cache._sealed import seal, shared_key, unseal
from core.clock import Clock
from core.health import Reading
from core.health.threshold import warns_when
from core.logs.secret import Secret
from core.metrics import Registry

T = TypeVar("T")
Kind = Literal["picture", "result"]

LOOK_EVERY_S: Final = 10.0
# A picture has 1.4 MB and takes about a second to draw.
_WITHIN_S: Final[Mapping[Kind, float]] = {"picture": 0.2, "result": 0.05}
_LARGEST_BYTES: Final = 4 * 1024 * 1024


class _Found(msgspec.Struct, frozen=True):
    """A value as stored (None: there is none), and how long it is still kept."""

    stored: bytes | None
    left_s: float


class SharedCache:
    """Values in Redis; used from the event loop only.

    Args:
        url: the server.
        clock: measures computations and pauses.
        metrics: gets the counters `helix_shared_cache_requests_total` and `helix_shared_cache_stores_total`.
        within_s: how long a call may take, by kind of value.
        largest_bytes: larger values are not stored.
    """

    def __init__(
        self,
        url: Secret,
        clock: Clock,
        metrics: Registry,
        *,
        within_s: Mapping[Kind, float] = _WITHIN_S,
        largest_bytes: int = _LARGEST_BYTES,
    ) -> None:
        self._link = RedisLink(url, clock)
        self._monotonic = clock.monotonic
        self._within_s = within_s
        self._largest_bytes = largest_bytes
        self._requests = metrics.counter(
            "helix_shared_cache_requests_total", "Look-ups in the shared cache by result.", ("kind", "result")
        )
        self._stores = metrics.counter(
            "helix_shared_cache_stores_total", "Values for the shared cache by result.", ("kind", "result")
        )

    async def look(self) -> None:
        """Connects at the first run; afterwards finds out whether the server answers."""
        await self._link.open()
        try:
            await self._link.call(lambda client: client.ping(), within_s=self._within_s["result"])
        except Unanswered:
            # The probe tells of it.
            return

    async def fetch(
        self,
        kind: Kind,
        depends_on: tuple[bytes, ...],
        compute: Callable[[], Awaitable[bytes]],
        *,
        ttl_s: float,
    ) -> bytes:
        """The bytes that depend on `depends_on` alone: found, else computed and stored for `ttl_s`.

        Raises:
            Exception: what `compute` raises.
        """
        key = shared_key(kind, *depends_on)
        found = await self._find(kind, key)
        if found is not None:
            self._requests.inc(kind, "hit")
            return found[0]
        value = await compute()
        await self._store(kind, key, value, ttl_s)
        return value

    async def fetch_record(
        self,
        record: type[T],
        depends_on: Callable[[], bytes],
        compute: Callable[[], Awaitable[T]],
        *,
        ttl_s: float,
    ) -> Aged[T]:
        """A result of this type, at most `ttl_s` old: found, else computed and stored.

        Args:
            record: its type, which msgspec can encode.
            depends_on: what it depends on, asked before and after; if that changed, it is not stored.
            compute: makes it.
            ttl_s: how long it may be used.

        Raises:
            Exception: what `compute` raises.
        """
        before = depends_on()
        key = shared_key("result", record.__qualname__.encode(), before)
        found = await self._find("result", key)
        if found is not None:
            body, left_s = found
            try:
                value = msgspec.msgpack.decode(body, type=record)
            except (msgspec.DecodeError, msgspec.ValidationError):
                self._requests.inc("result", "damaged")
            else:
                self._requests.inc("result", "hit")
                return Aged(value, max(0.0, ttl_s - left_s))
        began_at = self._monotonic()
        value = await compute()
        if depends_on() == before:
            await self._store_record(key, value, ttl_s - (self._monotonic() - began_at))
        return Aged(value, self._monotonic() - began_at)

    def probe(self) -> Reading:
        """The reading of the check "shared-cache": warns while the server has trouble."""
        counts: dict[str, float] = {}
        for (_, result), count in self._requests.items():
            counts[result] = counts.get(result, 0) + count
        asked = sum(counts.values())
        hits = counts.get("hit", 0)
        reading = Reading(
            observed_value=round(hits / asked, 4) if asked else None,
            observed_unit="hit rate" if asked else None,
            counters={"hits": hits, "misses": counts.get("miss", 0), "errors": counts.get("error", 0)},
            thresholds=(warns_when("the answer of Redis", "missing"),),
        )
        trouble = self._link.trouble
        return reading if trouble is None else reading.become("warn", trouble.reason, trouble.action)

    async def close(self) -> None:
        """Ends its connections; afterwards everything is computed."""
        await self._link.close()

    async def _find(self, kind: Kind, key: str) -> tuple[bytes, float] | None:
        """The value under `key` and the seconds it is still kept; counts everything but a hit."""

        async def get(client: Redis) -> _Found:
            stored, left_ms = await client.pipeline(transaction=False).get(key).pttl(key).execute()
            return _Found(stored, left_ms / 1000)

        try:
            found = await self._link.call(get, within_s=self._within_s[kind])
        except Unanswered as unanswered:
            self._requests.inc(kind, "error" if unanswered.asked else "skipped")
            return None
        if found.stored is None:
            self._requests.inc(kind, "miss")
            return None
        body = unseal(key, found.stored)
        if body is None:
            self._requests.inc(kind, "damaged")
            return None
        return body, found.left_s

    async def _store_record(self, key: str, value: object, ttl_s: float) -> None:
        try:
            body = msgspec.msgpack.encode(value)
        except (TypeError, ValueError, OverflowError):
            # Half a surrogate pair, for example; the caller has its value.
            self._stores.inc("result", "error")
            return
        await self._store("result", key, body, ttl_s)

    async def _store(self, kind: Kind, key: str, body: bytes, ttl_s: float) -> None:
        kept_ms = int(ttl_s * 1000)
        if len(body) > self._largest_bytes:
            self._stores.inc(kind, "oversized")
            return
        if kept_ms < 1:
            return
        try:
            await self._link.call(
                lambda client: client.set(key, seal(key, body), px=kept_ms), within_s=self._within_s[kind]
            )
        except Unanswered as unanswered:
            self._stores.inc(kind, "error" if unanswered.asked else "skipped")
        else:
            self._stores.inc(kind, "stored")
