"""The bodies of POST /session."""

from __future__ import annotations

import msgspec

from core.clock import Moment


class OfferedToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What opens a session: READ_TOKEN."""

    token: str


class SessionBegun(msgspec.Struct, frozen=True):
    """A session was begun; its cookie came with this answer.

    Attributes:
        ends_at: from when on the token is asked for again.
    """

    ends_at: Moment
