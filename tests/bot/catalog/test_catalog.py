"""The catalog against the uses of its commands and Discord's limits."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import catalog
from bot.catalog.entry import CommandEntry, Cooldown, Level
from bot.cogs.admin._caches import ACTIONS
from bot.cogs.monitoring._metrics import SECTIONS
from state.agents import LAYERS
from state.models import METRICS
from tests.commands.table import rows

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).resolve().parents[3]


def test_the_commands_are_those_of_the_tables_of_uses() -> None:
    assert {entry.name for entry in catalog.ENTRIES} == set(rows())


def test_the_entries_stand_in_the_order_of_their_cogs() -> None:
    assert list(dict.fromkeys(entry.cog for entry in catalog.ENTRIES)) == [cog.name for cog in catalog.COGS]


def test_the_entries_of_a_cog_stand_in_the_file_named_after_it() -> None:
    for cog in catalog.COGS:
        file = importlib.import_module(f"bot.catalog.{cog.name}")
        assert (cog, catalog.by_cog(cog.name)) == (file.COG, file.ENTRIES)


def test_every_name_and_alias_is_unique() -> None:
    names = Counter(name for entry in catalog.ENTRIES for name in (entry.name, *entry.aliases))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_is_within_discords_limits(entry: CommandEntry) -> None:
    # Discord API, "Application Command Naming" and "Application Command Option".
    for name in (entry.name, *(param.name for param in entry.params)):
        assert re.fullmatch(r"[a-z0-9_-]{1,32}", name)
    assert 1 <= len(entry.summary) <= 100
    assert len(entry.params) <= 25
    for param in entry.params:
        assert 1 <= len(param.meaning) <= 100
        assert len(param.choices) <= 25
    required = [param.required for param in entry.params]
    assert required == sorted(required, reverse=True)
    assert [param.kind for param in entry.params[:-1]].count("rest") == 0


@pytest.mark.parametrize("entry", catalog.ENTRIES, ids=lambda entry: entry.name)
def test_an_example_is_a_use_of_its_command(entry: CommandEntry) -> None:
    assert entry.example.split()[0] == f"!{entry.name}"


def test_find_knows_names_and_aliases_in_any_case() -> None:
    status = catalog.find("status")
    assert status is not None
    assert catalog.find("STAT") is status
    assert catalog.find("oracle") is catalog.find("8ball")
    assert catalog.find("nonsense") is None
    assert catalog.find("") is None


def test_by_cog_keeps_the_order_of_the_table() -> None:
    assert [entry.name for entry in catalog.by_cog("admin")] == [
        "cogs", "load", "unload", "reload", "flags", "cache",
    ]  # fmt: skip


def test_every_cog_is_there_and_has_every_command() -> None:
    for cog in catalog.COGS:
        folder = ROOT / "bot" / "cogs"
        source = "".join(
            path.read_text() for path in (*folder.glob(f"{cog.name}.py"), *(folder / cog.name).glob("*.py"))
        )
        for entry in catalog.by_cog(cog.name):
            assert f'@command("{entry.name}"' in source


def test_the_privileged_commands_are_those_of_the_table() -> None:
    def named(level: Level) -> set[str]:
        return {entry.name for entry in catalog.ENTRIES if entry.access.level is level}

    assert named(Level.mod) == {"schedule", "sync", "run", "webhooks", "breakers", "verify-setup"}
    assert named(Level.admin) == {
        "tune", "icon", "backup", "restore", "halt", "resume", "replay", "emit", "setup-roles", "setup",
        "welcome", "cogs", "load", "unload", "reload", "flags", "cache", "test-all",
    }  # fmt: skip
    assert named(Level.owner) == set()
    assert {entry.name for entry in catalog.ENTRIES if entry.access.local} == {
        "icon", "manifesto", "codex", "rules", "setup-roles", "setup", "verify-setup", "welcome",
    }  # fmt: skip
    assert {entry.name for entry in catalog.ENTRIES if entry.access.actions} == {
        "alerts", "storage", "breakers", "manifesto", "codex", "rules",
    }  # fmt: skip


def test_the_cooldowns_are_those_of_the_table() -> None:
    special = {entry.name: entry.cooldown for entry in catalog.ENTRIES if entry.cooldown != Cooldown(5, 10.0)}
    assert {name for name, cooldown in special.items() if cooldown == Cooldown(1, 60.0)} == {
        "sync", "backup", "setup", "test-all",
    }  # fmt: skip
    assert {name for name, cooldown in special.items() if cooldown == Cooldown(2, 10.0)} == {
        "heartbeat", "discovery",
    }  # fmt: skip
    assert {name for name, cooldown in special.items() if cooldown == Cooldown(3, 30.0)} == {
        "trend", "visualize", "icon",
    }  # fmt: skip


def test_suggest_names_each_command_once() -> None:
    assert "status" in catalog.suggest("statsu", catalog.ENTRIES)
    assert catalog.suggest("wisdm", catalog.ENTRIES)[0] == "wisdom"
    found = catalog.suggest("agent", catalog.ENTRIES)
    assert len({entry.name for name in found if (entry := catalog.find(name))}) == len(found) <= 3


def test_suggest_names_only_allowed_commands() -> None:
    assert catalog.suggest("reloda", catalog.by_cog("help")) == ()


@given(st.text(max_size=200))
def test_suggest_names_only_real_commands_for_any_word(word: str) -> None:
    for name in catalog.suggest(word, catalog.ENTRIES):
        assert catalog.find(name) is not None


def test_command_infos_are_plain_records_for_every_entry() -> None:
    infos = catalog.command_infos()
    assert [info.name for info in infos] == [entry.name for entry in catalog.ENTRIES]
    msgspec.json.encode(infos)
    alerts = next(info for info in infos if info.name == "alerts")
    assert alerts.access == "everyone, mod for ack, mod for mute"
    assert alerts.cooldown == "5 in 10 s"
    roles = next(info for info in infos if info.name == "roles")
    assert roles.where == ("server",)


def test_the_catalog_imports_nothing_heavy() -> None:
    code = "import sys, bot.catalog; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert {"discord", "aiohttp", "asyncio"} & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("command", "param", "words"),
    [
        ("ucf", "metric", tuple(METRICS)),
        ("agents", "layer", LAYERS),
        ("metrics", "section", SECTIONS),
        ("cache", "action", ACTIONS),
    ],
)
def test_the_choices_are_the_known_names(command: str, param: str, words: tuple[str, ...]) -> None:
    entry = catalog.find(command)
    assert entry is not None
    assert next(one for one in entry.params if one.name == param).choices == words
