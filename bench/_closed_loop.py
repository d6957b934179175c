"""CPU of a server per GET, with several concurrent clients that each wait for the response."""

import socket
import statistics
from collections.abc import Sequence
from contextlib import ExitStack

from bench._process import cpu_s

CLIENTS = 32


def cpu_us_per_get(pid: int, port: int, path: str, *, requests: int, rounds: int) -> float:
    """The median over the rounds.

    Raises:
        ConnectionError: a response was not 200.
    """
    return statistics.median(us for (us,) in cpu_us_by_turns([(pid, port)], path, requests, rounds))


def cpu_us_by_turns(
    servers: Sequence[tuple[int, int]], path: str, requests: int, rounds: int
) -> list[tuple[float, ...]]:
    """The CPU per GET of each server (pid, port), by round; the servers take turns.

    Uses several concurrent clients, to measure responses rather than wake-ups.

    Raises:
        ConnectionError: a response was not 200.
    """
    with ExitStack() as stack:
        clients = [
            [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(CLIENTS)]
            for _, port in servers
        ]
        for connections in clients:
            _ask(connections, path, requests)
        return [
            tuple(
                _cpu_us(pid, connections, path, requests)
                for (pid, _), connections in zip(servers, clients, strict=True)
            )
            for _ in range(rounds)
        ]


def _cpu_us(pid: int, connections: list[socket.socket], path: str, requests: int) -> float:
    before = cpu_s(pid)
    _ask(connections, path, requests)
    return (cpu_s(pid) - before) / requests * 1e6


def _ask(connections: list[socket.socket], path: str, times: int) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode()
    for _ in range(times // len(connections)):
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            _read_answer(connection)


def _read_answer(connection: socket.socket) -> None:
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        buffer += _received(connection)
    head, _, body = buffer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(f"answered {head[:40]!r}")
    left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
    while left > 0:
        left -= len(_received(connection))


def _received(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65_536)):
        raise ConnectionError("the server closed the connection")
    return data
