"""One panel of a chart: zones, line, forecast, marks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from matplotlib import dates
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bot.pictures.chart_request import ChartRequest, Dot, Mark, MarkKind, Panel

INK: Final = "#1B2733"
_FAINT: Final = "#5B6773"
_GRID: Final = "#DDE3E8"
_BLUE: Final = "#0072B2"
_SKY: Final = "#56B4E9"
_GREEN: Final = "#009E73"
_VERMILION: Final = "#D55E00"
_ORANGE: Final = "#E69F00"
_PURPLE: Final = "#AA4488"
# As words on their own zones; over 4.5 to 1 against them (WCAG 2.2, 1.4.3).
_DEEP_GREEN: Final = "#00664A"
_DEEP_RED: Final = "#9A3F00"

# What stands for one thing in the legend.
Handle = Artist | tuple[Artist, ...]

_MARKS: Final[dict[MarkKind, tuple[str, str, str]]] = {
    "ritual": ("ritual", "D", _PURPLE),
    "tune": ("tune", "^", _ORANGE),
    "file": ("edited file", "s", INK),
    "other": ("other change", "o", _FAINT),
    "alert": ("alert", "X", _VERMILION),
}
LEGEND_ORDER: Final = (
    "value", "mean, min to max", "forecast, 95% band", "good", "critical",
    *(name for name, _, _ in _MARKS.values()),
)  # fmt: skip
# The share of a metric's range that a panel shows at least, so that noise does not look like drama.
_LEAST_SPAN: Final = 0.4
_PADDING: Final = 0.06
_ON_THE_LINE: Final = 25
# Where the marks stand that are too many, as a share of the panel's height.
_FOOT: Final = 0.018


def draw(axis: Axes, request: ChartRequest, panel: Panel, *, small: bool) -> dict[str, Handle]:
    """Draws it; gives what the legend explains, by its words."""
    handles: dict[str, Handle] = {}
    bottom, top = _view(panel)
    axis.set_xlim(_number(request.since), _number(request.until))
    axis.set_ylim(bottom, top)
    handles |= _zones(axis, panel, small=small)
    handles |= _line(axis, request, panel, small=small)
    if panel.forecast:
        handles |= _forecast(axis, request, panel, small=small)
    handles |= _draw_marks(axis, panel, small=small)
    _dress(axis, request, panel, small=small)
    return handles


def _view(panel: Panel) -> tuple[float, float]:
    """What of the range is shown: the data, at least a share of the range, and what bounds are near."""
    whole = panel.high - panel.low
    seen = [one for dot in (*panel.dots, *panel.forecast) for one in (dot.low, dot.high)]
    if not seen:
        return panel.low, panel.high
    bottom, top = min(seen), max(seen)
    short = _LEAST_SPAN * whole - (top - bottom)
    if short > 0:
        bottom, top = bottom - short / 2, top + short / 2
    for bound in (panel.good_low, panel.good_high, panel.critical_low, panel.critical_high):
        if bound is not None and bottom - whole / 5 <= bound <= top + whole / 5:
            bottom, top = min(bottom, bound - whole / 20), max(top, bound + whole / 20)
    pad = _PADDING * (top - bottom)
    # A line on a bound of the range stays whole.
    edge = 0.015 * whole
    return max(bottom - pad, panel.low - edge), min(top + pad, panel.high + edge)


def _zones(axis: Axes, panel: Panel, *, small: bool) -> dict[str, Handle]:
    axis.axhspan(panel.good_low, panel.good_high, color=_GREEN, alpha=0.13, lw=0, zorder=0)
    for bound, outer in ((panel.critical_low, panel.low - 1), (panel.critical_high, panel.high + 1)):
        if bound is None:
            continue
        axis.axhspan(
            *sorted((bound, outer)), facecolor=_VERMILION, alpha=0.10, hatch="//", edgecolor=_VERMILION,
            lw=0, zorder=0,
        )  # fmt: skip
        axis.axhline(bound, color=_VERMILION, lw=1.4 if small else 2.2, ls=(0, (5, 3)), zorder=1)
    if not small:
        _name_zones(axis, panel)
    return {
        "good": Patch(facecolor=_GREEN, alpha=0.25),
        "critical": Patch(facecolor=_VERMILION, alpha=0.22, hatch="//", edgecolor=_VERMILION),
    }


def _name_zones(axis: Axes, panel: Panel) -> None:
    """Says in the picture itself what each zone is, where it is high enough for a word."""
    bottom, top = axis.get_ylim()
    zones = [
        (f"good {panel.good_low:g} to {panel.good_high:g}", panel.good_low, panel.good_high, _DEEP_GREEN)
    ]
    if panel.critical_low is not None:
        zones.append((f"critical below {panel.critical_low:g}", bottom, panel.critical_low, _DEEP_RED))
    if panel.critical_high is not None:
        zones.append((f"critical above {panel.critical_high:g}", panel.critical_high, top, _DEEP_RED))
    for text, lower, upper, colour in zones:
        low, high = max(lower, bottom), min(upper, top)
        if high - low < 0.07 * (top - bottom):
            continue
        # A critical zone is named away from the line, at the edge of the picture.
        at_top = colour == _DEEP_GREEN or low > panel.good_high
        axis.text(
            0.012, (high if at_top else low) + (-0.015 if at_top else 0.015) * (top - bottom), text,
            transform=axis.get_yaxis_transform(), va="top" if at_top else "bottom", color=colour,
            fontsize=17, zorder=3,
        )  # fmt: skip


def _line(axis: Axes, request: ChartRequest, panel: Panel, *, small: bool) -> dict[str, Handle]:
    if not panel.dots:
        axis.text(
            0.5, 0.5, "no values in this time", transform=axis.transAxes, ha="center", va="center",
            color=_FAINT, fontsize=16 if small else 26,
        )  # fmt: skip
        return {}
    # What was last holds until now.
    last = panel.dots[-1]
    shown = (*panel.dots, Dot(request.now, last.value, last.low, last.high))
    moments = [_number(dot.at) for dot in shown]
    values = [dot.value for dot in shown]
    width = 2.4 if small else 4.0
    line = Line2D([], [], color=_BLUE, lw=4)
    if panel.exact:
        axis.step(
            moments, values, where="post", color=_BLUE, lw=width, zorder=4, solid_joinstyle="round",
            solid_capstyle="round",
        )  # fmt: skip
        handles: dict[str, Handle] = {"value": line}
    else:
        lows, highs = [dot.low for dot in shown], [dot.high for dot in shown]
        axis.fill_between(moments, lows, highs, step="post", color=_BLUE, alpha=0.22, lw=0, zorder=3)
        axis.step(moments, values, where="post", color=_BLUE, lw=width * 0.75, zorder=4)
        handles = {"mean, min to max": (Patch(facecolor=_BLUE, alpha=0.3), line)}
    axis.plot(
        [moments[-1]], [last.value if panel.exact else values[-1]], "o", color=_BLUE, ms=7 if small else 12,
        mec="white", mew=1.5 if small else 2.5, zorder=7, clip_on=False,
    )  # fmt: skip
    return handles


def _forecast(axis: Axes, request: ChartRequest, panel: Panel, *, small: bool) -> dict[str, Handle]:
    start = panel.dots[-1].value if panel.dots else panel.forecast[0].value
    dots = (Dot(request.now, start, start, start), *panel.forecast)
    moments = [_number(dot.at) for dot in dots]
    axis.fill_between(
        moments, [dot.low for dot in dots], [dot.high for dot in dots], color=_SKY, alpha=0.35, lw=0, zorder=2
    )
    axis.plot(
        moments, [dot.value for dot in dots], color=_BLUE, lw=2 if small else 3.2, ls=(0, (2, 1.4)), zorder=3
    )
    dashed = Line2D([], [], color=_BLUE, lw=3, ls=(0, (2, 1.4)))
    return {"forecast, 95% band": (Patch(facecolor=_SKY, alpha=0.5), dashed)}


def _draw_marks(axis: Axes, panel: Panel, *, small: bool) -> dict[str, Handle]:
    handles: dict[str, Handle] = {}
    for kind, (name, symbol, colour) in _MARKS.items():
        marks = [mark for mark in panel.marks if mark.kind == kind]
        if not marks:
            continue
        # Many would hide the line: they stand at the foot instead.
        many = len(marks) > _ON_THE_LINE
        size = (9.0 if many else 16.0) * (0.6 if small else 1.0)
        axis.plot(
            [_number(mark.at) for mark in marks],
            [_FOOT if many else _height(panel, mark) for mark in marks],
            symbol, color=colour, ms=size, mec="white", mew=size / 8, ls="none", zorder=6, clip_on=False,
            transform=axis.get_xaxis_transform() if many else axis.transData,
        )  # fmt: skip
        if kind == "alert" and len(marks) <= 12:
            for mark in marks:
                axis.axvline(_number(mark.at), color=_VERMILION, lw=1.2, ls=":", alpha=0.8, zorder=1)
        handles[name] = Line2D([], [], color=colour, marker=symbol, ms=13, mec="white", ls="none")
    return handles


def _height(panel: Panel, mark: Mark) -> float:
    """Where the line is at that moment."""
    value = panel.dots[0].value if panel.dots else panel.good_low
    for dot in panel.dots:
        if dot.at > mark.at:
            break
        value = dot.value
    return value


def _dress(axis: Axes, request: ChartRequest, panel: Panel, *, small: bool) -> None:
    axis.axvline(_number(request.now), color=_FAINT, lw=1.2 if small else 1.8, zorder=2)
    if not small:
        axis.text(
            _number(request.now), 1.008, "now", transform=axis.get_xaxis_transform(), ha="center",
            va="bottom", color=_FAINT, fontsize=18,
        )  # fmt: skip
    axis.grid(color=_GRID, lw=1, zorder=0)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axis.spines[side].set_color(_FAINT)
    axis.tick_params(colors=INK, length=4, labelsize=16 if small else 20)
    most = 5 if small else 7
    locator = dates.AutoDateLocator(tz=UTC, minticks=3, maxticks=most)  # type: ignore[no-untyped-call]  # so left by matplotlib
    axis.xaxis.set_major_locator(locator)
    formatter = dates.DateFormatter(_date_format(request), tz=UTC)  # type: ignore[no-untyped-call]  # likewise
    axis.xaxis.set_major_formatter(formatter)
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5 if small else 7))
    span = f"{panel.low:g} to {panel.high:g}"
    if small:
        now = f"  {panel.dots[-1].value:.2f}" if panel.dots else ""
        axis.set_title(f"{panel.name}{now}", loc="left", fontsize=20, fontweight="bold", color=INK)
        axis.set_title(span, loc="right", fontsize=16, color=_FAINT)
    else:
        axis.set_ylabel(f"{panel.name} ({panel.meaning}), {span}", color=INK, fontsize=21)
        axis.set_xlabel("time (UTC)", color=INK, fontsize=20)
    if panel.note and not small:
        axis.text(
            0.985, 0.04, panel.note, transform=axis.transAxes, ha="right", va="bottom", color=INK,
            fontsize=17, zorder=8, bbox={"facecolor": "white", "alpha": 0.85, "lw": 0, "pad": 5},
        )  # fmt: skip


def _date_format(request: ChartRequest) -> str:
    span = request.until - request.since
    if span <= timedelta(hours=36):
        return "%H:%M"
    return "%a %H:%M" if span <= timedelta(days=4) else "%d %b"


def _number(moment: datetime) -> float:
    return float(dates.date2num(moment))  # type: ignore[no-untyped-call]  # likewise
