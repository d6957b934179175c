"""A real Redis for the tests, behind a Unix socket: no port to share, nothing on the disk."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from core.logs.secret import Secret

PASSWORD = "open sesame/2"
_START_S = 60.0


class RedisServer:
    """A server that can be killed, frozen, and started again, empty, behind the same socket."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> Secret:
        """The address with the password."""
        return self.url_with(PASSWORD)

    def url_with(self, password: str) -> Secret:
        """The address with another password."""
        return Secret(f"unix://:{quote(password, safe='')}@{self._socket}?db=0")

    def start(self) -> None:
        """Starts the server, and returns once it answers."""
        options = ["--port", "0", "--unixsocket", str(self._socket), "--requirepass", PASSWORD]
        quiet = [
            "--save",
            "",
            "--appendonly",
            "no",
            "--loglevel",
            "warning",
            "--dir",
            str(self._socket.parent),
        ]
        self._process = subprocess.Popen([self._program, *options, *quiet], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < deadline, "redis-server did not start in time"
            time.sleep(0.01)

    def kill(self) -> None:
        """Ends the server as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def freeze(self) -> None:
        """Lets the server hang: connections are taken, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    @contextmanager
    def client(self) -> Iterator[Redis]:
        """A client that looks behind the cache."""
        with Redis(unix_socket_path=str(self._socket), password=PASSWORD) as client:
            yield client

    def stored(self) -> list[bytes]:
        """All keys that are stored."""
        with self.client() as client:
            found: list[bytes] = list(client.scan_iter())
        return sorted(found)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except Unreachable:
            return False


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A running server, gone after the block; skips the test where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server here")
    # A socket's path holds at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="helix-redis-"))
    server = RedisServer(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
