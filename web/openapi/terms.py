"""The terms on which the server answers."""

from __future__ import annotations

import msgspec


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What of the settings callers are told.

    Attributes:
        base_url: under which address the server is known.
        read_token: whether reading needs a token.
        open_webhooks: whether anybody may send events, as in the sandbox.
    """

    base_url: str
    read_token: bool
    open_webhooks: bool
