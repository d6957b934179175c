"""Processes under measurement: start and stop, ports, CPU time, memory."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Linux gives outgoing connections ports from 32768 on, other systems from 49152 on.
_NEVER_GIVEN_PORTS = (20_000, 32_768)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free a moment ago, and that the system gives to no connection."""
    while True:
        port = random.SystemRandom().randrange(*_NEVER_GIVEN_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def cpu_s(pid: int) -> float:
    """CPU time of a process and all its threads so far, in seconds.

    Linux counts it in nanoseconds; the clock id is computed like glibc's clock_getcpuclockid.
    """
    return time.clock_gettime((~pid << 3) | 2)


def shared_mib(pid: int) -> float:
    """Proportional memory (PSS) of a process in MiB (proc(5))."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1024


def resident_mib(pid: int) -> float:
    """Resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running(
    arguments: Sequence[str], env: Mapping[str, str], *, heard: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process with a minimal environment; stopped at the end of the block.

    With `heard` its output can be read; it must fit into a pipe.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(  # noqa: S603 – starts this project's own programs
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if heard else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def helix(program: Sequence[str] = ("main.py",), **env: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Helix in its sandbox with a new data folder; yields the process and its HTTP port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "HELIX_DATA_DIR": folder,
            "PORT": str(port),
            "SANDBOX_PORT": "0",
            "LOG_LEVEL": "WARNING",
            **env,
        }
        with running(program, settings, heard=True) as process:
            yield process, port


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until a Helix with `heard` prints "ready".

    Raises:
        RuntimeError: it ended first.
    """
    assert process.stdout is not None  # noqa: S101 - a mistake in a benchmark
    for line in process.stdout:
        if line.startswith(b"ready in "):
            return
    raise RuntimeError("Helix ended before it was ready")


def wait_for_http(port: int, path: str, *, timeout_s: float = 90.0, every_s: float = 0.002) -> None:
    """Wait until GET `path` answers 200 on 127.0.0.1; polls every `every_s` seconds."""
    deadline = time.monotonic() + timeout_s
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(every_s)
    raise TimeoutError(f"no 200 from {path} on port {port} in {timeout_s} s")
