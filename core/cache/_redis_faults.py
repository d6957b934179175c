"""What may be wrong with the Redis server, and what to do about it; never with a text from outside."""

from __future__ import annotations

from typing import Final

import msgspec


class Trouble(msgspec.Struct, frozen=True):
    """Why there is no answer, and what to do, as texts for people.

    Attributes:
        name: for the log.
        told_after_s: how long it has to last before people are told.
    """

    name: str
    reason: str
    action: str
    told_after_s: float = 0.0


_ITSELF: Final = "Helix goes on without it and tries again by itself."
TOO_SLOW: Final = Trouble(
    "too_slow",
    "Redis does not answer in time",
    f"Check its load and the network to it. {_ITSELF}",
    # Either side may be busy for a moment, and a new connection takes longer than a call may.
    told_after_s=15.0,
)
_AWAY: Final = Trouble(
    "away",
    "Redis cannot be reached",
    f"Check that the server of REDIS_URL runs and can be reached from here. {_ITSELF}",
)
_REFUSED: Final = Trouble(
    "refused", "Redis refuses the account", "Check the user and the password in REDIS_URL."
)
_OTHER: Final = Trouble("error", "Redis answers with an error", f"See the log of the server. {_ITSELF}")
# By class of redis.exceptions, which is not imported before it is needed; the nearest base class counts.
_BY_CLASS: Final = {
    "AuthenticationError": _REFUSED,
    "AuthorizationError": _REFUSED,
    "AuthenticationWrongNumberOfArgsError": _REFUSED,
    "NoPermissionError": Trouble(
        "forbidden",
        "the account may not use Redis as a cache",
        "Let the account of REDIS_URL run GET, SET, PTTL and PING on keys that begin with helix:",
    ),
    "OutOfMemoryError": Trouble(
        "full", "Redis is full", "Set its maxmemory-policy to allkeys-lru, or give it more memory."
    ),
    "ReadOnlyError": Trouble(
        "read_only", "the Redis server is a replica", "Point REDIS_URL at the server that accepts changes."
    ),
    "BusyLoadingError": Trouble("loading", "Redis is loading its data", f"Wait a moment. {_ITSELF}"),
    "TimeoutError": TOO_SLOW,
    "ConnectionError": _AWAY,
    "OSError": _AWAY,
}


def trouble_of(error: BaseException) -> Trouble:
    """What an error of the client means."""
    # What goes wrong while connecting is told as the cause of a ConnectionError.
    nearest = error if error.__cause__ is None else error.__cause__
    names = (kind.__name__ for kind in (*type(nearest).__mro__, *type(error).__mro__))
    return next((_BY_CLASS[name] for name in names if name in _BY_CLASS), _OTHER)
