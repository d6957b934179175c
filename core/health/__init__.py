"""The health registry, to which every subsystem reports its checks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from core.clock import Clock
from core.health.threshold import Status, Threshold, warns_when
from core.listeners import subscribe

__all__ = [
    "LONGEST_REASON", "STATUSES", "Check", "CounterValue", "HealthRegistry", "OnChange", "Reading", "Status",
]  # fmt: skip

logger = logging.getLogger(__name__)

# From best to worst.
STATUSES: tuple[Status, ...] = ("pass", "warn", "fail")
CounterValue = float | str

# Reasons go into events and messages, which have limits of their own; a longer one is cut.
LONGEST_REASON: Final = 1000
_NO_COUNTERS: Mapping[str, CounterValue] = MappingProxyType({})


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a probe; its fields mean the same as those of `Check`."""

    status: Status = "pass"
    reason: str = ""
    action: str = ""
    observed_value: float | str | None = None
    observed_unit: str | None = None
    load: float | None = None
    counters: Mapping[str, CounterValue] = _NO_COUNTERS
    thresholds: tuple[Threshold, ...] = ()

    def become(self, status: Status, reason: str, action: str) -> Reading:
        """A copy with another verdict; the action is dropped if the status is "pass"."""
        action = "" if status == "pass" else action
        return msgspec.structs.replace(self, status=status, reason=reason, action=action)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One named check, as last reported.

    Attributes:
        since: when the status last changed.
        time: when it was last reported.
        reason: why, as text for people; without changing numbers, since a new reason counts as a change.
        action: what to do about it; empty if the status is "pass".
        observed_value: the measured number or word, in `observed_unit`.
        load: how busy the subsystem is, 0 to 1.
        counters: further numbers, whose changes do not count as a change of the check.
        thresholds: the conditions of its verdict.
        required: whether its failure makes the overall status "fail".
    """

    name: str
    status: Status
    since: datetime
    time: datetime
    reason: str = ""
    action: str = ""
    observed_value: float | str | None = None
    observed_unit: str | None = None
    load: float | None = None
    counters: Mapping[str, CounterValue] = _NO_COUNTERS
    thresholds: tuple[Threshold, ...] = ()
    required: bool = False

    @property
    def bounds(self) -> str:
        """The conditions of its verdict as one sentence; empty if none are known."""
        said = "; ".join(threshold.words() for threshold in self.thresholds)
        return f"{said[0].upper()}{said[1:]}." if said else ""


OnChange = Callable[[Check, Check | None], None]


class HealthRegistry:
    """Checks by name, and the listeners to their changes. Used from the event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._checks: dict[str, Check] = {}
        self._probes: dict[str, tuple[Callable[[], Reading], bool]] = {}
        self._expected: dict[str, Check] = {}
        self._held: dict[str, tuple[Threshold, ...]] = {}
        self._listeners: list[OnChange] = []

    def expect(self, *names: str) -> None:
        """Adds required checks that warn until they report, so that a start does not look healthy."""
        now = self._clock.now()
        for name in names:
            self._expected[name] = Check(
                name=name,
                status="warn",
                since=now,
                time=now,
                reason="has not reported yet",
                thresholds=(warns_when("its first report", "missing"),),
                action="Wait a moment: Helix is starting. If it stays, see the log.",
                required=True,
            )

    def set_thresholds(self, name: str, *thresholds: Threshold) -> None:
        """Sets the thresholds of `name`, for readings that bring none."""
        self._held[name] = thresholds

    def report(
        self,
        name: str,
        status: Status,
        reason: str = "",
        *,
        action: str = "",
        observed_value: float | str | None = None,
        observed_unit: str | None = None,
        load: float | None = None,
        counters: Mapping[str, CounterValue] | None = None,
        required: bool = False,
    ) -> None:
        """Reports the state of `name`; listeners are called if its status or reason changed."""
        reading = Reading(
            observed_value=observed_value,
            observed_unit=observed_unit,
            load=load,
            counters=counters or _NO_COUNTERS,
        )
        self.take(name, reading.become(status, reason, action), required=required)

    def add_probe(self, name: str, probe: Callable[[], Reading], *, required: bool = False) -> None:
        """Registers a probe that `refresh` calls for `name`; it must be quick and not block."""
        self._probes[name] = (probe, required)

    def refresh(self) -> None:
        """Runs every probe; one that raises becomes a failed check with the exception's type."""
        for name, (probe, required) in tuple(self._probes.items()):
            try:
                reading = probe()
            except Exception as error:
                reading = Reading(
                    status="fail",
                    reason=f"its probe raised {type(error).__name__}",
                    action="See the log for the traceback.",
                )
                previous = self._checks.get(name)
                if previous is None or previous.reason != reading.reason:
                    logger.exception("health.probe_failed check=%s", name)
            self.take(name, reading, required=required)

    def remove(self, name: str) -> None:
        """Removes a check and its probe; if it was not passing, listeners see it pass once more."""
        self._probes.pop(name, None)
        self._expected.pop(name, None)
        previous = self._checks.get(name)
        if previous is None:
            return
        if previous.status != "pass":
            self.take(name, Reading(reason="no longer watched"), required=previous.required)
        self._checks.pop(name, None)
        self._held.pop(name, None)

    def get(self, name: str) -> Check | None:
        """The last report of that name; None if there is none yet."""
        return self._checks.get(name)

    def checks(self) -> tuple[Check, ...]:
        """All checks, sorted by name, including expected ones that have not reported yet."""
        shown = {**self._expected, **self._checks}
        return tuple(shown[name] for name in sorted(shown))

    def overall(self) -> Status:
        """The worst case: "fail" if a required check fails, else "warn" if any check does not pass."""
        overall: Status = "pass"
        for check in self.checks():
            if check.status == "fail" and check.required:
                return "fail"
            if check.status != "pass":
                overall = "warn"
        return overall

    def on_change(self, callback: OnChange) -> Callable[[], None]:
        """Calls `callback(check, previous)` at changes of status or reason; returns the unsubscriber."""
        return subscribe(self._listeners, callback)

    def take(self, name: str, reading: Reading, *, required: bool = False) -> None:
        """Reports a finished reading for `name`, like `report`."""
        previous = self._checks.get(name)
        if reading.thresholds:
            self._held[name] = reading.thresholds
        now = self._clock.now()
        reason = reading.reason
        if len(reason) > LONGEST_REASON:
            reason = f"{reason[: LONGEST_REASON - 1]}…"
        check = Check(
            name=name,
            status=reading.status,
            since=previous.since if previous is not None and previous.status == reading.status else now,
            time=now,
            reason=reason,
            action=reading.action,
            observed_value=reading.observed_value,
            observed_unit=reading.observed_unit,
            load=reading.load,
            counters=reading.counters,
            thresholds=self._held.get(name, ()),
            required=required,
        )
        self._checks[name] = check
        changed = previous is None or (previous.status, previous.reason) != (check.status, check.reason)
        if changed:
            self._announce(check, previous)

    def _announce(self, check: Check, previous: Check | None) -> None:
        if check.status != "pass" or previous is not None:
            level = logging.INFO if check.status == "pass" else logging.WARNING
            logger.log(
                level, "health.changed check=%s status=%s reason=%r", check.name, check.status, check.reason
            )
        for listener in tuple(self._listeners):
            try:
                listener(check, previous)
            except Exception:
                logger.exception("health.listener_failed check=%s", check.name)
