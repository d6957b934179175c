"""Asks the Helix of this machine whether its loop turns: exit code 0 or 1, for container health checks.

Only the standard library, and none of Helix: it runs every half minute beside it.
"""

from __future__ import annotations

import http.client
import os
import sys
from typing import Final

_PATH: Final = "/health/live"
_TIMEOUT_S: Final = 4.0


def main() -> int:
    """Ask on `PORT`; what is wrong goes to standard error, where `docker inspect` shows it."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT", "8080")), timeout=_TIMEOUT_S
    )
    try:
        connection.request("GET", _PATH)
        status = connection.getresponse().status
    except OSError as error:
        sys.stderr.write(f"{_PATH}: {error}\n")
        return 1
    finally:
        connection.close()
    if status != http.client.OK:
        sys.stderr.write(f"{_PATH}: answered {status}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
