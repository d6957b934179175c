"""Where Discord is: its own addresses, or those of a proxy, a compatible server or the sandbox."""

from __future__ import annotations

import msgspec

from bot.gateway import discord_internals

_GATEWAY_OF_DISCORD = "wss://gateway.discord.gg"


class Endpoints(msgspec.Struct, frozen=True):
    """Whole addresses, with their version.

    Attributes:
        gateway_url: None takes the one that the API's `/gateway/bot` names.
        cdn_url: where avatars, icons and attachments are; None leaves it at Discord's.
    """

    api_url: str = "https://discord.com/api/v10"
    gateway_url: str | None = None
    cdn_url: str | None = None

    @property
    def is_discord(self) -> bool:
        """Whether this is Discord itself, where discord.py knows the gateway."""
        return self.api_url.rstrip("/") == Endpoints().api_url

    def apply(self) -> None:
        """Point discord.py at these addresses, for the whole process: it keeps them in class attributes.

        discord.py connects to its default gateway without asking the API; so where only the API is given, its
        gateway is asked for and put in here again (`with_gateway`).
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
