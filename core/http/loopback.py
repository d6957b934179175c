"""Recognises names and addresses of this machine."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

EVERY_IPV4: Final = "0.0.0.0"  # noqa: S104 - what HOST asks for


def is_loopback(host: str) -> bool:
    """Whether a host name or IP address means only this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
