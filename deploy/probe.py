"""Liveness probe for container health checks: exit code 0 if the local Helix's event loop runs, else 1.

Imports only the standard library and nothing of Helix, because it runs every half minute.
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
    """Probe `HOST` and `PORT`; errors go to standard error, where `docker inspect` shows them."""
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
    """A setting as Helix reads it: an empty one counts as unset."""
    return environ.get(name, "").strip() or default


def _reachable(host: str) -> str:
    """The address to probe for `host`; a server on all addresses also listens on loopback."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return _LOOPBACK if ip_address(bare).is_unspecified else bare
    except ValueError:
        return host


if __name__ == "__main__":
    sys.exit(main())
