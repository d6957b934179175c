"""DNS look-ups in their own threads, so that an unresponsive DNS server blocks nothing else."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

import uvloop

AT_ONCE: Final = 2
# About the C library's own limit with one server and default settings (resolv.conf(5)).
_TIMEOUT_S: Final = 10.0

Host = str | bytes | None
Port = str | bytes | int | None


class LookUps:
    """Two look-up threads; IP addresses are answered without them.

    Callers that must not wait for each other's look-ups use separate instances.
    """

    def __init__(self, purpose: str) -> None:
        self._executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"look-up-{purpose}")

    async def find(self, host: Host, port: Port, **how: int) -> list[Any]:
        """The addresses of a host; arguments and result as for `socket.getaddrinfo`.

        Raises:
            OSError: there is none, or none within 10 s, including the wait for a thread.
        """
        if _is_address(host):
            return socket.getaddrinfo(
                host, port, **{**how, "flags": how.get("flags", 0) | socket.AI_NUMERICHOST}
            )
        look_up = partial(socket.getaddrinfo, host, port, **how)
        try:
            # A look-up that still waits for a thread at the time-out is never started.
            async with asyncio.timeout(_TIMEOUT_S):
                return await asyncio.get_running_loop().run_in_executor(self._executor, look_up)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, "the DNS server does not answer") from None

    def close(self) -> None:
        """Starts no more look-ups; those in progress cannot be stopped."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class Loop(uvloop.Loop):
    """uvloop with its own look-up threads.

    uvloop resolves every host, even the IP address of each socket that connects, in four threads of libuv:
    four hanging look-ups would block every new connection.
    """

    def __init__(self) -> None:
        super().__init__()
        self._look_ups = LookUps("default")

    async def getaddrinfo(self, host: Host, port: Port, **how: int) -> list[Any]:
        """The addresses of a host; see `LookUps.find`."""
        return await self._look_ups.find(host, port, **how)

    def close(self) -> None:
        """Closes the loop and its look-up threads."""
        self._look_ups.close()
        super().close()


def _is_address(host: Host) -> bool:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text is None:
        return True
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
