"""Asks the Helix of this machine whether its loop turns: exit code 0 or 1, for container health checks.

Only the standard library, and none of Helix: it runs every half minute beside it.
"""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

_PATH: Final = "/health/live"
_TIMEOUT_S: Final = 4.0
_LOOPBACK: Final = "127.0.0.1"
_PORT: Final = "8080"


def main() -> int:
    """Ask on `HOST` and `PORT`; what is wrong goes to standard error, where `docker inspect` shows it."""
    host, port = _given(os.environ, "HOST", _LOOPBACK), _given(os.environ, "PORT", _PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        sys.stderr.write(f"PORT={port!r}: a health check needs a port from 1 to 65535\n")
        return 1
    connection = http.client.HTTPConnection(_reachable(host), int(port), timeout=_TIMEOUT_S)
    try:
        connection.request("GET", _PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"{_PATH}: {str(error).strip() or type(error).__name__}\n")
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        sys.stderr.write(f"{_PATH}: answered {status}\n")
        return 1
    return 0


def _given(environ: Mapping[str, str], name: str, default: str) -> str:
    """The setting as Helix reads it: one that is set to nothing counts as unset."""
    return environ.get(name, "").strip() or default


def _reachable(host: str) -> str:
    """Where to ask a server that listens on `host`; who listens on every address also answers on loopback."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return _LOOPBACK if ip_address(bare).is_unspecified else bare
    except ValueError:
        return host


if __name__ == "__main__":
    sys.exit(main())
