"""A rate limit: once in some seconds for each key, such as a person or a channel."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

# With more keys, the oldest are dropped.
_KEYS_KEPT = 1000


class OnceIn:
    """Lets each key through once in `every_s` seconds."""

    def __init__(self, every_s: float, monotonic: Callable[[], float]) -> None:
        self._every_s = every_s
        self._monotonic = monotonic
        self._last: OrderedDict[int, float] = OrderedDict()

    def wait_s(self, key: int) -> float:
        """The seconds that `key` must still wait; 0.0 if none."""
        last = self._last.get(key)
        return 0.0 if last is None else max(0.0, self._every_s - (self._monotonic() - last))

    def take(self, key: int) -> float:
        """Like `wait_s`, but if the result is 0.0, the key's time starts again."""
        wait_s = self.wait_s(key)
        if not wait_s:
            self._last[key] = self._monotonic()
            self._last.move_to_end(key)
            while len(self._last) > _KEYS_KEPT:
                self._last.popitem(last=False)
        return wait_s
