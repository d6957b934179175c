"""Cogs are loaded on first use, once, and say what became of it."""

from __future__ import annotations

import asyncio
import sys

import discord
import pytest
from discord.ext import commands

from bot.loading import CogDisabled, CogFailed, CogLoader, CogStays, UnknownCog
from core.runtime.kernel import Kernel
from state.collective import Collective
from tests.bot.cog_folder import CogFolder
from tests.bot.loading.cog_loading import NAMES, build_loader, state_of

pytestmark = pytest.mark.unmeasured

# Writes a mark each time it is executed, and lets others run in the middle of `setup`.
COUNTING = """
import sys
sys.{package}_loads = getattr(sys, "{package}_loads", 0) + 1
"""


def count_loads(cogs: CogFolder) -> int:
    return int(getattr(sys, f"{cogs.package}_loads", 0))


async def test_fifty_concurrent_first_uses_load_the_cog_once(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "return 'one'"},
        imports="import asyncio" + COUNTING.format(package=cogs.package),
        setup="for _ in range(5): await asyncio.sleep(0)",
    )
    await asyncio.gather(*(loader.ensure("monitoring") for _ in range(50)))
    assert count_loads(cogs) == 1
    assert offline.get_command("ping") is not None
    assert offline.tree.get_command("ping") is not None


async def test_the_event_loop_goes_on_while_a_cog_is_imported(loader: CogLoader, cogs: CogFolder) -> None:
    cogs.write_cog("monitoring", {"ping": "return 'one'"})
    gate = cogs.hold_import("monitoring")
    loading = asyncio.create_task(loader.ensure("monitoring"))
    while not gate.reached:
        await asyncio.sleep(0.001)
    assert not loader.is_ready("monitoring")
    gate.open()
    await loading
    assert loader.is_ready("monitoring")


async def test_a_stop_iteration_of_a_module_is_a_failure_like_any_other(
    loader: CogLoader, cogs: CogFolder
) -> None:
    cogs.write("monitoring", "raise StopIteration\n")
    with pytest.raises(CogFailed):
        await loader.ensure("monitoring")
    assert state_of(loader, "monitoring") == "failed"


async def test_a_cancelled_caller_leaves_the_cog_loaded(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring",
        {"ping": "return 'one'"},
        imports="import asyncio",
        setup="for _ in range(5): await asyncio.sleep(0)",
    )
    caller = asyncio.create_task(loader.ensure("monitoring"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await loader.settle("monitoring")
    assert state_of(loader, "monitoring") == "loaded"
    assert offline.get_command("ping") is not None


async def test_a_cog_that_fails_to_import_says_so_with_an_incident_and_is_not_tried_at_each_use(
    loader: CogLoader, cogs: CogFolder
) -> None:
    cogs.write("monitoring", COUNTING.format(package=cogs.package) + "\nraise RuntimeError('no engine')\n")
    with pytest.raises(CogFailed) as first:
        await loader.ensure("monitoring")
    with pytest.raises(CogFailed) as second:
        await loader.ensure("monitoring")
    assert count_loads(cogs) == 1
    incident = first.value.failure.incident
    assert incident in str(first.value)
    assert second.value.failure.incident == incident
    assert first.value.failure.type == "RuntimeError"
    assert first.value.failure.message == "no engine"
    assert state_of(loader, "monitoring") == "failed"


async def test_an_unloaded_cog_stays_off_across_a_restart_until_it_is_loaded(
    parts: tuple[Kernel, Collective], loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog("agents", {"emotions": "return 1"})
    await loader.ensure("agents")
    assert (await loader.unload("agents")).ok
    assert offline.get_command("emotions") is None
    after_restart = build_loader(parts, offline, cogs)
    await after_restart.open()
    assert state_of(after_restart, "agents") == "disabled"
    with pytest.raises(CogDisabled):
        await after_restart.ensure("agents")
    reloaded = await after_restart.reload("agents")
    assert not reloaded.ok
    assert reloaded.error is not None
    assert "load" in reloaded.error.message
    assert (await after_restart.load("agents")).ok
    await after_restart.close()
    third = build_loader(parts, offline, cogs)
    await third.open()
    assert state_of(third, "agents") == "not yet"


@pytest.mark.parametrize("cog", ["admin", "help", "monitoring"])
async def test_some_cogs_are_never_unloaded(loader: CogLoader, cogs: CogFolder, cog: str) -> None:
    cogs.write_cog(cog, {"ping": "return 1"})
    await loader.ensure(cog)
    with pytest.raises(CogStays, match=f"`{cog}` stays loaded"):
        await loader.unload(cog)
    assert state_of(loader, cog) == "loaded"


@pytest.mark.parametrize("cog", ["admin", "help", "monitoring"])
async def test_such_a_cog_that_an_earlier_version_unloaded_is_back(
    parts: tuple[Kernel, Collective], offline: commands.Bot, cogs: CogFolder, cog: str
) -> None:
    await parts[1].key_values.set("cogs", cog, "disabled")
    loader = build_loader(parts, offline, cogs)
    await loader.open()
    assert state_of(loader, cog) == "not yet"


async def test_a_name_that_is_no_cog_is_refused_with_a_suggestion(loader: CogLoader) -> None:
    with pytest.raises(UnknownCog, match="monitoring"):
        await loader.load("monitorin")


async def test_load_all_goes_on_after_a_failure(loader: CogLoader, cogs: CogFolder) -> None:
    cogs.write("help", "raise RuntimeError('broken')\n")
    cogs.write_cog("monitoring", {"ping": "return 1"})
    cogs.write_cog("agents", {"emotions": "return 1"})
    cogs.write_cog("admin", {"cogs": "return 1"})
    await loader.load_all()
    assert [state_of(loader, name) for name in NAMES] == ["failed", "loaded", "loaded", "loaded"]


async def test_a_missing_cog_is_a_failure_that_says_what_is_missing(loader: CogLoader) -> None:
    result = await loader.load("help")
    assert result.error is not None
    assert result.error.type == "ModuleNotFoundError"


async def test_status_tells_uses_commands_and_times(
    parts: tuple[Kernel, Collective], loader: CogLoader, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "return 1", "status": "return 1"})
    await loader.ensure("monitoring")
    loader.count_use("monitoring")
    loader.count_use("no such cog")
    status = loader.status()[1]
    assert (status.name, status.uses, status.commands) == ("monitoring", 1, ("ping", "status"))
    assert status.load_ms is not None
    assert status.loaded_at is not None
    histogram = parts[0].metrics.get("helix_cog_load_seconds")
    assert histogram is not None
    assert [sample.labels for sample in histogram.collect().samples] == [("monitoring",)]


async def test_a_change_drops_what_was_made_from_the_cogs(
    parts: tuple[Kernel, Collective], loader: CogLoader, cogs: CogFolder
) -> None:
    cache = parts[0].caches.create("test", owner="test", max_entries=2, ttl_s=60.0)
    cache.get_or_build("key", lambda: 1, ("cogs",))
    cogs.write_cog("monitoring", {"ping": "return 1"})
    await loader.ensure("monitoring")
    assert cache.get("key") is None


async def test_two_bots_in_one_process_import_the_same_cog_one_after_the_other(
    parts: tuple[Kernel, Collective], loader: CogLoader, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "return 'one'"})
    gate = cogs.hold_import("monitoring")
    other = build_loader(parts, commands.Bot("!", help_command=None, intents=discord.Intents.none()), cogs)
    both = asyncio.gather(loader.ensure("monitoring"), other.ensure("monitoring"))
    while not gate.reached:
        await asyncio.sleep(0.001)
    gate.open()
    await both
    assert (state_of(loader, "monitoring"), state_of(other, "monitoring")) == ("loaded", "loaded")
    await other.close()
