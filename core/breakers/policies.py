"""When breakers open, and for how long: the numbers for each kind of breaker.

`Breaker.take_outcome` holds the rule that reads them.
"""

from __future__ import annotations

from typing import Final

import msgspec


class BreakerPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When a breaker opens, and for how long.

    Attributes:
        window_s: older calls do not count.
        min_calls: it never opens with fewer calls in the window.
        failure_rate: it opens at this share of failures in the window, 0 to 1.
        open_s: how long it stays open the first time.
        longest_open_s: upper limit; each failed probe doubles the open time.
    """

    window_s: float = 60.0
    min_calls: int = 5
    failure_rate: float = 0.5
    open_s: float = 5.0
    longest_open_s: float = 300.0


DESTINATION_POLICY: Final = BreakerPolicy()
# A handler is local, so its breaker tries again at least every minute.
HANDLER_POLICY: Final = BreakerPolicy(longest_open_s=60.0)
# Each error of the shared cache pauses the calls to it; the pause doubles while errors go on.
SHARED_CACHE_POLICY: Final = BreakerPolicy(min_calls=1, failure_rate=0.0, open_s=1.0, longest_open_s=60.0)
