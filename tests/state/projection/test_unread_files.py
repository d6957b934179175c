"""A file that cannot be read for a moment is no refused edit: it is told, and read again until that works."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.descriptors import none_left
from tests.state.world import World

NO_DESCRIPTOR = "ucf_state.json: it cannot be read now (Too many open files)"


@asynccontextmanager
async def loop_running(world: World) -> AsyncIterator[None]:
    """The projector's loop, which has nothing to do."""
    running = asyncio.create_task(world.projector.run())
    await asyncio.sleep(0)
    await world.projector.check()
    yield
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_an_edit_that_cannot_be_read_is_told_and_refuses_nothing(world: World) -> None:
    world.edit(harmony=0.9)
    with none_left():
        assert (await world.projector.check("ucf_state"))["ucf_state.json"] == "failed"
    assert world.projector.refusals == ()
    check = world.health.get("state")
    assert check is not None
    assert (check.status, check.reason) == ("warn", NO_DESCRIPTOR)
    assert "retries" in check.action
    assert (await world.projector.check("ucf_state"))["ucf_state.json"] == "imported"
    check = world.health.get("state")
    assert check is not None
    assert (check.status, check.reason) == ("pass", "")


async def test_an_edit_that_could_not_be_read_is_taken_without_another_edit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.projection._FIRST_RETRY_S", 0.01)
    async with loop_running(world):
        world.edit(harmony=0.9)
        with none_left():
            await world.projector.check_files({"ucf_state.json"})
        async with asyncio.timeout(40):
            while world.ucf.harmony != 0.9:
                await asyncio.sleep(0.005)


async def test_an_edit_that_cannot_be_read_is_not_overwritten(world: World) -> None:
    written = world.edit(harmony=0.9)
    await world.tune(klesha=0.6)
    with none_left():
        await world.projector.check()
    assert world.ucf_file.read_bytes() == written
    await world.projector.check()
    assert (world.ucf.harmony, world.ucf.klesha) == (0.9, 0.1)


async def test_an_edit_that_cannot_be_read_at_the_start_is_taken_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.stop()
    world.edit(harmony=0.9)
    real = os.open

    def failing_disk(path: str, *arguments: int) -> int:
        if str(path) == str(world.ucf_file):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", failing_disk)
    await world.start()
    assert world.projector.failures == ("ucf_state.json: it cannot be read now (Input/output error)",)
    assert world.ucf.harmony == 0.5
    monkeypatch.undo()
    async with loop_running(world):
        assert world.ucf.harmony == 0.9


async def test_the_same_failure_is_logged_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with none_left():
        await world.projector.check()
        await world.projector.check()
    assert caplog.text.count("projection.failed file=ucf_state.json") == 1
