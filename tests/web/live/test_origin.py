from __future__ import annotations

import pytest

from web.live.handshake import is_same_origin


@pytest.mark.parametrize(
    ("origin", "host", "public_url", "same"),
    [
        (None, "helix.example", None, True),
        ("http://helix.example", "helix.example", None, True),
        ("http://HELIX.example", "helix.EXAMPLE", None, True),
        # A proxy ended TLS.
        ("https://helix.example", "helix.example", None, True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", None, True),
        ("http://[::1]:8080", "[::1]:8080", None, True),
        ("https://helix.example", "helix.example:443", None, True),
        ("https://helix.example", "10.0.0.7:8080", "https://helix.example", True),
        ("https://helix.example:8443", "10.0.0.7:8080", "https://helix.example", False),
        ("http://helix.example", "10.0.0.7:8080", "https://helix.example", False),
        ("http://127.0.0.1:8081", "127.0.0.1:8080", None, False),
        ("https://evil.example", "helix.example", None, False),
        ("https://helix.example.evil.example", "helix.example", None, False),
        ("https://helix.example@evil.example", "helix.example", None, False),
        ("https://evil.example@helix.example", "helix.example", None, False),
        ("null", "helix.example", None, False),
        ("", "helix.example", None, False),
        ("file://", "helix.example", None, False),
        ("http://helix.example:port", "helix.example", None, False),
        ("http://helix.example", None, None, False),
        ("http://[", "helix.example", None, False),
    ],
)
def test_only_own_pages_and_programs_may_open_a_websocket(
    origin: str | None, host: str | None, public_url: str | None, same: bool
) -> None:
    assert is_same_origin(origin, host, public_url) is same
