"""Changes of one cog come one after another, and one that fails leaves nothing behind."""

from __future__ import annotations

import asyncio
import sys

import pytest
from discord.ext import commands

from bot.loading import CogFailed, CogLoader
from core.runtime.kernel import Kernel
from state.collective import Collective
from tests.bot.cog_folder import CogFolder
from tests.bot.loading.cog_loading import state_of
from tests.core.store.notes_store import turns

_SLOW = "for _ in range(5): await asyncio.sleep(0)"
_STRAY = """
from discord import app_commands
from discord.ext import commands

@commands.command("stray")
async def stray(ctx):
    pass

@app_commands.command(name="stray", description="x")
async def slash(interaction):
    pass

class Cog(commands.Cog, name="monitoring"):
    pass

async def setup(bot):
    bot.add_command(stray)
    bot.dispatch.tree.add_command(slash)
    await bot.add_cog(Cog(bot))
    raise {error}
"""


async def test_changes_of_a_cog_come_one_after_another(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()
    offline.begun, offline.go_on = begun, go_on  # type: ignore[attr-defined]  # the test's cog uses them
    cogs.write_cog("monitoring", {"ping": "return 1"}, setup="bot.begun.release()\nawait bot.go_on.wait()")
    first = asyncio.create_task(loader.reload("monitoring"))
    await begun.acquire()
    second = asyncio.create_task(loader.reload("monitoring"))
    await turns()
    # Whatever was imported by now is in the bot a few turns later.
    await asyncio.wrap_future(loader._exchange._importer._thread.submit(int))
    await turns()
    assert begun.locked()
    go_on.set()
    assert [(await one).error for one in (first, second)] == [None, None]


async def test_a_use_between_two_changes_waits_for_the_second(loader: CogLoader, cogs: CogFolder) -> None:
    cogs.write_cog("monitoring", {"ping": "return 1"}, imports="import asyncio", setup=_SLOW)
    first, second = (asyncio.create_task(loader.reload("monitoring")) for _ in range(2))
    await first
    assert not loader._records["monitoring"].idle.is_set()
    await loader.ensure("monitoring")
    assert (await second).ok


async def test_an_unload_that_is_not_kept_leaves_the_cog_loaded(
    parts: tuple[Kernel, Collective],
    loader: CogLoader,
    offline: commands.Bot,
    cogs: CogFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: str, **_kinds: object) -> None:
        raise OSError("disk full")

    cogs.write_cog("agents", {"ping": "return 1"})
    await loader.ensure("agents")
    monkeypatch.setattr(parts[1].key_values, "set", full)
    with pytest.raises(OSError, match="full"):
        await loader.unload("agents")
    assert state_of(loader, "agents") == "loaded"
    assert offline.get_command("ping") is not None


async def test_a_reload_whose_setup_fails_leaves_the_old_module_where_others_import_it_from(
    loader: CogLoader, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "return 'old'"})
    await loader.ensure("monitoring")
    old = sys.modules[f"{cogs.package}.monitoring"]
    cogs.write_cog("monitoring", {"ping": "return 'new'"}, setup="raise ValueError")
    assert (await loader.reload("monitoring")).kept_old
    assert sys.modules[f"{cogs.package}.monitoring"] is old
    assert vars(sys.modules[cogs.package])["monitoring"] is old


@pytest.mark.parametrize("error", ["RuntimeError", "SystemExit"])
async def test_a_setup_that_fails_at_its_end_leaves_nothing_in_the_bot(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder, error: str
) -> None:
    cogs.write("monitoring", _STRAY.replace("{error}", error))
    with pytest.raises(CogFailed):
        await loader.ensure("monitoring")
    assert dict(offline.cogs) == {}
    assert offline.all_commands == {}
    assert offline.tree.get_commands() == []


async def test_what_another_process_unloads_and_loads_is_followed(
    parts: tuple[Kernel, Collective], loader: CogLoader, cogs: CogFolder
) -> None:
    key_values = parts[1].key_values
    cogs.write_cog("agents", {"ping": "return 1"})
    await loader.ensure("agents")
    await loader.follow()
    assert state_of(loader, "agents") == "loaded"
    await key_values.set("cogs", "agents", "disabled")
    await loader.follow()
    assert state_of(loader, "agents") == "disabled"
    await loader.follow()
    await key_values.delete("cogs", "agents")
    await loader.follow()
    assert state_of(loader, "agents") == "not yet"
    await loader.ensure("agents")
