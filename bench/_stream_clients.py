"""Idle stream clients: thousands of sockets in one process that only receive.

Run as `python -m bench._stream_clients PORT PATH COUNT MARK`; WebSocket if PATH begins with /ws. It prints
"ready" once every client has received its first event. Then, each time all clients have received another
event that contains MARK, it prints the monotonic times at which the first and the last client received it.
"""

import resource
import select
import socket
import sys
import time

# A source address has about 28,000 ports to one server.
_PER_ADDRESS = 2_000
_AT_ONCE = 64
_CONNECT_TIMEOUT_S = 240.0
# Frames without payload; the client's is masked.
_PING, _PONG = b"\x89\x00", b"\x8a\x80\x00\x00\x00\x00"
# The end of the first event: of its JSON over WebSocket, a blank line otherwise; or of the chunk that has it.
_FIRST_EVENT_ENDS = (b"}}", b"}\n\n", b"}\n\n\r\n")
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


def _connect(port: int, path: str, number: int) -> socket.socket:
    client = socket.socket()
    client.bind((f"127.0.0.{2 + number // _PER_ADDRESS}", 0))
    client.connect(("127.0.0.1", port))
    upgrade = UPGRADE if path.startswith("/ws") else ""
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{upgrade}\r\n".encode())
    return client


def _listen(poll: select.epoll, port: int, path: str, count: int) -> dict[int, socket.socket]:
    """Connect all clients, and wait for the first event of each."""
    clients: dict[int, socket.socket] = {}
    opening: set[int] = set()
    deadline = time.monotonic() + _CONNECT_TIMEOUT_S
    while len(clients) < count or opening:
        if time.monotonic() > deadline:
            sys.exit(f"only {len(clients) - len(opening)} of {count} could listen")
        while len(clients) < count and len(opening) < _AT_ONCE:
            client = _connect(port, path, len(clients))
            client.setblocking(False)
            clients[client.fileno()] = client
            opening.add(client.fileno())
            poll.register(client, select.EPOLLIN)
        for number, _ in poll.poll(1.0):
            data = _received(clients[number])
            if not data.startswith(b"HTTP/1.1 ") or data[9:12] in {b"101", b"200"}:
                if data.endswith(_FIRST_EVENT_ENDS):
                    opening.discard(number)
            else:
                sys.exit(f"a client was refused: {data[:12].decode()}")
    return clients


def _watch(poll: select.epoll, clients: dict[int, socket.socket], mark: bytes) -> None:
    """Print the times for each event with `mark`, once all clients have received it."""
    seen, first = 0, 0.0
    while True:
        for number, _ in poll.poll():
            data = _received(clients[number])
            if mark not in data:
                continue
            first = first if seen else time.monotonic()
            seen += 1
            if seen == len(clients):
                print(first, time.monotonic(), flush=True)
                seen = 0


def _received(client: socket.socket) -> bytes:
    data = client.recv(1 << 16)
    if not data:
        sys.exit("the server closed a connection")
    if data.startswith(_PING) or data.endswith(_PING):
        client.send(_PONG)
    return data


def main() -> None:
    port, path, count, mark = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].encode()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with select.epoll() as poll:
        clients = _listen(poll, port, path, count)
        print("ready", flush=True)
        _watch(poll, clients, mark)


if __name__ == "__main__":
    main()
