"""The parts of the page that contain values; the scripts update them later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Final

from core.health import Check, Status
from state.agents import LAYERS, ROSTER, AgentStatus, AgentView
from state.alerts import Alert
from state.models import METRICS, Metric, judge
from state.status.records import RitualBrief, StatusView, Trend
from web.dashboard.drawings import draw_sign

WORDS: Final[Mapping[Status, str]] = {"pass": "All well", "warn": "Needs attention", "fail": "Failing"}
_TRENDS: Final[Mapping[Trend, str]] = {"up": "↑ rising", "down": "↓ falling", "steady": "→ steady"}
_ICONS: Final = {
    "good": "ok", "fair": "fair", "critical": "bad",
    "pass": "ok", "warn": "warn", "fail": "bad",
    "active": "ok", "degraded": "warn", "down": "bad", "stale": "idle",
    "info": "fair", "warning": "warn",
}  # fmt: skip
UNKNOWN_AGENTS: Final[tuple[AgentView, ...]] = tuple(
    AgentView(
        name=spec.name, symbol=spec.symbol, layer=spec.layer, role=spec.role, subsystem=spec.subsystem,
        status="stale", external=False, detail="",
    )
    for spec in ROSTER
)  # fmt: skip


def icon(kind: str) -> str:
    """An icon that shows a status by shape and colour; `kind` is any status of Helix."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{_ICONS.get(kind, "idle")}"/></svg>'


def moment(at: datetime) -> str:
    """A time in UTC, which a script converts to the reader's time zone."""
    return f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M} UTC</time>'


def metric_panel(name: str, status: StatusView | None) -> str:
    """The panel of one metric: value, judgement, gauge, and space for its chart; `status` None: no values."""
    metric = METRICS[name]
    value = None if status is None else float(getattr(status.ucf, name))
    verdict = "" if value is None else judge(name, value)
    number = "–" if value is None else f"{value:.3f}"
    return (
        f'<article class="panel metric" data-metric="{name}" data-judgement="{verdict}" {_bounds(metric)} '
        f'aria-labelledby="m-{name}"><header><h3 id="m-{name}">{escape(name.title())}'
        f" <small>{escape(metric.meaning)}</small></h3>"
        f'<span class="judgement">{icon(verdict)}<span>{verdict or "–"}</span></span></header>'
        f'<p class="reading"><span class="value">{number}</span>'
        f'<span class="unit">of {metric.high:g}</span>'
        f'<span class="trend">{"" if status is None else _trend(name, status)}</span></p>'
        f'{_gauge(metric, value)}<div class="plot"></div></article>'
    )


def _trend(name: str, status: StatusView) -> str:
    """The trend and its period; the scripts replace it by the trend over the chart's period."""
    since = "1 h" if status.trends_since is None else f"since {moment(status.trends_since)}"
    return f"{_TRENDS[status.trends[name]]}, {since}"


def agent_columns(agents: Iterable[AgentView], *, known: bool = True) -> str:
    """The fourteen agents in three columns, one for each layer."""
    shown = tuple(agents)
    return "".join(
        f'<section class="layer" aria-labelledby="l-{layer}"><h3 id="l-{layer}">{layer}</h3><ul>'
        f"{''.join(_agent(agent, known=known) for agent in shown if agent.layer == layer)}</ul></section>"
        for layer in LAYERS
    )


def alert_items(alerts: Iterable[Alert]) -> str:
    """Open alerts, newest first, at most 50."""
    newest = sorted(alerts, key=lambda alert: alert.raised_at, reverse=True)[:50]
    return "".join(
        f'<li data-severity="{escape(alert.severity)}">{icon(alert.severity)}<div><strong>'
        f"{escape(alert.summary)}</strong><small>{escape(alert.severity)} · {escape(alert.key)} · since "
        f"{moment(alert.raised_at)}</small></div></li>"
        for alert in newest
    )


def check_items(checks: Iterable[Check]) -> str:
    """All checks; those that do not pass come first, with what to do."""
    order: Mapping[Status, int] = {"fail": 0, "warn": 1, "pass": 2}
    return "".join(
        _check(check) for check in sorted(checks, key=lambda check: (order[check.status], check.name))
    )


def bound_items(checks: Iterable[Check]) -> str:
    """For each check: when its status last changed, and what decides it."""
    return "".join(
        f'<div><dt>{escape(check.name)}</dt><dd class="when">changed {moment(check.since)}</dd>'
        f"<dd>{escape(check.bounds)}</dd></div>"
        for check in sorted(checks, key=lambda check: check.name)
    )


def ritual_sentence(ritual: RitualBrief | None) -> str:
    """The running or last ritual in a sentence."""
    if ritual is None:
        return "No ritual has been held yet."
    return f"{escape(ritual.kind)}, {ritual.steps} steps: {escape(ritual.status)}."


def _bounds(metric: Metric) -> str:
    numbers = {
        "low": metric.low, "high": metric.high, "good-low": metric.good_low, "good-high": metric.good_high,
        "critical-low": metric.critical_low, "critical-high": metric.critical_high,
    }  # fmt: skip
    return " ".join(f'data-{key}="{value:g}"' for key, value in numbers.items() if value is not None)


def _gauge(metric: Metric, value: float | None) -> str:
    """The range as a bar with the good and critical zones and a mark at the value."""

    def at(number: float) -> float:
        return 100 * (number - metric.low) / (metric.high - metric.low)

    zones = [("good", metric.good_low, metric.good_high)]
    if metric.critical_low is not None:
        zones.append(("critical", metric.low, metric.critical_low))
    if metric.critical_high is not None:
        zones.append(("critical", metric.critical_high, metric.high))
    bars = "".join(
        f'<rect class="{kind}" x="{at(low):g}%" width="{at(high) - at(low):g}%" y="5" height="4"/>'
        for kind, low, high in zones
    )
    place = 0.0 if value is None else at(value)
    return (
        '<svg class="gauge" aria-hidden="true" height="14">'
        '<rect class="track" width="100%" y="5" height="4"/>'
        f'{bars}<rect class="mark" x="{place:g}%" width="4" height="14" rx="2"/></svg>'
    )


def _agent(agent: AgentView, *, known: bool) -> str:
    status: AgentStatus | str = agent.status if known else "unknown"
    detail = agent.task or agent.detail or agent.subsystem
    return (
        f'<li data-agent="{escape(agent.name)}" data-status="{escape(status)}">'
        f'<span class="symbol" aria-hidden="true">{draw_sign(agent.symbol)}</span>'
        f'<div><p class="who"><strong>{escape(agent.name)}</strong> <small>{escape(agent.role)}</small></p>'
        f'<p class="detail">{escape(detail)}</p></div>'
        f'<span class="state">{icon(status)}<span>{escape(status)}</span></span></li>'
    )


def _check(check: Check) -> str:
    # Backquotes mark commands in chat; here they would be noise.
    told = escape(f"{check.reason} {check.action}".strip()).replace("`", "")
    advice = "" if check.status == "pass" else f"<small>{told}</small>"
    word = f'<span class="unseen">{check.status}</span>' if check.status == "pass" else check.status
    return (
        f'<li data-status="{check.status}">{icon(check.status)}'
        f"<div><strong>{escape(check.name)}</strong>{advice}</div>"
        f'<span class="observed">{word}</span></li>'
    )
