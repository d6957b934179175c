"""New code takes the place of the old one, or leaves it as it was."""

from __future__ import annotations

import asyncio
import logging
import sys

import pytest
from discord.ext import commands

from bot.loading import CogFailed, CogLoader
from bot.loading import _code as code
from bot.loading.swap import attach, detach
from core.runtime.kernel import Kernel
from state.collective import Collective
from tests.bot.cog_folder import CogFolder
from tests.bot.loading.cog_loading import state_of


def text_in(offline: commands.Bot, command: str) -> str:
    """What the loaded command's body says, which tells old code from new."""
    found = offline.get_command(command)
    assert found is not None
    return str(found.callback.__code__.co_consts[1])


async def test_a_cancelled_reload_leaves_the_new_code(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    slow = "for _ in range(5): await asyncio.sleep(0)"
    cogs.write_cog("monitoring", {"ping": "return 'old'"}, imports="import asyncio", setup=slow)
    await loader.ensure("monitoring")
    cogs.write_cog("monitoring", {"ping": "return 'new'"}, imports="import asyncio", setup=slow)
    caller = asyncio.create_task(loader.reload("monitoring"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await loader.settle("monitoring")
    assert text_in(offline, "ping") == "new"


async def test_a_failed_cog_works_after_the_fix_and_a_reload(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write("monitoring", "import no_such_module_anywhere\n")
    with pytest.raises(CogFailed):
        await loader.ensure("monitoring")
    cogs.write_cog("monitoring", {"ping": "return 'mended'"})
    result = await loader.reload("monitoring")
    assert result.ok
    await loader.ensure("monitoring")
    assert text_in(offline, "ping") == "mended"
    assert loader.probe().status == "pass"


async def test_a_reload_takes_an_edit_of_the_same_size_in_the_same_second(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is compiled code, kept by second and size, that would be taken for the edit's.
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    cogs.write_cog("monitoring", {"ping": "return 'aaa'"})
    await loader.load("monitoring")
    for text in ("bbb", "ccc", "ddd"):
        cogs.write_cog("monitoring", {"ping": f"return '{text}'"})
        assert (await loader.reload("monitoring")).ok
        assert text_in(offline, "ping") == text


@pytest.mark.parametrize(
    "broken",
    [
        ("x = 1\ndef broken(:\n", 2, "SyntaxError"),
        ("x = 1\n\nraise ValueError('bad')\n", 3, "ValueError"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit"),
        ("import asyncio\nraise asyncio.CancelledError\n", 2, "CancelledError"),
        ("async def setup(bot):\n    raise KeyError('late')\n", 2, "KeyError"),
        ("x = 1\n", None, "MissingSetupError"),
    ],
)
async def test_a_reload_of_broken_code_keeps_the_old_and_names_file_and_line(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder, broken: tuple[str, int | None, str]
) -> None:
    source, line, kind = broken
    cogs.write_cog("monitoring", {"ping": "return 'old'"})
    await loader.ensure("monitoring")
    module = sys.modules[f"{cogs.package}.monitoring"]
    cogs.write("monitoring", source)
    result = await loader.reload("monitoring")
    assert not result.ok
    assert result.kept_old
    assert result.error is not None
    assert (result.error.type, result.error.line) == (kind, line)
    assert result.error.file in {f"{cogs.package}/monitoring.py", ""}
    assert (result.error.file == "") == (line is None)
    assert text_in(offline, "ping") == "old"
    assert offline.tree.get_command("ping") is not None
    assert sys.modules[f"{cogs.package}.monitoring"] is module
    assert state_of(loader, "monitoring") == "loaded"
    reading = loader.probe()
    assert (reading.status, reading.reason) == ("warn", "could not be loaded: monitoring")
    (bound,) = reading.thresholds
    assert (bound.of, bound.warn, bound.settings) == ("broken", 0, ("COGS_FAILED_WARN",))
    assert reading.counters["broken"] == 1
    await loader.ensure("monitoring")


async def test_what_a_failing_setup_added_is_taken_out_again(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog(
        "monitoring", {"ping": "return 'never'"}, setup="await bot.add_cog(Cog(bot))\nraise OSError('disk')"
    )
    result = await loader.load("monitoring")
    assert not result.ok
    assert not result.kept_old
    assert offline.get_command("ping") is None
    assert offline.tree.get_commands() == []
    assert offline.cogs == {}
    assert f"{cogs.package}.monitoring" not in sys.modules


async def test_a_clash_of_names_leaves_the_other_cog_whole(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog("monitoring", {"ping": "return 'mine'"})
    cogs.write_cog("help", {"ping": "return 'stolen'"})
    await loader.ensure("monitoring")
    assert not (await loader.load("help")).ok
    assert text_in(offline, "ping") == "mine"
    assert offline.tree.get_command("ping") is not None


@pytest.mark.parametrize("error", ["RuntimeError('only once')", "SystemExit"])
async def test_an_old_code_that_cannot_come_back_is_said_to_be_lost(
    loader: CogLoader, cogs: CogFolder, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    once = f"import sys\nif getattr(sys, 'ONCE', False): raise {error}\nsys.ONCE = True"
    cogs.write_cog("monitoring", {"ping": "return 1"}, setup=once.replace("ONCE", cogs.package))
    await loader.ensure("monitoring")
    cogs.write("monitoring", "async def setup(bot):\n    raise ValueError('new is broken')\n")
    result = await loader.reload("monitoring")
    assert not result.ok
    assert not result.kept_old
    assert state_of(loader, "monitoring") == "failed"
    assert "cog.old_code_lost cog=monitoring" in caplog.text


async def test_an_error_in_teardown_is_logged_and_stops_nothing(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    path = cogs.write_cog("monitoring", {"ping": "return 'old'"})
    path.write_text(path.read_text() + "\n\nasync def teardown(bot):\n    raise RuntimeError('leak')\n")
    await loader.ensure("monitoring")
    cogs.write_cog("monitoring", {"ping": "return 'new'"})
    assert (await loader.reload("monitoring")).ok
    assert "cog.teardown_failed" in caplog.text
    assert "leak" in caplog.text
    assert text_in(offline, "ping") == "new"


async def test_a_cog_that_exits_while_it_is_taken_out_is_swapped_all_the_same(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    path = cogs.write_cog("monitoring", {"ping": "return 'old'"})
    path.write_text(
        path.read_text().replace(
            "    def __init__", "    def cog_unload(self): raise SystemExit\n    def __init__"
        )
    )
    await loader.ensure("monitoring")
    cogs.write_cog("monitoring", {"ping": "return 'new'"})
    assert (await loader.reload("monitoring")).ok
    assert text_in(offline, "ping") == "new"
    assert "cog.unload_failed" in caplog.text


async def test_a_use_during_a_swap_waits_for_its_end(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    slow = "for _ in range(5): await asyncio.sleep(0)"
    cogs.write_cog("monitoring", {"ping": "return 'old'"}, imports="import asyncio", setup=slow)
    await loader.ensure("monitoring")
    cogs.write_cog("monitoring", {"ping": "return 'new'"}, imports="import asyncio", setup=slow)
    reloading = asyncio.create_task(loader.reload("monitoring"))
    while offline.get_command("ping") is not None:
        await asyncio.sleep(0)
    assert not loader.is_ready("monitoring")
    await loader.ensure("monitoring")
    assert text_in(offline, "ping") == "new"
    assert (await reloading).ok


async def test_two_reloads_at_once_both_succeed(loader: CogLoader, cogs: CogFolder) -> None:
    slow = "for _ in range(5): await asyncio.sleep(0)"
    cogs.write_cog("monitoring", {"ping": "return 1"}, imports="import asyncio", setup=slow)
    results = await asyncio.gather(
        *(loader.reload("monitoring") for _ in range(3)), loader.load("monitoring")
    )
    assert all(result.ok for result in results)
    assert state_of(loader, "monitoring") == "loaded"


async def test_changed_names_what_was_edited_since_it_was_loaded(loader: CogLoader, cogs: CogFolder) -> None:
    cogs.write_cog("monitoring", {"ping": "return 1"})
    cogs.write_cog("help", {"status": "return 1"})
    await loader.ensure("monitoring")
    await loader.ensure("help")
    assert loader.changed() == ()
    cogs.write_cog("help", {"status": "return 2"})
    assert loader.changed() == ("help",)
    await loader.reload("help")
    assert loader.changed() == ()


async def test_a_package_is_changed_by_any_of_its_files_and_swapped_whole(
    loader: CogLoader, offline: commands.Bot, cogs: CogFolder
) -> None:
    folder = cogs.folder / "monitoring"
    folder.mkdir()
    (folder / "_words.py").write_text("WORD = 'first'\n")
    (folder / "__init__.py").write_text(
        "from discord.ext import commands\n"
        f"from {cogs.package}.monitoring._words import WORD\n"
        "class Cog(commands.Cog, name='monitoring', description=WORD):\n    pass\n"
        "async def setup(bot):\n    await bot.add_cog(Cog(bot))\n"
    )
    await loader.ensure("monitoring")
    (folder / "_words.py").write_text("WORD = 'other'\n")
    assert loader.changed() == ("monitoring",)
    await loader.reload("monitoring")
    cog = offline.get_cog("monitoring")
    assert cog is not None
    assert cog.description == "other"
    (folder / "_words.py").write_text("WORD = \n")
    result = await loader.reload("monitoring")
    assert result.error is not None
    assert (result.error.file, result.error.line) == (f"{cogs.package}/monitoring/_words.py", 1)
    assert sys.modules[f"{cogs.package}.monitoring._words"].WORD == "other"


async def test_a_module_whose_name_only_begins_alike_is_not_swapped(
    offline: commands.Bot, cogs: CogFolder
) -> None:
    cogs.write_cog("fun", {"ping": "return 'old'"})
    cogs.write_cog("funny", {"status": "return 'neighbour'"})
    names = f"{cogs.package}.fun", f"{cogs.package}.funny"
    module, neighbour = (code.import_anew(name) for name in names)
    await attach(offline, module)
    await attach(offline, neighbour)
    await detach(offline, module)
    assert list(offline.cogs) == ["funny"]
    assert {one.qualified_name for one in offline.commands} == {"status"}
    assert {one.name for one in offline.tree.get_commands()} == {"status"}
    assert code.import_anew(names[0]) is not module
    assert sys.modules[names[1]] is neighbour
    code.restore(names[0], {})
    assert names[0] not in sys.modules
    assert sys.modules[names[1]] is neighbour


async def test_a_change_whose_caller_is_gone_says_in_the_log_that_it_failed(
    parts: tuple[Kernel, Collective],
    loader: CogLoader,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: str) -> None:
        await asyncio.sleep(0)
        raise OSError("disk full")

    monkeypatch.setattr(parts[1].key_values, "set", full)
    caller = asyncio.create_task(loader.unload("agents"))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    with caplog.at_level(logging.WARNING):
        await loader.settle("agents")
    assert "cog.change_failed cog=agents" in caplog.text
    assert state_of(loader, "agents") == "not yet"
