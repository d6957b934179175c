"""Run the checks one after another; only one self-test runs at a time."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bot.cogs.diagnostics._model import Bench, Finding, NamedCheck, Outcome, Report, Result
from core.errors import HelixError, new_incident
from core.logs import EACH
from core.runtime.drain import Drain
from core.version import VERSION

logger = logging.getLogger(__name__)

_KIND = "self-test"

OnResult = Callable[[int, Result], None]


class SelfTestRunning(HelixError):
    """Another self-test is running."""


class StoppedByRestart(HelixError):
    """Helix is shutting down, so the self-test was cancelled."""


@contextmanager
def alone(drain: Drain) -> Iterator[None]:
    """Keep other self-tests from starting inside the `with` block.

    Raises:
        SelfTestRunning: a self-test is running.
    """
    if drain.in_flight().get(_KIND):
        raise SelfTestRunning("A self-test is already running. Try again when it has ended.")
    with drain.work(_KIND):
        yield


async def run_checks(bench: Bench, checks: Sequence[NamedCheck], on_result: OnResult) -> Report:
    """Run all checks, even after failures; a shutdown cancels them.

    Args:
        bench: what the checks run on.
        checks: run in this order.
        on_result: called after each check with the number of finished checks.

    Raises:
        StoppedByRestart: Helix is shutting down.
    """
    task = asyncio.create_task(_run_all(bench, checks, on_result), name=_KIND)
    bench.bot.kernel.drain.track(task, _KIND, at_once=True)
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            raise
        raise StoppedByRestart(
            "Helix is shutting down and cancelled the self-test. Run it again later."
        ) from None


async def _run_all(bench: Bench, checks: Sequence[NamedCheck], on_result: OnResult) -> Report:
    clock = bench.bot.kernel.clock
    begun_at, begun = clock.now(), clock.monotonic()
    results: list[Result] = []
    for check in checks:
        started = clock.monotonic()
        finding = await _find(bench, check)
        results.append(
            Result(
                group=check.group,
                name=check.name,
                outcome=finding.outcome,
                took_s=clock.monotonic() - started,
                text=finding.text,
            )
        )
        on_result(len(results), results[-1])
    counts: Counter[Outcome] = Counter(result.outcome for result in results)
    return Report(
        outcome="fail" if counts["fail"] else "pass",
        begun_at=begun_at,
        took_s=clock.monotonic() - begun,
        version=VERSION,
        counts=dict(counts),
        results=tuple(results),
    )


async def _find(bench: Bench, check: NamedCheck) -> Finding:
    try:
        async with asyncio.timeout(check.timeout_s) as limit:
            return await check.run(bench)
    except HelixError as error:
        return Finding("fail", str(error))
    except Exception as error:
        if limit.expired():
            return Finding("fail", f"not done after {check.timeout_s:g} s")
        incident = new_incident()
        logger.exception("self_test.check_failed check=%r incident=%s", check.name, incident, extra=EACH)
        return Finding("fail", f"it raised {type(error).__name__} (incident {incident}; see the log)")
