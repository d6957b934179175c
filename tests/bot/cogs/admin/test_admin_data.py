from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.access import Caller
from bot.cogs.admin import _caches, _cogs, _flags, _screens
from bot.cogs.admin._caches import NothingNamed
from bot.cogs.admin._cogs import WrongCogs
from bot.cogs.admin._flags import WrongSwitch
from bot.loading import CogFailure, CogStatus, LoadResult, UnknownCog
from bot.parts.everywhere import reads_files
from bot.text import embeds
from core.cache import CacheStats, UnknownCache
from core.flags import UnknownFlag
from core.runtime.kernel import Kernel
from state.projection.mirror import Refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADA = Caller(user_id=7, display_name="Ada", guild_id=1, at_home=True, administrator=True)
KNOWN = ("help", "monitoring", "agents", "admin")


def status(name: str, state: str = "loaded", **more: object) -> CogStatus:
    fields: dict[str, object] = {
        "load_ms": 12.0, "uses": 3, "commands": ("a", "b"), "error": None, "loaded_at": NOW, **more,
    }  # fmt: skip
    return CogStatus(name, state, **fields)  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    "line",
    [
        "help agents",
        "Help, agents",
        "help  help agents",
        "`help` agents",
        "“Help” “agents”",
        '"help", agents',
    ],
)
def test_cogs_are_named_in_a_line(line: str) -> None:
    assert _cogs.parse_cogs(line, KNOWN) == ("help", "agents")


def test_a_typo_in_a_cog_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownCog, match="Did you mean 'monitoring'"):
        _cogs.parse_cogs("help monitorng", KNOWN)


@pytest.mark.parametrize("line", ["", "  ", " , "])
def test_an_empty_list_of_cogs_is_answered_with_their_names(line: str) -> None:
    with pytest.raises(WrongCogs, match="admin, agents, help, monitoring"):
        _cogs.parse_cogs(line, KNOWN)


def test_a_group_cannot_be_combined_with_names() -> None:
    assert _cogs.parse_cogs("ALL", KNOWN, groups=("all", "changed")) == ("all",)
    with pytest.raises(WrongCogs, match="Use `all` alone"):
        _cogs.parse_cogs("all help", KNOWN, groups=("all", "changed"))


def test_a_group_is_unknown_to_commands_without_groups() -> None:
    with pytest.raises(UnknownCog):
        _cogs.parse_cogs("all", KNOWN)


def test_all_means_loaded_and_failed_cogs() -> None:
    statuses = [status("a"), status("b", "not yet"), status("c", "failed"), status("d", "disabled")]
    assert _cogs.pick(("all",), statuses, lambda: ()) == ("a", "c")


def test_changed_is_what_the_loader_finds_changed() -> None:
    assert _cogs.pick(("changed",), [], lambda: ["x"]) == ("x",)
    assert _cogs.pick(("a", "b"), [], lambda: ["x"]) == ("a", "b")


def test_the_journal_keeps_who_did_what_to_a_cog() -> None:
    row = _cogs.journal_row("reload", LoadResult("agents", ok=True, ms=3.0), ADA)
    assert (row.kind, row.subject, row.actor, row.actor_id) == ("cog", "agents", "Ada", 7)
    assert (row.reason, row.after) == ("reload agents", "reloaded")
    failed = _cogs.journal_row("reload", LoadResult("agents", ok=False, ms=3.0), ADA)
    assert failed.after == "reload failed"


@pytest.mark.parametrize(("word", "on"), [("on", True), ("OFF", False), (" true ", True), ("0", False)])
def test_a_switch_is_on_or_off(word: str, on: bool) -> None:
    assert _flags.parse_switch(word) is on


def test_a_word_other_than_on_or_off_is_refused() -> None:
    with pytest.raises(WrongSwitch, match="`on` or `off`, not `maybe`"):
        _flags.parse_switch("maybe")


@pytest.mark.parametrize("name", ["lazy_commands", "LAZY-COMMANDS", "ENABLE_LAZY_COMMANDS"])
def test_a_flag_is_found_by_either_name(kernel: Kernel, name: str) -> None:
    assert _flags.find_flag(kernel.flags, name).name == "lazy_commands"


def test_a_typo_in_a_flag_is_answered_with_the_nearest(kernel: Kernel) -> None:
    with pytest.raises(UnknownFlag, match="Did you mean"):
        _flags.find_flag(kernel.flags, "lazy_comands")


def test_the_journal_keeps_who_switched_a_flag(kernel: Kernel) -> None:
    before = _flags.find_flag(kernel.flags, "lazy_commands")
    after = kernel.flags.switch("lazy_commands", False)
    row = _flags.journal_row(before, after, ADA)
    assert (row.subject, row.before, row.after, row.actor) == ("lazy_commands", True, False, "Ada")


def test_a_cache_is_named_in_any_case(kernel: Kernel) -> None:
    kernel.caches.create("http", owner="web", max_entries=1, ttl_s=1)
    assert _caches.parse_name("HTTP", kernel.caches) == "http"
    assert _caches.parse_name("state", kernel.caches) == "state"
    with pytest.raises(UnknownCache, match="Did you mean 'http'"):
        _caches.parse_name("htp", kernel.caches)
    with pytest.raises(NothingNamed, match="http, state, all"):
        _caches.parse_name(None, kernel.caches)


def test_clearing_the_state_or_all_rereads_the_files() -> None:
    assert [reads_files(name) for name in ("state", "all", "http")] == [True, True, False]


def test_the_journal_keeps_who_cleared_a_cache() -> None:
    row = _caches.journal_row("http", 4, ADA)
    assert (row.kind, row.subject, row.before, row.actor) == ("cache", "http", 4, "Ada")


def test_each_result_has_a_tick_or_a_cross() -> None:
    assert (
        _screens.tick(LoadResult("agents", ok=True, ms=12.3), "reload") == "✅ **agents** reloaded in 12 ms"
    )


def test_a_failure_says_file_line_cause_and_that_the_old_code_stays() -> None:
    failure = CogFailure("bot/cogs/agents.py", 12, "SyntaxError", "invalid syntax", "ab12cd34")
    line = _screens.tick(LoadResult("agents", ok=False, ms=1, error=failure, kept_old=True), "reload")
    assert line == (
        "❌ **agents** not reloaded; the old code keeps running\n"
        "`bot/cogs/agents.py:12` SyntaxError: invalid syntax (incident `ab12cd34`)"
    )


def test_a_failure_without_a_file_still_says_why() -> None:
    nowhere = CogFailure("", None, "OSError", "gone", "ab12cd34")
    assert "\nOSError: gone (incident" in _screens.tick(
        LoadResult("a", ok=False, ms=1, error=nowhere), "load"
    )
    refused = CogFailure("", None, "Refused", "It stays.", "")
    assert _screens.tick(LoadResult("admin", ok=False, ms=0, error=refused), "unload").endswith(
        "not unloaded. It stays."
    )
    assert "cause unknown" in _screens.tick(LoadResult("a", ok=False, ms=1), "load")


def test_several_results_are_counted() -> None:
    embed = _screens.ticks(["✅ a", "❌ b"], "reload", failed=1)
    assert (embed.title, embed.description) == ("1 of 2 reloaded", "✅ a\n❌ b")


def test_cogs_show_state_load_time_uses_and_commands() -> None:
    failure = CogFailure("x.py", 1, "E", "m", "ab12cd34")
    shown = _screens.cogs(
        [
            status("help"),
            status("agents", "failed", error=failure, load_ms=None, loaded_at=None, commands=()),
        ],
        0,
    )
    text = shown.embed.description or ""
    assert "1 of 2 loaded, 1 failed" in text
    assert "🟢 **help** loaded <t:1767225600:R>\n-# 12 ms · 2 commands · 3 uses" in text
    assert "🔴 **agents** failed\n-# 4 commands · 3 uses\n`x.py:1` E: m" in text


def test_flags_show_their_value_and_its_source(kernel: Kernel) -> None:
    kernel.flags.switch("lazy_commands", False)
    text = _screens.flags(kernel.flags.describe()).description or ""
    assert "🟢 `response_caching` **on** (default)" in text
    assert "⚪ `lazy_commands` **off** (overridden until restart)" in text


def test_a_switch_shows_before_and_after(kernel: Kernel) -> None:
    before = _flags.find_flag(kernel.flags, "lazy_commands")
    after = kernel.flags.switch("lazy_commands", False)
    assert "**on** → **off**" in (_screens.switched(before, after).description or "")
    assert "is already **off**" in (_screens.switched(after, after).description or "")


def test_caches_show_their_counts(kernel: Kernel) -> None:
    cache = kernel.caches.create("http", owner="web", max_entries=5, ttl_s=60)
    assert "no use yet" in (_screens.caches(kernel.caches.stats(), enabled=True).description or "")
    for _ in range(2):
        cache.get_or_build("k", lambda: 1, ())
    text = _screens.caches(kernel.caches.stats(), enabled=False).description or ""
    assert "Caching is off" in text
    assert "**http** 1 of 5 · 50% hits\n-# hits 1, misses 1 · TTL 60 s · oldest 0 s · for web" in text
    assert _screens.caches((), enabled=True).description == "No cache yet."


def test_clearing_shows_the_removed_entries_and_the_problems_of_files() -> None:
    assert _screens.cleared("http", 1, None).description == "Cleared **http**: 1 entry removed."
    assert "read again" in (_screens.cleared("state", 2, ()).description or "")
    refused = _screens.cleared(
        "all", 2, (Refusal("ucf_state.json", 3, 4, "no number"), Refusal("a", None, None, "b"))
    )
    assert "❌ `ucf_state.json:3` no number\n❌ `a` b" in (refused.description or "")
    unread = _screens.cleared("all", 2, ("a.json: it cannot be read now (Input/output error)",))
    assert "❌ a.json: it cannot be read now (Input/output error)" in (unread.description or "")


texts = st.one_of(st.text(max_size=40), st.builds(lambda text: text * 500, st.text(min_size=1, max_size=9)))
failures = st.builds(
    CogFailure, file=texts, line=st.none() | st.integers(), type=texts, message=texts, incident=texts
)


@settings(deadline=None, max_examples=50)
@given(name=texts, error=st.none() | failures, page=st.integers(-3, 99))
def test_admin_replies_are_within_discords_limits(name: str, error: CogFailure | None, page: int) -> None:
    lines = [_screens.tick(LoadResult(name, ok=False, ms=1, error=error), "reload")] * 17
    shown = [status(name, "failed", error=error)] * 17
    stats = CacheStats(name, name, 1, 2, 3.0, 4, 5, 6, 7, 0.5, 8.0)
    refusal = Refusal(name, 1, 2, name)
    for embed in (
        _screens.ticks(lines, "reload", failed=17),
        _screens.cogs(shown, page).embed,
        _screens.caches([stats] * 60, enabled=False),
        _screens.cleared(name, 3, [refusal] * 60),
    ):
        embeds.check(None, [embed])
