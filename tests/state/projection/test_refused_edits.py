"""An edit that is wrong is refused, left alone, told, and holds the file until it is mended."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from state.models import DEFAULT_UCF
from state.projection import Refusal
from tests.state.world import World


async def test_a_broken_edit_is_refused_and_the_last_good_state_stays(world: World) -> None:
    heard: list[Refusal] = []
    world.projector.on_refusal(heard.append)
    world.ucf_file.write_text('{\n  "harmony": oops\n}')
    assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert world.ucf == DEFAULT_UCF
    assert world.ucf_file.read_text() == '{\n  "harmony": oops\n}'
    (refusal,) = world.projector.refusals
    assert (refusal.file, refusal.line, refusal.column) == ("ucf_state.json", 2, 14)
    check = world.health.get("state")
    assert check is not None
    assert (check.status, check.required) == ("warn", True)
    assert check.reason.startswith("ucf_state.json, line 2, column 14: this is not JSON: expecting value")
    assert "last good state stays" in check.reason
    assert check.action
    await world.projector.check()
    assert heard == [refusal]


async def test_while_a_refused_edit_stands_the_file_is_not_written(world: World) -> None:
    world.ucf_file.write_text("broken")
    await world.projector.check()
    await world.tune(harmony=0.9)
    assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert world.ucf_file.read_text() == "broken"
    assert world.ucf.harmony == 0.9


async def test_a_refused_edit_that_is_mended_is_taken(world: World) -> None:
    good = world.ucf_file.read_text()
    world.ucf_file.write_text(good.replace("0.1", "7"))
    await world.projector.check()
    world.ucf_file.write_text(good.replace("0.1", "0.7"))
    assert (await world.projector.check())["ucf_state.json"] == "imported"
    assert world.ucf.klesha == 0.7
    check = world.health.get("state")
    assert check is not None
    assert (check.status, check.reason) == ("pass", "")
    assert world.projector.refusals == ()


@pytest.mark.parametrize("way", ["undone", "removed"])
async def test_a_refused_edit_that_is_taken_back_lets_the_state_through(world: World, way: str) -> None:
    good = world.ucf_file.read_bytes()
    world.ucf_file.write_text("broken")
    await world.projector.check()
    await world.tune(harmony=0.9)
    if way == "undone":
        world.ucf_file.write_bytes(good)
    else:
        world.ucf_file.unlink()
    assert (await world.projector.check())["ucf_state.json"] == "written"
    assert world.read().harmony == 0.9
    assert await world.taken() == []


async def test_a_refused_edit_is_still_refused_after_a_restart_and_state_goes_on(world: World) -> None:
    world.ucf_file.write_text("broken")
    await world.projector.check()
    await world.tune(harmony=0.9)
    await world.stop()
    await world.start()
    assert world.ucf.harmony == 0.9
    assert world.ucf_file.read_text() == "broken"
    assert len(world.projector.refusals) == 1


async def test_another_mistake_in_the_same_file_is_told_again(world: World) -> None:
    heard: list[Refusal] = []
    world.projector.on_refusal(heard.append)
    for text in ("broken", "\nbroken"):
        world.ucf_file.write_text(text)
        await world.projector.check()
    assert [refusal.line for refusal in heard] == [1, 2]


async def test_a_listener_that_fails_harms_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Refusal) -> None:
        raise RuntimeError("listener")

    world.projector.on_refusal(broken)
    world.ucf_file.write_text("broken")
    assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert "projection.listener_failed" in caplog.text


async def test_an_editor_that_truncates_and_then_writes_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = world.ucf_file.read_text()
    steps = iter([good[:30], good.replace("0.1", "0.2")])

    async def go_on(_seconds: float) -> None:
        world.ucf_file.write_text(next(steps))

    world.ucf_file.write_text("")
    monkeypatch.setattr(world.projector._files["ucf_state.json"], "_sleep", go_on)
    assert (await world.projector.check())["ucf_state.json"] == "imported"
    assert world.ucf.klesha == 0.2
    assert world.projector.refusals == ()


async def test_a_file_that_never_comes_to_rest_is_refused_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeps = 0

    async def go_on(_seconds: float) -> None:
        nonlocal sleeps
        sleeps += 1
        world.ucf_file.write_text("x" * sleeps)

    world.ucf_file.write_text("")
    monkeypatch.setattr(world.projector._files["ucf_state.json"], "_sleep", go_on)
    assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert 0 < sleeps < 10


def looks(path: Path) -> tuple[int, ...]:
    """Which file it is, and when it was last written; not when it was last read."""
    status = path.lstat()
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns


@pytest.mark.parametrize("kind", ["folder", "link", "fifo", "huge"])
async def test_what_is_no_plain_file_is_refused_and_left_alone(world: World, kind: str) -> None:
    path = world.ucf_file
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(world.agents_file)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(b" " * 100_000)
    before = looks(path)
    await world.tune(harmony=0.9)
    async with asyncio.timeout(40):
        assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert looks(path) == before
    assert world.projector.refusals[0].line is None
    assert world.ucf.harmony == 0.9
