"""`agents.json`: the external agents and their last reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from core.files.reading import FileContent, RefusedEdit
from core.files.strict_json import key_position, parse_object
from core.suggestions import closest
from state.agents import AHEAD, ROSTER
from state.change import Change
from state.journal.differences import report_rows
from state.models import AgentReport, ReportStatus, Snapshot
from state.projection.documents import pretty

_STATUSES: Final[tuple[ReportStatus, ...]] = ("active", "degraded", "down")
_FIELDS: Final = ("status", "task", "load", "reported_at")
_TASK_LENGTH: Final = 200
_AwareMoment = Annotated[datetime, msgspec.Meta(tz=True)]


class AgentsEdit(msgspec.Struct, frozen=True):
    """The content of `agents.json`.

    Attributes:
        undated: agents without a time in the file; the time of the file counts instead.
        written_ahead: the file is dated in the future, so its time is ignored and is no heartbeat.
    """

    reports: Mapping[str, AgentReport]
    undated: frozenset[str]
    written_ahead: bool

    def matches(self, snapshot: Snapshot) -> bool:
        """Whether the reports equal those of the state; times of undated ones are not compared."""
        return self._aligned(snapshot) == dict(snapshot.reports)

    def refreshes(self, snapshot: Snapshot) -> bool:
        """Whether the file was written again after an undated agent's last report in the state."""
        if self.written_ahead or not self.matches(snapshot):
            return False
        return any(
            self.reports[name].reported_at > snapshot.reports[name].reported_at for name in self.undated
        )

    def change(self, snapshot: Snapshot) -> Change:
        """The change that takes over the reports; undated ones only if they are newer."""
        if self.matches(snapshot) and not self.refreshes(snapshot):
            return Change()
        rows = report_rows(snapshot.reports, self.reports, cause="file")
        return Change(reports=self.reports, journal=rows, source="file")

    def _aligned(self, snapshot: Snapshot) -> dict[str, AgentReport]:
        aligned = dict(self.reports)
        for name in self.undated & snapshot.reports.keys():
            aligned[name] = msgspec.structs.replace(
                aligned[name], reported_at=snapshot.reports[name].reported_at
            )
        return aligned


class AgentsDocument:
    """`agents.json`: the external agents by name, each with status, task, load and report time."""

    name = "agents.json"

    def render(self, snapshot: Snapshot) -> bytes:
        """The file's content: every external agent with its last report."""
        return pretty(
            {
                name: {
                    "status": report.status,
                    "task": report.task,
                    "load": report.load,
                    "reported_at": report.reported_at.isoformat(),
                }
                for name, report in sorted(snapshot.reports.items())
            }
        )

    def parse(self, content: FileContent, now: datetime) -> AgentsEdit:
        """Parses the file; a report without a time gets the time of the file."""
        values, text = parse_object(content.data)
        names = {spec.name.casefold(): spec.name for spec in ROSTER}
        ahead = content.modified_at > now + AHEAD
        reader = _ReportReader(text, now if ahead else content.modified_at, now)
        reports: dict[str, AgentReport] = {}
        undated = set()
        for key, value in values.items():
            place = key_position(text, key)
            name = names.get(key.casefold())
            if name is None:
                raise RefusedEdit(_unknown("agent", key, list(names.values())), *place)
            if name in reports:
                raise RefusedEdit(f"{name} is given twice", *place)
            reports[name] = reader.read(name, key, value)
            if isinstance(value, dict) and value.get("reported_at") is None:
                undated.add(name)
        return AgentsEdit(reports, frozenset(undated), ahead)


class _ReportReader:
    """Reads one agent's report from the parsed file."""

    def __init__(self, text: str, written_at: datetime, now: datetime) -> None:
        self._text = text
        self._written_at = written_at
        self._now = now

    def read(self, name: str, key: str, value: object) -> AgentReport:
        if not isinstance(value, dict):
            wanted = f'{name} must be an object, such as {{"status": "active"}}'
            raise RefusedEdit(wanted, *key_position(self._text, key))
        for field in value:
            if field not in _FIELDS:
                place = key_position(self._text, key, field)
                raise RefusedEdit(_unknown("field", field, _FIELDS), *place)
        for field, fits, wanted in (
            ("status", _is_status, f"one of {', '.join(_STATUSES)}"),
            ("task", _is_task, f"a text of at most {_TASK_LENGTH} characters"),
            ("load", _is_load, "a number between 0 and 1"),
            ("reported_at", self._is_past, "a past time with a time zone, such as 2026-01-31T12:00:00Z"),
        ):
            if not fits(value.get(field)):
                place = key_position(self._text, key, field)
                raise RefusedEdit(f"{field} of {name} must be {wanted}", *place)
        load = value.get("load")
        return AgentReport(
            agent=name,
            status=value["status"],
            reported_at=self._moment(value.get("reported_at")) or self._written_at,
            task=value.get("task"),
            load=None if load is None else float(load),
        )

    def _is_past(self, value: object) -> bool:
        moment = self._moment(value)
        return value is None or (moment is not None and moment <= self._now + AHEAD)

    def _moment(self, value: object) -> datetime | None:
        try:
            return msgspec.convert(value, _AwareMoment).astimezone(UTC)
        except (msgspec.ValidationError, OverflowError):
            return None


def _is_status(value: object) -> bool:
    return value in _STATUSES


def _is_task(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, str) and len(value) <= _TASK_LENGTH


def _is_load(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    guess = closest(name, known)
    hint = f"did you mean {guess}?" if guess else f"known are {', '.join(known)}"
    return f"unknown {kind} {name[:64]!r}: {hint}"
