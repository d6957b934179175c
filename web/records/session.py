"""The bodies of POST /session."""

from __future__ import annotations

import msgspec

from core.clock import Moment


class OfferedToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token that begins a session: READ_TOKEN."""

    token: str


class SessionBegun(msgspec.Struct, frozen=True):
    """A session has begun; this response sets its cookie.

    Attributes:
        ends_at: when the session expires.
    """

    ends_at: Moment
