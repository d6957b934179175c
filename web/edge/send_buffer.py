"""What the system holds of the bytes sent over a connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket


def bound_send_buffer(transport: asyncio.BaseTransport, size_bytes: int) -> None:
    """Let the system hold `size_bytes` for a connection, which Linux doubles, and not megabytes."""
    connection = transport.get_extra_info("socket")
    # A socket that refuses an option is served all the same: our own bounds hold.
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size_bytes)
