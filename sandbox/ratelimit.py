"""Discord's rate limits: a bucket per route and major parameter, and a global one."""

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.codes import REFUSALS
from sandbox.errors import ApiError

GLOBAL = "global"
DEFAULT = "default"
OLD_EDITS = "messages.edit.old"
"""Edits of messages older than an hour, per channel; at Discord three in six seconds."""
_OLD_EDITS_CODE = 30046
_MAX_WINDOWS = 4096
# (requests, seconds). Discord's own limits are tighter (messages: 5 in 5 s); these suit tests that send many
# commands, and tests of the limits set their own.
_LIMITS: dict[str, tuple[int, float]] = {
    GLOBAL: (50, 1.0),
    DEFAULT: (100, 5.0),
    "messages.create": (50, 5.0),
    "messages.edit": (50, 5.0),
    "messages.delete": (50, 5.0),
    "reactions": (50, 5.0),
    "typing": (50, 5.0),
    OLD_EDITS: (3, 6.0),
}


@dataclass(slots=True, eq=False, repr=False)
class _Window:
    ends_s: float
    used: int = 0


class RateLimits:
    """Fixed windows that start with their first request, as at Discord.

    Args:
        wall_s: The Unix time in seconds, for X-RateLimit-Reset.
        monotonic_s: The monotonic clock, in seconds.
    """

    def __init__(self, wall_s: Callable[[], float], monotonic_s: Callable[[], float]) -> None:
        self._wall_s = wall_s
        self._monotonic_s = monotonic_s
        self._limits = dict(_LIMITS)
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()

    def set(self, bucket: str, requests: int, per_s: float) -> None:
        """Set the limit of a bucket (``global``, ``default``, ``messages.create`` …)."""
        self._limits[bucket] = (requests, per_s)
        for key in [key for key in self._windows if key[0] == bucket]:
            del self._windows[key]

    def take(self, bucket: str, major: str, *, counts_globally: bool = True) -> dict[str, str]:
        """Count a request; returns the headers for its response.

        Args:
            bucket: The route's bucket.
            major: Its major parameter (channel, server or webhook id), which has its own window.
            counts_globally: False for interaction routes, which the global limit excludes.

        Raises:
            ApiError: 429 with ``retry_after`` in seconds.
        """
        if counts_globally:
            limit, per_s = self._limits[GLOBAL]
            window = self._window((GLOBAL, ""), per_s)
            if window.used >= limit:
                raise self._refused(window, {"X-RateLimit-Global": "true"}, "global")
            window.used += 1
        name = bucket if bucket in self._limits else DEFAULT
        limit, per_s = self._limits[name]
        window = self._window((bucket, major), per_s)
        if window.used >= limit:
            raise self._refused(window, self._headers(bucket, limit, window), "user")
        window.used += 1
        return self._headers(bucket, limit, window)

    def take_old_edit(self, channel_id: int) -> None:
        """Count an edit of a message that is older than an hour.

        Raises:
            ApiError: 429 with code 30046.
        """
        limit, per_s = self._limits[OLD_EDITS]
        window = self._window((OLD_EDITS, str(channel_id)), per_s)
        if window.used >= limit:
            raise self._refused(window, {}, "shared", _OLD_EDITS_CODE)
        window.used += 1

    def _window(self, key: tuple[str, str], per_s: float) -> _Window:
        now_s = self._monotonic_s()
        window = self._windows.get(key)
        if window is None or window.ends_s <= now_s:
            window = self._windows[key] = _Window(now_s + per_s)
            self._windows.move_to_end(key)
            while len(self._windows) > _MAX_WINDOWS:
                self._windows.popitem(last=False)
        return window

    def _headers(self, bucket: str, limit: int, window: _Window) -> dict[str, str]:
        left_s = max(0.0, window.ends_s - self._monotonic_s())
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - window.used)),
            "X-RateLimit-Reset": f"{self._wall_s() + left_s:.3f}",
            "X-RateLimit-Reset-After": f"{left_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(bucket.encode()).hexdigest()[:32],
        }

    def _refused(self, window: _Window, headers: dict[str, str], scope: str, code: int = 0) -> ApiError:
        _, message = REFUSALS.get(code, (429, ""))
        left_s = max(0.001, window.ends_s - self._monotonic_s())
        return too_many_requests(left_s, headers, scope=scope, code=code, message=message)


def too_many_requests(
    retry_after_s: float,
    headers: dict[str, str],
    *,
    scope: str,
    code: int = 0,
    message: str = "",
    via: bool = True,
) -> ApiError:
    """A 429 like Discord's, with a code for some limits.

    Clients distinguish Discord from its proxy Cloudflare by the header ``Via``, which the proxy's own
    responses lack.
    """
    retry = {"Retry-After": str(math.ceil(retry_after_s)), "X-RateLimit-Scope": scope}
    if via:
        retry["Via"] = "1.1 sandbox"
    error = ApiError(429, code, message or "You are being rate limited.", headers=headers | retry)
    if not code:
        del error.body["code"]
    error.body |= {"retry_after": round(retry_after_s, 3), "global": scope == "global"}
    return error
