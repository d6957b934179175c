"""What holds for the whole suite: no skip in CI, no heartbeat beyond its test, no example in a hurry,
Ctrl-C everywhere, folders in memory."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests.rewriting import rewrite_share

if TYPE_CHECKING:
    from tests.browser_support import Tabs
    from tests.postgres_server import PostgresServer
    from tests.stores import Stores

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_NO_SKIPS = "HELIX_NO_SKIPS"
_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder in it that only this account may enter
_ENOUGH_BYTES = 2 << 30
_TESTS = Path(__file__).parent
_MEASURED = {"bot", "core", "sandbox", "state", "web"}
_skipped: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_skipped] = []
    config.pluginmanager.register(_SkipLedger(config.stash[_skipped]), "skip-ledger")
    # A shell without job control starts what goes to the background deaf to SIGINT; children inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # The store flushes each commit to the disk. A kill of the process loses nothing in memory either.
    if _is_roomy(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    rewrite_share(config, _TESTS)


def _is_roomy(folder: Path) -> bool:
    """Whether programs may be run from the folder, and it has room for a run of the suite."""
    if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(folder).free > _ENOUGH_BYTES


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    # Modules and test items stay to the end: to look through them again and again would find no garbage.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # They run over again, or in processes of their own, what the other folders reach by themselves.
    for item in items:
        if not _MEASURED.intersection(item.path.relative_to(_TESTS).parts[:1]):
            item.add_marker("unmeasured")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    # The mark of pytest-cov, no_cover, leaves out the call alone: the setup is often the dearer part.
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if not controller or not item.get_closest_marker("unmeasured"):
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


@pytest.fixture(scope="session", autouse=True)
def tables_are_copied() -> Iterator[None]:
    from tests.fresh_store import copied_tables

    with copied_tables():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL for all tests of this worker."""
    from tests.postgres_server import postgres_server

    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """Opens stores; a test that uses it runs on each engine."""
    from tests.stores import Stores

    return Stores(request.param, tmp_path, lambda: request.getfixturevalue("postgres"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs() -> AsyncIterator[Tabs]:
    """The pages of one Chromium, which serves every test that drives one."""
    from tests.browser_support import Tabs, open_browser

    async with open_browser() as browser:
        yield Tabs(browser)


def pytest_xdist_auto_num_workers() -> int:
    # A third of the time is waiting: for disks, browsers and processes that are started.
    cores = os.cpu_count() or 1
    return cores + max(1, cores // 2)


def pytest_runtest_logfinish() -> None:
    # discord.py starts a heartbeat thread at HELLO. Where a connection is given up before READY nobody stops
    # it, and 41 s later it would fail in a test that has nothing to do with it.
    for thread in threading.enumerate():
        socket = getattr(thread, "ws", None)
        if thread.name.startswith("keep-alive-handler") and socket is not None and socket.loop.is_closed():
            thread.stop()  # type: ignore[attr-defined]  # discord.gateway.KeepAliveHandler has it


class _SkipLedger:
    def __init__(self, names: list[str]) -> None:
        self._names = names

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self._names.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if os.environ.get(_NO_SKIPS) and self._names and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if os.environ.get(_NO_SKIPS) and self._names:
            terminalreporter.section("skipped tests fail this run", red=True)
            for name in self._names:
                terminalreporter.line(name)
