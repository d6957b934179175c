"""The addresses of Discord, or of a proxy, a compatible server or the sandbox."""

from __future__ import annotations

import msgspec

from bot.gateway import discord_internals

_GATEWAY_OF_DISCORD = "wss://gateway.discord.gg"


class Endpoints(msgspec.Struct, frozen=True):
    """Complete addresses, including the API version.

    Attributes:
        gateway_url: None means Discord's, or what `/gateway/bot` returns.
        cdn_url: the host of avatars, icons and attachments; None means Discord's.
    """

    api_url: str = "https://discord.com/api/v10"
    gateway_url: str | None = None
    cdn_url: str | None = None

    @property
    def is_discord(self) -> bool:
        """Whether this is Discord itself, whose gateway discord.py knows."""
        return self.api_url.rstrip("/") == Endpoints().api_url

    def apply(self) -> None:
        """Set these addresses in discord.py for the whole process: it keeps them in class attributes.

        discord.py does not ask the API for the gateway. If only the API is given, the caller asks for its
        gateway and applies `with_gateway`.
        """
        discord_internals.set_addresses(
            self.api_url.rstrip("/"),
            self.gateway_url or _GATEWAY_OF_DISCORD,
            None if self.cdn_url is None else self.cdn_url.rstrip("/"),
        )

    def with_gateway(self, url: str) -> Endpoints:
        """The same API and CDN with this gateway."""
        return Endpoints(self.api_url, url, self.cdn_url)

    @property
    def needs_gateway(self) -> bool:
        """Whether the API must be asked for the gateway first."""
        return self.gateway_url is None and not self.is_discord
