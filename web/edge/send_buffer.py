"""Limits the kernel's send buffer of a connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket


def bound_send_buffer(transport: asyncio.BaseTransport, size_bytes: int) -> None:
    """Limit the kernel's send buffer to `size_bytes`, which Linux doubles; the default is megabytes."""
    connection = transport.get_extra_info("socket")
    # Not every socket supports the option; the other limits still hold.
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size_bytes)
