"""A real PostgreSQL for the tests: one server for each worker, and a schema of its own for each test."""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from core.store.migrations import Migration

_DEBIAN = Path("/usr/lib/postgresql")
# initdb and postgres refuse to run as root.
_ACCOUNTS = ("postgres", "nobody")
# Linux takes the ports of clients from 32768 up: a client could connect to itself there.
_PORTS = range(20_000, 32_000)
_START_S = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "32MB",
    "wal_recycle": "off",
    "logging_collector": "off",
    "log_min_messages": "fatal",
}


def find_programs() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest PostgreSQL installed; None if there is none."""
    versions = sorted((path for path in _DEBIAN.glob("*/bin") if (path / "initdb").exists()), key=_major)
    found = shutil.which("initdb")
    return versions[-1] if versions else Path(found).parent if found else None


def _major(programs: Path) -> int:
    name = programs.parent.name
    return int(name) if name.isdigit() else 0


def _identity() -> dict[str, Any]:
    """Arguments of subprocess that drop root's rights."""
    if os.geteuid() != 0:
        return {}
    known = {account.pw_name for account in pwd.getpwall()}
    name = next(name for name in _ACCOUNTS if name in known)
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class PostgresServer:
    """A server that can be stopped, killed and started again on the same data and port."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._identity = _identity()
        self._process: subprocess.Popen[bytes] | None = None
        self._schemas = count(1)
        self._filled: dict[tuple[int, ...], str] = {}
        self.port = _free_port()

    def create(self) -> None:
        """Makes the data folder."""
        command = [str(self._programs / "initdb"), "--pgdata", str(self._data), "--username", "helix"]
        options = ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        done = subprocess.run([*command, *options], capture_output=True, check=False, **self._settings())
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        """Starts the server, and returns once it takes connections."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        where = ["-D", str(self._data), "-k", str(self._folder), "-p", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            command = [str(self._programs / "postgres"), *where, *settings]
            self._process = process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=log, **self._settings()
            )
        deadline = time.monotonic() + _START_S
        while not self._answers():
            assert process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start in time"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server; its connections are ended."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Ends the server as a crash of the machine would: its backends end without a word."""
        assert self._process is not None
        # Stopped first: it would start new ones in their place.
        self._process.send_signal(signal.SIGSTOP)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        self._end(signal.SIGKILL)
        # A new server refuses to start while one of them still holds the shared memory.
        while any(map(_is_running, children)):
            time.sleep(0.002)

    def url(self, schema: str = "public") -> str:
        """The address with a schema in which unqualified names are made and found."""
        return f"postgresql://helix@127.0.0.1:{self.port}/postgres?options={quote(f'-csearch_path={schema}')}"

    def fresh_url(self) -> str:
        """The address of a new, empty schema."""
        schema = f"test_{next(self._schemas)}"
        self.execute(f"CREATE SCHEMA {schema}")
        return self.url(schema)

    def emptied_url(self, migrations: Sequence[Migration]) -> str:
        """The address of a schema with the tables of these migrations, or without any, and without rows.

        It is given out again for the same migrations, since emptying tables is faster than making them.
        """
        numbers = tuple(migration.number for migration in migrations)
        url = self._filled.get(numbers)
        if url is None:
            url = self._filled[numbers] = self.fresh_url()
        with psycopg.connect(url, autocommit=True) as connection:
            tables = connection.execute(
                "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = current_schema() "
                "AND tablename NOT IN ('applied_migrations')"
            ).fetchall()
            if tables:
                names = ", ".join(name for (name,) in tables)
                connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE".encode())
        return url

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Runs one statement in a connection of its own; gives the rows, if there are any."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _settings(self) -> dict[str, Any]:
        # The working folder of the tests may be closed to the other account.
        return {"cwd": self._folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, **self._identity}

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, gone after the block; skips the test where PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: neither initdb nor /usr/lib/postgresql is installed")
    # A socket's path holds at most 107 bytes, and pytest's folders are closed to the other account.
    folder = Path(tempfile.mkdtemp(prefix="helix-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    server = PostgresServer(programs, folder)
    try:
        if account := server._identity:
            os.chown(folder, account["user"], account["group"])
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: str) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    # Its state stands behind the name in brackets; Z has ended and was not asked for its exit code yet.
    return status.rpartition(")")[2].split()[0] != "Z"


def _free_port() -> int:
    for port in random.SystemRandom().sample(_PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port for PostgreSQL")
