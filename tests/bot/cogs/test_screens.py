"""How replies look: within Discord's limits whatever they are given, and saying what matters."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cogs.agents import _screens as agent_screens
from bot.cogs.agents._history import History
from bot.cogs.agents._roster import Roster, Sheet
from bot.cogs.monitoring import _metrics_screen, _screens
from bot.cogs.monitoring._discovery import Address
from bot.cogs.monitoring._health import HealthView
from bot.cogs.monitoring._heartbeat import Pulse
from bot.cogs.monitoring._metrics import MetricsView, Traffic, WebhookCounts
from bot.cogs.monitoring._ping import PingView
from bot.text import embeds
from core.cache import CacheStats
from core.health import Check
from core.health.threshold import Threshold
from state.agents import AgentView, find_agent
from state.journal import JournalEntry
from state.models import DEFAULT_UCF, METRICS
from state.slo.objectives import TARGETS, SloReport, judge
from state.status.records import GatewayStatus, RitualBrief, StatusView, WebhooksStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)

texts = st.one_of(st.text(max_size=40), st.builds(lambda text: text * 500, st.text(min_size=1, max_size=9)))
shares = st.one_of(st.none(), st.floats(0, 1))
seconds = st.one_of(st.none(), st.floats(0, 1e6))
checks = st.builds(
    Check,
    name=texts,
    status=st.sampled_from(["pass", "warn", "fail"]),
    since=st.just(NOW),
    time=st.just(NOW),
    reason=texts,
    action=texts,
)
pulses = st.builds(
    Pulse,
    name=texts,
    ok=st.booleans(),
    answer=texts,
    latency_s=seconds,
    changed_at=st.sampled_from([None, NOW]),
    uptime=shares,
)
addresses = st.builds(Address, method=texts, url=texts, link=texts, gives=texts, needs=texts)
traffic = st.builds(
    Traffic,
    name=texts,
    count=st.integers(0, 10**12),
    failed=st.integers(0, 10**12),
    p50_s=seconds,
    p95_s=seconds,
    p99_s=seconds,
)
entries = st.builds(
    JournalEntry, id=st.just(1), at=st.just(NOW), kind=st.just("agent"), subject=texts,
    cause=st.just("system"), after=texts, actor=st.none() | texts, reason=st.none() | texts,
)  # fmt: skip
agents = st.builds(
    AgentView,
    name=texts,
    symbol=st.just("🜂"),
    layer=st.just("Consciousness"),
    role=texts,
    subsystem=texts,
    status=st.sampled_from(["active", "degraded", "down", "stale"]),
    external=st.booleans(),
    detail=texts,
    load=shares,
    since=st.sampled_from([None, NOW]),
    task=st.one_of(st.none(), texts),
    counters=st.dictionaries(texts, st.one_of(st.floats(), st.integers(), texts), max_size=30),
)


def fits(embed: discord.Embed) -> None:
    embeds.check(None, [embed])


def slo_report(over_s: float) -> SloReport:
    """The hit rate is 50 %; nothing else has been measured yet."""
    objectives = [
        judge(target, 0.5, 1_000) if target.name == "hit_rate" else judge(target, None, 0)
        for target in TARGETS
    ]
    since = NOW - timedelta(seconds=over_s)
    return SloReport(since=since, until=NOW, met=False, promises=tuple(objectives))


def text_of(embed: discord.Embed) -> str:
    parts = [embed.title, embed.description, *(f"{field.name}\n{field.value}" for field in embed.fields)]
    return "\n".join(part for part in parts if part)


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(checks, max_size=60), page=st.integers(-5, 500))
def test_any_number_of_checks_fits_on_pages(shown: list[Check], page: int) -> None:
    view = HealthView("warn", tuple(shown))
    fits(_screens.health(view, page).embed)
    cards = [_screens.health(view, number).embed for number in range(_screens.health(view, 0).count)]
    since = f"<t:{int(NOW.timestamp())}:R>"
    assert sum((card.description or "").count(since) for card in cards) == len(shown)


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(pulses, max_size=60))
def test_any_number_of_services_fits(shown: list[Pulse]) -> None:
    fits(_screens.heartbeat(shown))


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(addresses, max_size=60), page=st.integers(-5, 500))
def test_any_number_of_routes_fits_on_pages(shown: list[Address], page: int) -> None:
    fits(_screens.discovery(shown, page).embed)


@settings(deadline=None, max_examples=50)
@given(
    section=st.sampled_from([None, "http", "commands", "cache", "webhooks"]),
    whole=traffic,
    rows=st.lists(traffic, max_size=10),
    name=texts,
    share=shares,
)
def test_metrics_fit(
    section: str | None, whole: Traffic, rows: list[Traffic], name: str, share: float | None
) -> None:
    cache = CacheStats(name, name, 1, 2, 3.0, 4, 5, 6, 7, share, 8.0)
    view = MetricsView(
        section=section,  # type: ignore[arg-type]  # one of the four
        http=whole,
        commands=whole,
        rows=tuple(rows),
        caches=(cache,) * 30,
        hit_rate=share,
        memory_bytes=None if share is None else 10**9,
        lag_s=(0.0, 1.0),
        slo=slo_report(60.0),
        webhooks=COUNTS,
    )
    fits(_metrics_screen.metrics(view))


@settings(deadline=None, max_examples=50)
@given(agent=agents, check=st.one_of(st.none(), checks))
def test_an_agent_fits_whatever_it_reports(agent: AgentView, check: Check | None) -> None:
    fits(agent_screens.sheet(Sheet(agent, check)))
    fits(agent_screens.roster(Roster((("Consciousness", (agent,) * 14),), 1, 14)))


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(entries, max_size=60), page=st.integers(-5, 500))
def test_any_history_fits_on_pages(shown: list[JournalEntry], page: int) -> None:
    history = History(tuple(shown), len(shown) + 5, 1)
    fits(agent_screens.history(history, find_agent("Kael"), 7, page, show_people=True).embed)


def status_view(**changes: object) -> StatusView:
    fields: dict[str, object] = {
        "status": "pass",
        "assessment": "In harmony.",
        "version": "1.2.3",
        "started_at": NOW,
        "ucf": DEFAULT_UCF,
        "trends_since": None,
        "trends": {**dict.fromkeys(METRICS, "steady"), "harmony": "up", "klesha": "down"},
        "agents_active": 9,
        "agents_total": 14,
        "gateway": GatewayStatus(status="pass", reason="", since=NOW),
        "webhooks": WebhooksStatus(status="pass", inbox_waiting=0, outbox_waiting=2, open_breakers=1),
        "ritual": None,
        "state_version": 3,
        "state_changed_at": NOW,
        "state_source": "file",
    }
    return StatusView(**{**fields, **changes})  # type: ignore[arg-type]  # a test's shorthand


def test_status_says_everything_on_one_screen() -> None:
    embed = _screens.status(status_view())
    text = text_of(embed)
    for part in (
        "In harmony.",
        "`0.50` ↗ **harmony**",
        "↘ **klesha**",
        "→ **zoom**",
        "9 of 14 active",
        "**Gateway** connected",
        "**Webhooks** 0 in, 2 out waiting · 1 breaker not closed",
        "**Ritual** none yet",
        "<t:1767225600:R>",
        "version 3, file",
    ):
        assert part in text
    assert len(text.splitlines()) <= 18
    assert "1.2.3" in str(embed.footer.text)


def test_the_arrows_say_what_they_are_compared_with() -> None:
    assert "Arrows: against an hour ago" in text_of(_screens.status(status_view()))
    young = text_of(_screens.status(status_view(trends_since=NOW)))
    assert "hour ago" not in young
    assert "Arrows: since <t:1767225600:R>, when the history begins" in young


def test_status_is_not_green_while_a_value_is_critical_though_every_check_passes() -> None:
    strained = msgspec.structs.replace(DEFAULT_UCF, prana=0.1)
    embed = _screens.status(status_view(ucf=strained))
    assert embed.title == "🟡 Helix"
    assert embed.colour == embeds.colour("warn")


def test_status_names_why_the_gateway_is_away() -> None:
    away = GatewayStatus(status="fail", reason="not connected yet", since=NOW)
    text = text_of(_screens.status(status_view(gateway=away)))
    assert "**Gateway** not connected: not connected yet" in text


def test_status_shows_the_running_or_the_last_ritual() -> None:
    running = RitualBrief(id=3, kind="z88", status="running", steps=27, started_at=NOW, ended_at=None)
    text = text_of(_screens.status(status_view(ritual=running)))
    assert f"**Ritual** 3, 27 steps, running, began {embeds.relative(NOW)}" in text
    done = msgspec.structs.replace(running, status="done", ended_at=NOW)
    text = text_of(_screens.status(status_view(ritual=done)))
    assert f"**Ritual** 3, 27 steps, done {embeds.relative(NOW)}" in text


def test_health_shows_status_reason_time_action_and_bounds() -> None:
    check = Check(
        name="store",
        status="fail",
        since=NOW,
        time=NOW,
        reason="disk full",
        action="Make room.",
        thresholds=(Threshold("waiting", "above", 9, None, ("FULL",)),),
    )
    text = text_of(_screens.health(HealthView("fail", (check,)), 0).embed)
    for part in (
        "Something is broken",
        "1 failing",
        "**store** fail · <t:1767225600:R>",
        "disk full",
        "→ Make room.",
        "-# Warns with more than 9 waiting (FULL).",
    ):
        assert part in text


def test_ping_says_what_is_not_measured_yet() -> None:
    view = PingView(None, 0.0001, 0.002, NOW, "1.2.3")
    assert "**Gateway** not measured yet" in text_of(_screens.ping(view, None))
    assert "**Round trip** measuring…" in text_of(_screens.ping(view, None))
    assert "**Round trip** 42 ms" in text_of(_screens.ping(view, 0.042))


def test_heartbeat_counts_the_services_that_are_down() -> None:
    up = Pulse("api", True, "HTTP 200", 0.01, NOW, 1.0, 86_400)
    down = Pulse("db", False, "no answer within 5 s", None, None, None)
    embed = _screens.heartbeat([down, up])
    assert embed.title == "💓 1 of 2 down"
    assert "no answer within 5 s" in text_of(embed)
    assert "no history yet" in text_of(embed)
    assert _screens.heartbeat([up]).title == "💓 1 of 1 up"


@pytest.mark.parametrize(
    ("over_s", "said"),
    [
        (1, "no history yet"),
        (600, "100% over 10 min 0 s"),
        (86_350, "100% over 24 h"),
        (86_400, "100% over 24 h"),
    ],
)
def test_an_uptime_says_over_how_long(over_s: float, said: str) -> None:
    pulse = Pulse("api", True, "HTTP 200", 0.01, NOW, 1.0, over_s)
    assert said in text_of(_screens.heartbeat([pulse]))


def test_heartbeat_without_services_says_where_to_list_them() -> None:
    assert "services.json" in text_of(_screens.heartbeat([]))


def test_progress_shows_which_service_answered() -> None:
    assert _screens.beat("api", ok=True) == "✅ api"
    assert _screens.beat("db", ok=False) == "❌ db"


def test_discovery_shows_whole_addresses_and_their_token() -> None:
    text = text_of(
        _screens.discovery(
            [Address("GET", "http://h/status", "http://h/status", "The state", "READ_TOKEN")], 0
        ).embed
    )
    assert "**GET** http://h/status\nThe state · 🔑 READ_TOKEN" in text
    assert "no HTTP routes" in text_of(_screens.discovery([], 0).embed)


COUNTS = WebhookCounts(
    accepted=12, duplicates=1, handled=11, given_up=0, delivered=199, failed=3, dead=1, lag_p95_s=0.25
)


def test_health_shows_commands_as_code() -> None:
    check = Check(name="alerts", status="warn", since=NOW, time=NOW, action="See `/alerts`; mend it.")
    assert "→ See `/alerts`; mend it." in _screens._check(check)


def metrics_view(section: str | None, over_s: float = 86_400) -> MetricsView:
    rows = (Traffic("/status", 10, 1, 0.001, 0.002, 0.003),)
    empty = Traffic("all", 0, 0, None, None, None)
    wanted: Any = section
    size = 100 * 1024 * 1024
    return MetricsView(wanted, rows[0], empty, rows, (), 0.5, size, (0.001, 0.01), slo_report(over_s), COUNTS)


def test_metrics_overview_has_the_numbers_and_the_objectives() -> None:
    text = text_of(_metrics_screen.metrics(metrics_view(None)))
    for part in (
        "**HTTP** 10 · 1 failed (10%)",
        "1 ms / 2 ms / 3 ms",
        "**Commands** nothing yet",
        "**Memory** 100 MiB",
        "❌ Hit rate > 80%: 50%",
        "⚪ Uptime > 99.9%: no data yet",
    ):
        assert part in text


def test_the_objectives_say_over_how_long() -> None:
    assert "Objectives over 24 h" in text_of(_metrics_screen.metrics(metrics_view(None)))
    assert "Objectives over 10 min 0 s" in text_of(_metrics_screen.metrics(metrics_view(None, over_s=600)))
    assert "Objectives over" not in text_of(_metrics_screen.metrics(metrics_view(None, over_s=1)))


def test_metrics_sections_show_their_rows() -> None:
    assert "`/status`" in text_of(_metrics_screen.metrics(metrics_view("http")))
    assert "**All** nothing yet" in text_of(_metrics_screen.metrics(metrics_view("commands")))
    assert "**Hit rate** 50%" in text_of(_metrics_screen.metrics(metrics_view("cache")))


def test_metrics_of_webhooks_count_both_ways() -> None:
    text = text_of(_metrics_screen.metrics(metrics_view("webhooks")))
    for part in (
        "12 accepted · 1 duplicates",
        "199 delivered · 3 failed attempts · 1 dead",
        "99.5%",
        "250 ms",
    ):
        assert part in text


def test_an_agent_sheet_shows_its_subsystem_and_health() -> None:
    agent = AgentView(
        name="Shadow", symbol="📜", layer="Integration", role="archive", subsystem="journal and disk",
        status="degraded", external=False, detail="slow disk", load=0.5, since=NOW, task="filing",
        counters={"size_bytes": 12345678, "p95_s": 0.012, "rate": 0.25, "mode": "wal", "kept_days": 365},
    )  # fmt: skip
    check = Check(
        name="journal", status="warn", since=NOW, time=NOW, action="Look at the disk.", observed_value=3,
        observed_unit="ms",
    )  # fmt: skip
    text = text_of(agent_screens.sheet(Sheet(agent, check)))
    for part in (
        "📜 Shadow – archive", "**degraded** since <t:1767225600:R>", "slow disk", "→ Look at the disk.",
        "**Bound to** journal and disk", "**Task** filing", "▰▰▰▰▰▱▱▱▱▱ 50%", "**Check** journal: warn, 3 ms",
        "**size** 11.8 MiB", "**p95** 12 ms", "**rate** 0.25", "**mode** wal", "**kept days** 365",
    ):  # fmt: skip
        assert part in text


def test_an_agent_sheet_shows_readable_times_shares_and_commands() -> None:
    agent = AgentView(
        name="SanghaCore", symbol="🙏", layer="Integration", role="unity", subsystem="Discord gateway",
        status="active", external=False, detail="", since=NOW, counters={"since": "2026-01-01T00:00:00Z"},
    )  # fmt: skip
    check = Check(
        name="gateway", status="pass", since=NOW, time=NOW, action="See `/health`.", observed_value=0.1043,
        observed_unit="s",
    )  # fmt: skip
    text = text_of(agent_screens.sheet(Sheet(agent, check)))
    for part in ("**Check** gateway: pass, 104 ms", "**since** <t:1767225600:R>", "→ See `/health`."):
        assert part in text


def test_an_external_agent_says_when_it_reported() -> None:
    agent = AgentView(
        name="Gemini", symbol="🌐", layer="Operational", role="scout", subsystem="reports by heartbeat",
        status="active", external=True, detail="as it reported itself", since=NOW,
    )  # fmt: skip
    assert "reported <t:1767225600:R>" in text_of(agent_screens.sheet(Sheet(agent, None)))
    assert "external" in text_of(agent_screens.roster(Roster((("Operational", (agent,)),), 1, 14)))


def entry(after: str, actor: str | None = None, reason: str | None = None) -> JournalEntry:
    return JournalEntry(
        id=1, at=NOW, kind="agent", subject="Kael", cause="system", after=after, actor=actor, reason=reason
    )


def test_history_shows_names_and_reasons_if_given() -> None:
    shown = History((entry("down", actor="Ada", reason="a drill"), entry("active")), 2, 9)
    embed = agent_screens.history(shown, find_agent("Kael"), 7, 0, show_people=True).embed
    assert "-# by Ada · a drill" in text_of(embed)
    assert embed.title == "🜂 Kael, last 7 days"
    assert embed.footer.text == "2 entries"


@pytest.mark.parametrize(("days", "span"), [(1, "last day"), (30, "last 30 days")])
def test_an_empty_history_says_so(days: int, span: str) -> None:
    assert span in text_of(
        agent_screens.history(History((), 0, 0), find_agent("Kael"), days, 0, show_people=True).embed
    )


def test_a_cut_history_says_how_much_there_is() -> None:
    shown = History((entry("a"),) * 9, 20, 9)
    footer = agent_screens.history(shown, find_agent("Kael"), 7, 1, show_people=True).embed.footer.text
    assert footer == "Page 2 of 2 · the newest 9 of 20"


def test_a_saying_is_shown_with_its_agent() -> None:
    text = text_of(agent_screens.wisdom("Look up.", find_agent("Vega")))
    assert text == "“Look up.”\n– 🌠 **Vega**, safety"


def test_a_cache_that_was_not_used_has_no_hit_rate() -> None:
    stats = CacheStats(
        name="http:/status", owner="web", size=0, max_entries=1, ttl_s=5.0, hits=0, misses=0, coalesced=0,
        stale=0, hit_rate=None, oldest_age_s=None,
    )  # fmt: skip
    view = dataclasses.replace(metrics_view("cache"), caches=(stats,))
    assert "**http:/status** not used yet · 0 of 1" in text_of(_metrics_screen.metrics(view))
