"""What a chart is made of, as it is handed to the worker; imports nothing that draws."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

MarkKind = Literal["ritual", "tune", "file", "alert", "other"]


class Dot(msgspec.Struct, frozen=True, array_like=True):
    """A value at a moment, and the bounds around it (the same three times where there are none)."""

    at: datetime
    value: float
    low: float
    high: float


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    at: datetime
    kind: MarkKind


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One value over time.

    Attributes:
        name: as the axis names it, with its `meaning` in plain words.
        low: least possible value, `high` the greatest.
        good_low: from here to `good_high` it is good.
        critical_low: below it is critical; None where a low value never is. Likewise `critical_high`.
        dots: in order of time.
        exact: each dot's value held until the next one; else they are means with extremes.
        forecast: what is expected after the last dot, with its band.
        note: one short line, such as why there is no forecast.
        marks: what happened to this value.
    """

    name: str
    meaning: str
    low: float
    high: float
    good_low: float
    good_high: float
    critical_low: float | None
    critical_high: float | None
    dots: tuple[Dot, ...]
    exact: bool
    forecast: tuple[Dot, ...] = ()
    note: str = ""
    marks: tuple[Mark, ...] = ()


class ChartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole picture: one panel large, or several as small multiples.

    Attributes:
        title: at most some 40 characters.
        since: where the time axis begins; `now` is where the forecast does, and `until` its end.
    """

    title: str
    since: datetime
    now: datetime
    until: datetime
    panels: tuple[Panel, ...]
