"""Looks host names up in threads of their own: a resolver that does not answer holds up nothing else."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

import uvloop

AT_ONCE: Final = 2
# The C library gives up after about as long, with one server and its default settings (resolv.conf(5)).
_TIMEOUT_S: Final = 10.0

Host = str | bytes | None
Port = str | bytes | int | None


class LookUps:
    """Two threads that look names up; an IP address needs none of them.

    Who must not wait for another's names gets threads of its own.
    """

    def __init__(self, purpose: str) -> None:
        self._executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"look-up-{purpose}")

    async def find(self, host: Host, port: Port, **how: int) -> list[Any]:
        """The addresses of a host: takes and gives what `socket.getaddrinfo` does.

        Raises:
            OSError: there is none, or none was found within ten seconds, the wait for a thread included.
        """
        if _is_address(host):
            return socket.getaddrinfo(
                host, port, **{**how, "flags": how.get("flags", 0) | socket.AI_NUMERICHOST}
            )
        look_up = partial(socket.getaddrinfo, host, port, **how)
        try:
            # One that still waits for a thread when the time is over is never begun.
            async with asyncio.timeout(_TIMEOUT_S):
                return await asyncio.get_running_loop().run_in_executor(self._executor, look_up)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, "the resolver does not answer") from None

    def close(self) -> None:
        """Begin no more look-ups; those that have begun cannot be stopped."""
        self._executor.shutdown(wait=False, cancel_futures=True)


class Loop(uvloop.Loop):
    """uvloop with look-ups of its own.

    uvloop hands each host to the four threads of libuv, also the address of each socket that is connected:
    four look-ups that hang would hold up every new connection.
    """

    def __init__(self) -> None:
        super().__init__()
        self._look_ups = LookUps("default")

    async def getaddrinfo(self, host: Host, port: Port, **how: int) -> list[Any]:
        """The addresses of a host; see `LookUps.find`."""
        return await self._look_ups.find(host, port, **how)

    def close(self) -> None:
        """Close the loop, and let go of the threads."""
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
