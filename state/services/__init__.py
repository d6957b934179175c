"""Probes the services of `services.json`, remembers how they did, and reports them as one check."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from core.clock import Clock
from core.files.atomic import PRIVATE, Overtaken, replace_file
from core.files.reading import RefusedEdit, UnreadFile, read_edit_file
from core.health import HealthRegistry, Reading
from core.health.threshold import Threshold, fails_when, warns_when
from core.store import Database
from core.store.errors import StoreError
from core.store.moments import from_us, to_us
from core.text.numbers import plain
from state.services.services_file import BASE, NAME, SHIPPED, ServiceSpec, parse_services

if TYPE_CHECKING:
    import aiohttp

logger = logging.getLogger(__name__)

PROBE_EVERY_S: Final = 60.0
KEPT_FOR: Final = timedelta(days=8)
_CHECK: Final = "external-services"
_AT_ONCE: Final = 10
# How long after a read that failed the file is read again.
_REREAD_S: Final = 1.0


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one service did.

    Attributes:
        status_code: the HTTP status; None where none came.
        latency_s: from the request to the end of the answer; None where none came.
        error: what went wrong, for a person; None when it is well.
        changed_at: since when it has been well, or not; None before anything is known.
    """

    name: str
    ok: bool
    status_code: int | None
    latency_s: float | None
    error: str | None
    changed_at: datetime | None


class Uptime(msgspec.Struct, frozen=True):
    """How one service did over some time.

    Attributes:
        share: of the probes that found it well, 0 to 1.
        since: when the first of them was.
    """

    share: float
    since: datetime


OnResult = Callable[[ProbeResult], None]


class ServiceProbes:
    """The services, probed side by side.

    Args:
        session_factory: gives the process's shared client session.
        file: `services.json`; written with examples where it is missing.
        own_url: this process's own address, `{base}` in the file, until `set_own_url` is called.
        warn_above: with more services down than this, the check warns.
    """

    def __init__(
        self,
        session_factory: Callable[[], aiohttp.ClientSession],
        file: Path,
        *,
        clock: Clock,
        database: Database,
        health: HealthRegistry,
        own_url: str,
        warn_above: int = 0,
    ) -> None:
        self._bound = Threshold("down", "above", warn_above, None, ("SERVICES_DOWN_WARN",))
        self._thresholds = (
            self._bound,
            fails_when("every service", "down"),
            warns_when(NAME, "refused"),
            warns_when(NAME, "impossible to read"),
        )
        self._session_factory = session_factory
        self._file = file
        self._clock = clock
        self._database = database
        self._health = health
        self.own_url = own_url
        self._changed: dict[str, tuple[bool, datetime]] = {}
        self._latest: dict[str, ProbeResult] = {}
        self._lock = asyncio.Lock()
        self._unread = asyncio.Event()
        self.services: tuple[ServiceSpec, ...] = ()
        self.refusal: str | None = None

    def set_own_url(self, url: str) -> None:
        """Sets where this process's HTTP server listens, once that is known; never `PUBLIC_URL`."""
        self.own_url = url.rstrip("/")

    async def load(self) -> None:
        """Writes the examples where there is no file, reads it, and learns since when each is as it is."""
        if await self._is_missing():
            try:
                # Private: an operator's URLs may hold credentials.
                await asyncio.to_thread(replace_file, self._file, SHIPPED, None, new_mode=PRIVATE)
            except (OSError, Overtaken) as error:
                logger.warning("probes.examples_not_written error=%s", type(error).__name__)
        await self.read_file()
        self._changed = await self._database.read(_last_changes)

    async def read_file(self) -> None:
        """Reads `services.json` again. What cannot be taken keeps the last good list; the check says why."""
        before = self.refusal
        try:
            content = await read_edit_file(self._file)
            self.services = () if content is None else parse_services(content.data)
            self.refusal = None
            self._unread.clear()
        except RefusedEdit as error:
            self.refusal = f"{NAME} is refused, {error}"
            self._unread.clear()
        except UnreadFile as error:
            self.refusal = f"{NAME} is not taken yet: {error}"
            self._unread.set()
        if self.refusal is not None and self.refusal != before:
            logger.warning("probes.not_taken reason=%s", self.refusal)
        names = {service.name for service in self.services}
        self._latest = {name: result for name, result in self._latest.items() if name in names}
        self._report()

    async def reread(self) -> None:
        """Supervised: reads the file again after a read that failed, until one succeeds."""
        while True:
            await self._unread.wait()
            await asyncio.sleep(_REREAD_S)
            await self.read_file()

    async def probe_all(self, on_result: OnResult | None = None) -> tuple[ProbeResult, ...]:
        """Probes every service now, ten at a time; in the order of the file.

        Args:
            on_result: called with each result as it comes.
        """
        async with self._lock:
            limit = asyncio.Semaphore(_AT_ONCE)

            async def one(service: ServiceSpec) -> ProbeResult:
                async with limit:
                    result = self._dated(await self._probe(service))
                if on_result is not None:
                    on_result(result)
                return result

            results = tuple(await asyncio.gather(*(one(service) for service in self.services)))
            # The file may have been edited meanwhile: who is no longer in it is no longer down.
            names = {service.name for service in self.services}
            self._latest = {result.name: result for result in results if result.name in names}
            self._report()
            now = self._clock.now()
            try:
                await self._database.write(lambda connection: _insert(connection, now, results))
            except StoreError as error:
                # They were measured all the same; only the uptime lacks them.
                logger.warning("probes.not_kept error=%s", error)
            return results

    async def run_once(self) -> None:
        """One supervised round."""
        await self.probe_all()

    async def uptime(self, name: str, window: timedelta) -> Uptime | None:
        """How a service did within `window`; None where it was not probed."""
        since = to_us(self._clock.now() - window)

        def work(connection: sqlite3.Connection) -> Uptime | None:
            share, first_us = connection.execute(
                "SELECT avg(ok), min(at_us) FROM probes WHERE name = ? AND at_us >= ?", (name, since)
            ).fetchone()
            return None if share is None else Uptime(float(share), from_us(first_us))

        return await self._database.read(work)

    async def prune(self) -> int:
        """Forgets probes that are older than eight days; gives how many that was."""
        limit = to_us(self._clock.now() - KEPT_FOR)
        return await self._database.write(
            lambda connection: connection.execute("DELETE FROM probes WHERE at_us < ?", (limit,)).rowcount
        )

    async def _is_missing(self) -> bool:
        try:
            return await read_edit_file(self._file) is None
        except (RefusedEdit, UnreadFile):
            return False

    async def _probe(self, service: ServiceSpec) -> ProbeResult:
        import aiohttp

        from core.http.client_session import ask

        url = service.url.replace(BASE, self.own_url, 1)
        begun = time.perf_counter()
        status: int | None = None
        try:
            answer = await ask(self._session_factory(), service.method, url, timeout_s=service.timeout_s)
            status = answer.status
            error = None if status == service.expect_status else f"HTTP {status}"
        except TimeoutError:
            error = f"no answer within {plain(service.timeout_s)} s"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            # The type says enough; a client's text may hold the address, which may hold a token.
            error = type(failure).__name__
        return ProbeResult(
            name=service.name,
            ok=error is None,
            status_code=status,
            latency_s=None if status is None else time.perf_counter() - begun,
            error=error,
            changed_at=None,
        )

    def _dated(self, result: ProbeResult) -> ProbeResult:
        known = self._changed.get(result.name)
        if known is None or known[0] != result.ok:
            known = (result.ok, self._clock.now())
            self._changed[result.name] = known
        return msgspec.structs.replace(result, changed_at=known[1])

    def _report(self) -> None:
        down = sorted(result.name for result in self._latest.values() if not result.ok)
        up = len(self._latest) - len(down)
        reading = Reading(
            counters={
                "services": len(self.services),
                "probed": len(self._latest),
                "up": up,
                "down": len(down),
            },
            thresholds=self._thresholds,
        )
        if self.refusal is not None and (up or not down):
            mend = "It is read again until that works" if self._unread.is_set() else f"Mend {NAME}"
            action = f"{mend}; the last good list is probed meanwhile."
            reading = reading.become("warn", self.refusal, action)
        elif down:
            verdict = self._bound.judge(len(down)) if up else "fail"
            action = "See what answers at their addresses, or take them out of services.json."
            reading = reading.become(verdict, f"not well: {', '.join(down)}", action)
        else:
            reason = "" if self._latest else "nothing probed yet" if self.services else "nothing to probe"
            reading = reading.become("pass", reason, "")
        self._health.take(_CHECK, reading)


def _insert(connection: sqlite3.Connection, at: datetime, results: tuple[ProbeResult, ...]) -> None:
    connection.executemany(
        "INSERT INTO probes (at_us, name, ok, status_code, latency_us, error) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                to_us(at),
                result.name,
                result.ok,
                result.status_code,
                None if result.latency_s is None else round(result.latency_s * 1e6),
                result.error,
            )
            for result in results
        ],
    )


def _last_changes(connection: sqlite3.Connection) -> dict[str, tuple[bool, datetime]]:
    """Each service's last state, and when the unbroken run of it began."""
    rows = connection.execute(
        "SELECT name, ok, min(at_us) FROM probes AS p WHERE id > coalesce((SELECT max(id) FROM probes AS q "
        "WHERE q.name = p.name AND q.ok != (SELECT ok FROM probes AS r WHERE r.name = p.name "
        "ORDER BY id DESC LIMIT 1)), 0) GROUP BY name"
    )
    return {str(name): (bool(ok), from_us(at_us)) for name, ok, at_us in rows}
