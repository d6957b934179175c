"""Probes the services in `services.json`, stores the results, and reports them as one check."""

from __future__ import annotations

import asyncio
import logging
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
from core.store import Store
from core.store.errors import StoreError
from core.store.moments import from_us, to_us
from core.store.tx import Value
from core.text.numbers import plain
from state.kinds import PROBES
from state.services import probe_table
from state.services.services_file import BASE, NAME, SHIPPED, ServiceSpec, parse_services

if TYPE_CHECKING:
    import aiohttp

logger = logging.getLogger(__name__)

PROBE_EVERY_S: Final = 60.0
KEPT_FOR: Final = timedelta(days=8)
_CHECK: Final = "external-services"
_AT_ONCE: Final = 10
# Seconds after which a file that could not be read is read again.
_REREAD_S: Final = 1.0


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of probing one service.

    Attributes:
        status_code: the HTTP status; None without an answer.
        latency_s: from the request to the end of the answer; None without an answer.
        error: what went wrong, as text for people; None if the service is up.
        changed_at: since when it has been up, or down; None before that is known.
    """

    name: str
    ok: bool
    status_code: int | None
    latency_s: float | None
    error: str | None
    changed_at: datetime | None


class Uptime(msgspec.Struct, frozen=True):
    """The uptime of a service in a period.

    Attributes:
        share: share of probes that found it up, 0 to 1.
        since: the time of the first probe.
    """

    share: float
    since: datetime


OnResult = Callable[[ProbeResult], None]


class ServiceProbes:
    """Probes the services, several at a time.

    Args:
        session_factory: returns the process's shared client session.
        file: `services.json`; written with examples if it is missing.
        own_url: what `{base}` in the file stands for; `set_own_url` replaces it.
        warn_above: the check warns if more services than this are down.
    """

    def __init__(
        self,
        session_factory: Callable[[], aiohttp.ClientSession],
        file: Path,
        *,
        clock: Clock,
        database: Store,
        health: HealthRegistry,
        own_url: str,
        warn_above: int = 0,
    ) -> None:
        self._bound = Threshold("down", "above", warn_above, None, ("SERVICES_DOWN_WARN",))
        self._thresholds = (
            self._bound,
            fails_when("every service", "down"),
            warns_when(NAME, "refused"),
            warns_when(NAME, "not readable"),
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
        """Writes the examples if there is no file; reads it, and when each service last changed."""
        if await self._is_missing():
            try:
                # Private, since URLs may contain credentials.
                await asyncio.to_thread(replace_file, self._file, SHIPPED, None, new_mode=PRIVATE)
            except (OSError, Overtaken) as error:
                logger.warning("probes.examples_not_written error=%s", type(error).__name__)
        await self.read_file()
        await self._read_changes()

    async def reload(self) -> None:
        """Takes over the results of the process that probes."""
        await self._read_changes()
        names = {service.name for service in self.services}
        self._latest = {
            name: self._dated(
                ProbeResult(
                    name=name,
                    ok=bool(ok),
                    status_code=status_code,
                    latency_s=None if latency_us is None else latency_us / 1e6,
                    error=error,
                    changed_at=None,
                )
            )
            for name, ok, status_code, latency_us, error in await self._database.read(probe_table.newest)
            if name in names
        }
        self._report()

    async def _read_changes(self) -> None:
        changes = await self._database.read(probe_table.last_changes)
        self._changed = {name: (bool(ok), from_us(at_us)) for name, ok, at_us in changes}

    async def read_file(self) -> None:
        """Reads `services.json`; if it is not valid, the last good list stays and the check warns."""
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
            self.refusal = f"{NAME} could not be read: {error}"
            self._unread.set()
        if self.refusal is not None and self.refusal != before:
            logger.warning("probes.not_taken reason=%s", self.refusal)
        names = {service.name for service in self.services}
        self._latest = {name: result for name, result in self._latest.items() if name in names}
        self._report()

    async def reread(self) -> None:
        """Reads the file again after a failed read, until it succeeds (supervised)."""
        while True:
            await self._unread.wait()
            await asyncio.sleep(_REREAD_S)
            await self.read_file()

    async def probe_all(self, on_result: OnResult | None = None) -> tuple[ProbeResult, ...]:
        """Probes every service now, ten at a time; results in the order of the file.

        Args:
            on_result: called with each result as it arrives.
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
            # The file may have been edited meanwhile: drop services that are no longer in it.
            names = {service.name for service in self.services}
            self._latest = {result.name: result for result in results if result.name in names}
            self._report()
            rows = [_row(self._clock.now(), result) for result in results]
            try:
                await self._database.write(lambda tx: probe_table.insert(tx, rows), kinds=PROBES)
            except StoreError as error:
                # The results are still valid; only the uptime statistics lack them.
                logger.warning("probes.not_kept error=%s", error)
            return results

    async def run_once(self) -> None:
        """Probes every service (supervised)."""
        await self.probe_all()

    async def uptime(self, name: str, window: timedelta) -> Uptime | None:
        """The uptime of a service in the last `window`; None if it was not probed."""
        since = to_us(self._clock.now() - window)

        found = await self._database.read(lambda tx: probe_table.uptime(tx, name, since))
        return None if found is None else Uptime(found[0], from_us(found[1]))

    async def prune(self) -> int:
        """Deletes probes older than 8 days; returns how many."""
        limit = to_us(self._clock.now() - KEPT_FOR)
        return await self._database.write(lambda tx: probe_table.prune(tx, limit))

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
            # Only the class: the text may contain the URL, which may contain a token.
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
            start = "It is read again automatically" if self._unread.is_set() else f"Correct {NAME}"
            action = f"{start}. Until then the last good list is probed."
            reading = reading.become("warn", self.refusal, action)
        elif down:
            verdict = self._bound.judge(len(down)) if up else "fail"
            action = f"Check these services, or remove them from {NAME}."
            reading = reading.become(verdict, f"down: {', '.join(down)}", action)
        else:
            reason = "" if self._latest else "nothing probed yet" if self.services else "no services"
            reading = reading.become("pass", reason, "")
        self._health.take(_CHECK, reading)


def _row(at: datetime, result: ProbeResult) -> tuple[Value, ...]:
    return (
        to_us(at),
        result.name,
        int(result.ok),
        result.status_code,
        None if result.latency_s is None else round(result.latency_s * 1e6),
        result.error,
    )
