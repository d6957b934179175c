"""The page at /: rendered on the server, so that it shows values before scripts run."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from string import Template
from typing import Final, final

from aiohttp import web

from core.version import VERSION
from state.collective import Collective
from state.models import METRICS
from state.status.assessment import overall
from state.status.records import StatusView
from web.answers.headers import page_policy
from web.dashboard.assets import FOLDER, Assets
from web.dashboard.drawings import draw_strand
from web.dashboard.parts import (
    UNKNOWN_AGENTS,
    WORDS,
    agent_columns,
    alert_items,
    bound_items,
    check_items,
    icon,
    metric_panel,
    moment,
    ritual_sentence,
)

_LINKS: Final = (
    "/docs", "/status", "/health", "/agents", "/ucf", "/slo", "/commands", "/metrics", "/webhooks",
)  # fmt: skip


@final
class DashboardPage:
    """The page template and its files, read once.

    Args:
        below: the path of PUBLIC_URL, which starts each link.

    Attributes:
        content_security_policy: allows files and connections of this server, and nothing inline.
        sign_in: the sign-in page, which a browser gets instead of a page that needs the token.
    """

    def __init__(self, below: str = "") -> None:
        self.content_security_policy = page_policy(files=True, connects=True)
        self.assets = Assets(below=below)
        scripts = "\n".join(
            f'<link rel="modulepreload" href="{self.assets.path(name)}">'
            for name in self.assets.names
            if name.endswith(".js") and name not in {"main.js", "theme.js", "signin.js"}
        )
        template, session, sign_in = (
            (FOLDER / name).read_text(encoding="utf-8")
            for name in ("index.html", "session.html", "signin.html")
        )
        assets = self.assets.path("").rstrip("/")
        self.sign_in = (
            Template(sign_in)
            .substitute(assets=assets, session=session, strand=draw_strand(UNKNOWN_AGENTS))
            .encode()
        )
        self._template = Template(
            Template(template).safe_substitute(
                assets=assets,
                session=session,
                scripts=scripts,
                below=below,
                version=escape(VERSION),
                links="".join(f'<li><a href="{below}{path}">{path}</a></li>' for path in _LINKS),
            )
        )

    def render(self, collective: Collective, status: StatusView, *, by_session: bool = False) -> bytes:
        """The page with the current values, as UTF-8 HTML; `by_session` adds a button to end the session."""
        shown = overall(status.status, status.ucf)
        return self._template.substitute(
            reader="session" if by_session else "open",
            status=shown,
            status_word=WORDS[shown],
            status_icon=icon(shown),
            assessment=escape(status.assessment),
            facts=_facts(status),
            strand=draw_strand(collective.monitor.agents()),
            metrics="".join(metric_panel(name, status) for name in METRICS),
            agents=agent_columns(collective.monitor.agents()),
            agents_count=f"{status.agents_active} of {status.agents_total} active",
            alerts=alert_items(collective.alerts.open()),
            ritual=ritual_sentence(status.ritual),
            checks=check_items(collective.kernel.health.checks()),
            bounds=bound_items(collective.kernel.health.checks()),
        ).encode()

    def render_closed(self) -> bytes:
        """The page without values, for a browser that is not signed in."""
        shown = defaultdict(
            str,
            reader="closed",
            status="unknown",
            status_word="Sign in to see",
            status_icon=icon("unknown"),
            assessment="This server needs its read token before it shows values.",
            strand=draw_strand(UNKNOWN_AGENTS),
            metrics="".join(metric_panel(name, None) for name in METRICS),
            agents=agent_columns(UNKNOWN_AGENTS, known=False),
        )
        return self._template.substitute(shown).encode()


DASHBOARD = web.AppKey("dashboard", DashboardPage)


def _facts(status: StatusView) -> str:
    facts = {
        "State": f'<span data-fact="version">{status.state_version}</span>',
        "Changed": f'<span data-fact="changed">{moment(status.state_changed_at)}</span>',
        "Running since": f'<span data-fact="started">{moment(status.started_at)}</span>',
        "Gateway": f'<span data-fact="gateway">{status.gateway.status}</span>',
    }
    return "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
