"""Sessions of the dashboard: a cookie that stands for READ_TOKEN, and does not hold it."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, final

from core.clock import Clock
from core.secret import Secret

LASTS_S: Final = 7 * 86_400
# Beyond it the session that ends first is forgotten; only those are remembered that were ended by hand.
_MOST_ENDED: Final = 1024
_LONGEST: Final = 200


@final
class Sessions:
    """Makes and checks the cookie's value: an id, when it ends, and an HMAC over both.

    Nothing is stored, so a session outlives a restart, and a new READ_TOKEN ends all of them. One that was
    ended by hand is remembered until it would have ended anyway, or until the restart.
    """

    def __init__(self, token: Secret, clock: Clock) -> None:
        self._clock = clock
        self._key = hmac.digest(token.reveal().encode(), b"helix dashboard session v1", sha256)
        self._ended: dict[str, int] = {}

    def begin(self) -> tuple[str, datetime]:
        """A new session: the cookie's value, and when it ends."""
        ends_s = int(self._clock.now().timestamp()) + LASTS_S
        claim = f"{secrets.token_urlsafe(12)}.{ends_s}"
        return f"{claim}.{self._sign(claim)}", datetime.fromtimestamp(ends_s, UTC)

    def holds(self, value: str) -> bool:
        """Whether this is the value of a session that goes on."""
        ends_s = self._ends_s(value)
        return ends_s is not None and self._clock.now().timestamp() < ends_s and value not in self._ended

    def end(self, value: str) -> None:
        """End a session; nothing where it is none."""
        ends_s = self._ends_s(value)
        if ends_s is None:
            return
        now_s = self._clock.now().timestamp()
        self._ended = {one: end_s for one, end_s in self._ended.items() if end_s > now_s}
        self._ended[value] = ends_s
        if len(self._ended) > _MOST_ENDED:
            del self._ended[min(self._ended, key=self._ended.__getitem__)]

    def _ends_s(self, value: str) -> int | None:
        """When the session ends by its value, which must be one that we signed."""
        if len(value) > _LONGEST or not value.isascii():
            return None
        claim, _, signature = value.rpartition(".")
        if not hmac.compare_digest(signature, self._sign(claim)):
            return None
        return int(claim.rpartition(".")[2])

    def _sign(self, claim: str) -> str:
        digest = hmac.digest(self._key, claim.encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")
