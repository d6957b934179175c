"""The page at /: rendered here from state, without a script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Final, final

from core.version import VERSION
from state.agents import AgentView
from state.models import METRICS, Metric, judge
from state.status import StatusView
from web.content_policy import page_policy

_FOLDER: Final = Path(__file__).parent / "static"
_WORDS: Final = {"pass": "All well", "warn": "Needs attention", "fail": "Failing"}
_ARROWS: Final = {"up": "↑ rising", "down": "↓ falling", "steady": "→ steady"}
_LINKS: Final = (
    "/status", "/health", "/agents", "/ucf", "/commands", "/metrics", "/health/ready", "/health/live",
)  # fmt: skip


@final
class HomePage:
    """The template and its style, read once."""

    def __init__(self) -> None:
        style = (_FOLDER / "home.css").read_text(encoding="utf-8")
        self.content_security_policy = page_policy(styles=(style.encode(),))
        template = (_FOLDER / "home.html").read_text(encoding="utf-8")
        self._template = Template(Template(template).safe_substitute(style=style))

    def render(self, status: StatusView, agents: Iterable[AgentView]) -> bytes:
        """The page as UTF-8 HTML."""
        return self._template.substitute(
            status=escape(status.status),
            status_word=escape(_WORDS[status.status]),
            version=escape(VERSION),
            assessment=escape(status.assessment),
            state_version=status.state_version,
            changed_at=status.state_changed_at.isoformat(),
            changed_text=_readable(status.state_changed_at),
            started_at=status.started_at.isoformat(),
            started_text=_readable(status.started_at),
            metrics="\n".join(_metric(name, status) for name in METRICS),
            agents="\n".join(_agent(agent) for agent in agents),
            agents_active=status.agents_active,
            agents_total=status.agents_total,
            links="\n".join(f'<li><a href="{path}">{path}</a></li>' for path in _LINKS),
        ).encode()


def _metric(name: str, status: StatusView) -> str:
    metric = METRICS[name]
    value = getattr(status.ucf, name)
    verdict = judge(name, value)
    trend = _ARROWS.get(status.trends.get(name, ""), "")
    return (
        f'<li class="card"><h3>{escape(name.title())}</h3>'
        f'<span class="number {verdict}">{value:.3f}</span> <span class="soft">{trend}</span>'
        f'<meter min="{metric.low}" max="{metric.high}" {_bands(metric)} value="{value}" '
        f'aria-label="{escape(name)}"></meter>'
        f'<p class="soft">{escape(metric.meaning)}, {verdict}</p></li>'
    )


def _bands(metric: Metric) -> str:
    """What colours the bar: where the best region lies, and where the worst begins (HTML §4.10.14)."""
    if metric.critical_high is None:
        low, high, optimum = metric.critical_low, metric.good_low, metric.high
    elif metric.critical_low is None:
        low, high, optimum = metric.good_high, metric.critical_high, metric.low
    else:
        low, high, optimum = metric.good_low, metric.good_high, (metric.good_low + metric.good_high) / 2
    return f'low="{low}" high="{high}" optimum="{optimum}"'


def _agent(agent: AgentView) -> str:
    return (
        f'<li class="card"><h3>{escape(agent.symbol)} {escape(agent.name)}</h3>'
        f'<p><span class="state {escape(agent.status)}">{escape(agent.status)}</span> '
        f'<span class="soft">· {escape(agent.role)}</span></p>'
        f'<p class="soft">{escape(agent.detail or agent.subsystem)}</p></li>'
    )


def _readable(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
