"""Dashboard sessions: a signed cookie that replaces READ_TOKEN without containing it."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, final

import msgspec

from core.clock import Clock
from core.logs.secret import Secret

LASTS_S: Final = 7 * 86_400
# How many ids of sessions that were ended early are stored.
_MOST_ENDED: Final = 1024
_LONGEST: Final = 200


class EndedSessions(msgspec.Struct):
    """Sessions that were ended before they expired.

    Attributes:
        ids: expiry by session id, in seconds since 1970.
        until_s: sessions that expire by then count as ended, because their ids may have been dropped.
    """

    ids: dict[str, int] = {}
    until_s: int = 0


@final
class Sessions:
    """Creates and checks cookie values: an id, the expiry, and an HMAC over both.

    Sessions survive a restart; a new READ_TOKEN ends all of them.

    Attributes:
        ended: sessions that were ended early, to be stored.
    """

    def __init__(self, token: Secret, clock: Clock) -> None:
        self._clock = clock
        self._key = hmac.digest(token.reveal().encode(), b"helix dashboard session v1", sha256)
        self.ended = EndedSessions()

    def begin(self) -> tuple[str, datetime]:
        """A new session: the cookie's value and its expiry."""
        ends_s = int(self._clock.now().timestamp()) + LASTS_S
        claim = f"{secrets.token_urlsafe(12)}.{ends_s}"
        return f"{claim}.{self._sign(claim)}", datetime.fromtimestamp(ends_s, UTC)

    def holds(self, value: str) -> bool:
        """Whether this is a valid session."""
        ends_s = self._ends_s(value)
        if ends_s is None or _id_of(value) in self.ended.ids:
            return False
        return max(self._clock.now().timestamp(), self.ended.until_s) < ends_s

    def end(self, value: str) -> None:
        """End a session; no-op if it is not valid."""
        ends_s = self._ends_s(value)
        if ends_s is None:
            return
        now_s = self._clock.now().timestamp()
        ids = {one: end_s for one, end_s in self.ended.ids.items() if end_s > now_s}
        ids[_id_of(value)] = ends_s
        if len(ids) > _MOST_ENDED:
            # Without its id the session would be valid again, so end all that expire no later.
            self.ended.until_s = max(self.ended.until_s, ids.pop(min(ids, key=ids.__getitem__)))
        self.ended.ids = ids

    def _ends_s(self, value: str) -> int | None:
        """The expiry in a correctly signed value, else None."""
        if len(value) > _LONGEST or not value.isascii():
            return None
        claim, _, signature = value.rpartition(".")
        if not hmac.compare_digest(signature, self._sign(claim)):
            return None
        return int(claim.rpartition(".")[2])

    def _sign(self, claim: str) -> str:
        digest = hmac.digest(self._key, claim.encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _id_of(value: str) -> str:
    return value.partition(".")[0]
