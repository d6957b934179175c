"""Stream clients that never read: process memory before, at most, and after them.

`BENCH_STALLED` (1,500) sets their number. They connect from 60 addresses, half of them to /ws, with different
topics; half of them resume after a gap.
"""

import contextlib
import http.client
import itertools
import json
import os
import socket
import time
from collections.abc import Iterator

from bench._process import helix, resident_mib, wait_for_http
from bench._stream_clients import UPGRADE

_WANTED = int(os.environ.get("BENCH_STALLED", "1500"))
_ADDRESSES = 60
_CHANGES = 1_500
# The maximum number of events in a gap.
_MISSED = 250
_TOPICS = ("state", "agents", "alerts", "rituals", "deliveries", "directives", "health", "breakers", "pulse")
_SMALLEST_WINDOW_BYTES = 4_096
_CHANGE = {"Content-Type": "application/json"}


def main() -> None:
    with helix(RATE_LIMIT_PER_MINUTE="0", WEBHOOK_RATE_LIMIT_PER_MINUTE="0") as (process, port):
        wait_for_http(port, "/health/ready")
        values = itertools.cycle((0.6, 0.7))
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

        def change() -> None:
            body = json.dumps({"set": {"harmony": next(values)}})
            caller.request("POST", "/webhooks/ucf.update", body, _CHANGE)
            caller.getresponse().read()

        with contextlib.closing(caller):
            seen = _newest_event(port)
            for _ in range(_MISSED):
                change()
            before = most = resident_mib(process.pid)
            paths = enumerate(itertools.islice(_paths(seen), _WANTED))
            with contextlib.ExitStack() as stack:
                for number, path in paths:
                    stack.enter_context(_listen(port, number, path))
                for _ in range(_CHANGES):
                    change()
                    most = max(most, resident_mib(process.pid))
                served = _clients(caller)
            while _clients(caller):
                time.sleep(0.1)
            # Memory is returned a moment later.
            time.sleep(3)
        print(
            f"{_WANTED} clients that never read, {_CHANGES} changes: {before:.0f} MiB before, "
            f"{most:.0f} at most, {resident_mib(process.pid):.0f} once they are gone; {served} not dropped"
        )


def _paths(seen: int) -> Iterator[str]:
    for number in itertools.count():
        chosen = number // 4 % 255 + 1
        topics = [name for bit, name in enumerate(_TOPICS[1:]) if chosen >> bit & 1]
        gap = f"&last_event_id={seen}" if number // 2 % 2 else ""
        yield f"/{('events', 'ws')[number % 2]}?topics={','.join((_TOPICS[0], *topics))}{gap}"


def _listen(port: int, number: int, path: str) -> socket.socket:
    client = socket.socket()
    # Set before connecting, so that the window is small from the start.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALLEST_WINDOW_BYTES)
    client.bind((f"127.0.1.{1 + number % _ADDRESSES}", 0))
    client.connect(("127.0.0.1", port))
    upgrade = UPGRADE if path.startswith("/ws") else ""
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{upgrade}\r\n".encode())
    return client


def _newest_event(port: int) -> int:
    """The id of the current snapshot."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client, client.makefile("rb") as lines:
        client.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return next(int(line[4:]) for line in lines if line.startswith(b"id: "))


def _clients(caller: http.client.HTTPConnection) -> int:
    caller.request("GET", "/metrics?format=json")
    metrics = json.loads(caller.getresponse().read())["metrics"]
    return int(sum(sample["value"] for sample in metrics["helix_stream_clients"]["samples"]))


if __name__ == "__main__":
    main()
