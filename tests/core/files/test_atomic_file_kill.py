"""SIGKILL between the two exchanges of names: the edit that had come out is put back and taken."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from tests.state.world import World

PROCESS = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from core.files import atomic as atomic_file, rename
path = Path({path!r})
edit = path.with_name("edit")
edit.write_text({edit!r})

def exchange(first, second):
    edit.replace(second)
    rename.exchange(first, second)
    os.kill(os.getpid(), signal.SIGKILL)

atomic_file.exchange = exchange
atomic_file.replace_file(path, {content!r}, path.read_bytes())
"""


async def replace_and_die(world: World, content: bytes, edit: str) -> None:
    """A process that writes the file, is overtaken by an edit, and is killed before it puts that back."""
    values = {"root": str(Path(__file__).parents[3]), "path": str(world.ucf_file)}
    code = PROCESS.format(**values, content=content, edit=edit)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    async with asyncio.timeout(30):
        assert await process.wait() == -signal.SIGKILL
    assert (world.folder / ".ucf_state.json.new").read_text() == edit


@pytest.mark.parametrize("later_edit", [False, True])
async def test_an_edit_that_a_kill_took_out_is_taken_at_the_next_start(
    tmp_path: Path, later_edit: bool
) -> None:
    world = World(tmp_path)
    await world.start()
    values = json.loads(world.ucf_file.read_bytes())
    await world.tune(klesha=0.6)
    await world.crash()
    ours = (json.dumps({**values, "klesha": 0.6}, indent=2) + "\n").encode()
    await replace_and_die(world, ours, json.dumps({**values, "harmony": 0.9}))
    assert world.ucf_file.read_bytes() == ours
    if later_edit:
        world.edit(harmony=1.1)
    await world.start()
    assert world.ucf.harmony == (1.1 if later_edit else 0.9)
    assert world.projector.edits_at_start == 1
    assert not (tmp_path / ".ucf_state.json.new").exists()
    await world.stop()


async def test_a_wrong_edit_that_a_kill_took_out_is_refused_where_it_can_be_mended(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.start()
    await world.crash()
    await replace_and_die(world, world.ucf_file.read_bytes(), '{"harmony": oops}')
    await world.start()
    assert world.ucf_file.read_text() == '{"harmony": oops}'
    assert [refusal.line for refusal in world.projector.refusals] == [1]
    await world.stop()


@pytest.mark.parametrize("length", [0, 20])
async def test_what_an_earlier_version_had_half_written_is_no_edit(tmp_path: Path, length: int) -> None:
    world = World(tmp_path)
    await world.start()
    await world.crash()
    written = world.ucf_file.read_bytes()
    (tmp_path / ".ucf_state.json.new").write_bytes(written[:length])
    await world.start()
    assert world.ucf_file.read_bytes() == written
    assert await world.taken() == []
    assert not (tmp_path / ".ucf_state.json.new").exists()
    await world.stop()
