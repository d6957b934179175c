"""The registry into which every subsystem reports how it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from core.clock import Clock
from core.health.threshold import Status, Threshold, warns_when

__all__ = [
    "LONGEST_REASON", "STATUSES", "Check", "CounterValue", "HealthRegistry", "OnChange", "Reading", "Status",
]  # fmt: skip

logger = logging.getLogger(__name__)

# From well to not.
STATUSES: tuple[Status, ...] = ("pass", "warn", "fail")
CounterValue = float | str

# It goes out in events and messages, which have bounds of their own; a longer one is cut.
LONGEST_REASON: Final = 1000
_NO_COUNTERS: Mapping[str, CounterValue] = MappingProxyType({})


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe found; the fields mean the same as those of `Check`."""

    status: Status = "pass"
    reason: str = ""
    action: str = ""
    observed_value: float | str | None = None
    observed_unit: str | None = None
    load: float | None = None
    counters: Mapping[str, CounterValue] = _NO_COUNTERS
    thresholds: tuple[Threshold, ...] = ()

    def become(self, status: Status, reason: str, action: str) -> Reading:
        """The same with another verdict; where it passes, there is nothing to do."""
        action = "" if status == "pass" else action
        return msgspec.structs.replace(self, status=status, reason=reason, action=action)


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One named check, as last reported.

    Attributes:
        since: when the status last changed.
        time: when it was last looked at.
        reason: why, for a person; it holds no moving numbers, since a new reason counts as a change.
        action: what to do about it; empty when the status is "pass".
        observed_value: the measured number or word, in `observed_unit`.
        load: how busy the subsystem is, 0 to 1.
        counters: further numbers, which may move without counting as a change.
        thresholds: what its verdict depends on.
        required: whether its failure is the failure of the whole.
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
        """What its verdict depends on, as one sentence; empty where nothing is known of it."""
        said = "; ".join(threshold.words() for threshold in self.thresholds)
        return f"{said[0].upper()}{said[1:]}." if said else ""


OnChange = Callable[[Check, Check | None], None]


class HealthRegistry:
    """Checks by name, and who wants to hear when one changes. Used from the event loop only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._checks: dict[str, Check] = {}
        self._probes: dict[str, tuple[Callable[[], Reading], bool]] = {}
        self._expected: dict[str, Check] = {}
        self._held: dict[str, tuple[Threshold, ...]] = {}
        self._listeners: list[OnChange] = []

    def expect(self, *names: str) -> None:
        """Show each as a required check that warns until it reports: a start must not look healthy."""
        now = self._clock.now()
        for name in names:
            self._expected[name] = Check(
                name=name,
                status="warn",
                since=now,
                time=now,
                reason="has not reported yet",
                thresholds=(warns_when("its first report", "missing"),),
                action="Wait a moment: Helix is starting. If it lasts, see the log.",
                required=True,
            )

    def hold_against(self, name: str, *thresholds: Threshold) -> None:
        """Say what `name` is held against, for readings that do not say it themselves."""
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
        """State how `name` is now; listeners hear of it when its status or reason changed."""
        reading = Reading(
            observed_value=observed_value,
            observed_unit=observed_unit,
            load=load,
            counters=counters or _NO_COUNTERS,
        )
        self.take(name, reading.become(status, reason, action), required=required)

    def add_probe(self, name: str, probe: Callable[[], Reading], *, required: bool = False) -> None:
        """Let `probe` say how `name` is at each refresh; it must be quick and read memory only."""
        self._probes[name] = (probe, required)

    def refresh(self) -> None:
        """Run every probe. One that raises is a failed check that names the exception's type."""
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
        """Forget a check and its probe; listeners see it pass one last time if it did not."""
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
        """The check of that name as last reported; None where nothing has reported yet."""
        return self._checks.get(name)

    def checks(self) -> tuple[Check, ...]:
        """All checks, sorted by name; those that are expected and have not reported, too."""
        shown = {**self._expected, **self._checks}
        return tuple(shown[name] for name in sorted(shown))

    def overall(self) -> Status:
        """Fail when a required check fails, else warn when any does not pass."""
        overall: Status = "pass"
        for check in self.checks():
            if check.status == "fail" and check.required:
                return "fail"
            if check.status != "pass":
                overall = "warn"
        return overall

    def on_change(self, callback: OnChange) -> Callable[[], None]:
        """Call `callback(check, previous)` at each change of status or reason; gives the way to stop it."""
        self._listeners.append(callback)

        def unsubscribe() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return unsubscribe

    def take(self, name: str, reading: Reading, *, required: bool = False) -> None:
        """State how `name` is now, as `report` does, for those who have a reading already."""
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
