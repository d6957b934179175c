"""The access rules of the server, for the OpenAPI document."""

from __future__ import annotations

import msgspec


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that clients need to know.

    Attributes:
        base_url: the prefix of full URLs.
        read_token: whether reading needs a token.
        open_webhooks: whether sending events needs no authentication, as in the sandbox.
    """

    base_url: str
    read_token: bool
    open_webhooks: bool
