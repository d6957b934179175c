"""The files mirror the state, and what people write into them is never lost and never our own."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from state import file_projection
from state.atomic_file import replace_file
from state.models import DEFAULT_UCF, AgentReport
from state.projection import Refusal, UnknownStateFile
from tests.manual_clock import ManualClock
from tests.state.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.start()
    yield world
    await world.stop()


def touch(path: Path, moment_s: float) -> None:
    os.utime(path, (moment_s, moment_s))


async def test_a_first_start_writes_both_files(world: World) -> None:
    assert world.read() == DEFAULT_UCF
    assert json.loads(world.agents_file.read_bytes()) == {}
    assert await world.taken() == []


async def test_a_change_reaches_the_file(world: World) -> None:
    await world.tune(harmony=0.9)
    assert (await world.projector.check())["ucf_state.json"] == "written"
    assert world.read().harmony == 0.9
    assert (await world.projector.check())["ucf_state.json"] == "current"
    assert await world.taken() == []


async def test_an_edit_is_taken_and_left_as_it_was_written(world: World) -> None:
    written = world.edit(harmony=0.9)
    assert await world.projector.check("ucf_state") == {"ucf_state.json": "imported"}
    assert world.ucf.harmony == 0.9
    assert world.manager.snapshot.source == "file"
    assert world.ucf_file.read_bytes() == written
    (entry,) = await world.taken()
    assert (entry.subject, entry.before, entry.after) == ("harmony", 0.5, 0.9)


async def test_an_edit_that_says_the_same_is_no_change(world: World) -> None:
    world.ucf_file.write_bytes(json.dumps(DEFAULT_UCF.as_dict()).encode())
    assert (await world.projector.check())["ucf_state.json"] == "current"
    assert world.manager.snapshot.version == 1


async def test_an_old_value_put_back_by_hand_is_an_edit(world: World) -> None:
    old = world.ucf_file.read_bytes()
    await world.tune(harmony=0.9)
    await world.projector.check()
    world.ucf_file.write_bytes(old)
    assert (await world.projector.check())["ucf_state.json"] == "imported"
    assert world.ucf == DEFAULT_UCF
    assert len(await world.taken()) == 1


async def test_an_edit_nobody_has_seen_is_taken_before_the_file_is_written(world: World) -> None:
    world.edit(klesha=0.6)
    await world.tune(harmony=0.9)
    await world.projector.check()
    assert world.ucf.klesha == 0.6
    assert world.read() == world.ucf
    assert [entry.subject for entry in await world.taken()] == ["harmony", "klesha"]


async def test_an_edit_made_while_helix_was_down_is_taken_at_the_start(world: World) -> None:
    await world.tune(harmony=0.9)
    await world.stop()
    world.edit(zoom=1.5)
    await world.start()
    assert (world.ucf.harmony, world.ucf.zoom) == (0.9, 1.5)
    assert world.projector.edits_at_start == 1
    assert [entry.subject for entry in await world.taken()] == ["zoom"]


async def test_an_old_value_put_back_while_helix_was_down_is_an_edit(world: World) -> None:
    old = world.ucf_file.read_bytes()
    await world.tune(harmony=0.9)
    await world.stop()
    world.ucf_file.write_bytes(old)
    await world.start()
    assert world.ucf == DEFAULT_UCF


async def test_a_file_that_merely_lags_after_a_crash_is_rewritten(world: World) -> None:
    await world.tune(harmony=0.9)
    await world.tune(harmony=1.1)
    await world.crash()
    assert world.read() == DEFAULT_UCF
    await world.start()
    assert world.ucf.harmony == 1.1
    assert world.read().harmony == 1.1
    assert await world.taken() == []


async def test_a_crash_between_writing_and_confirming_takes_nothing_for_an_edit(world: World) -> None:
    first = await world.tune(harmony=0.9)
    await world.tune(harmony=1.1)
    # The disk holds the content of the first change: written, never confirmed.
    rendered = json.dumps(first.ucf.as_dict(), indent=2) + "\n"
    await world.crash()
    world.ucf_file.write_bytes(rendered.encode())
    await world.start()
    assert world.ucf.harmony == 1.1
    assert world.read().harmony == 1.1
    assert await world.taken() == []


async def test_an_imported_edit_is_ours_after_a_crash(world: World) -> None:
    world.edit(harmony=0.9)
    await world.projector.check()
    await world.tune(zoom=1.2)
    await world.crash()
    await world.start()
    assert (world.ucf.harmony, world.ucf.zoom) == (0.9, 1.2)
    assert world.read() == world.ucf
    assert len(await world.taken()) == 1


async def test_a_removed_file_is_written_anew(world: World) -> None:
    world.ucf_file.unlink()
    assert (await world.projector.check())["ucf_state.json"] == "written"
    assert world.read() == DEFAULT_UCF


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
    before = path.lstat()
    await world.tune(harmony=0.9)
    async with asyncio.timeout(10):
        assert (await world.projector.check())["ucf_state.json"] == "refused"
    assert path.lstat() == before
    assert world.projector.refusals[0].line is None
    assert world.ucf.harmony == 0.9


async def test_a_full_disk_is_told_and_tried_again_and_no_state_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    await world.tune(harmony=0.9)
    monkeypatch.setattr(file_projection, "replace_file", full)
    assert (await world.projector.check())["ucf_state.json"] == "failed"
    check = world.health.get("state")
    assert check is not None
    assert (check.status, check.reason) == ("warn", "ucf_state.json: No space left on device")
    assert world.ucf.harmony == 0.9
    monkeypatch.undo()
    assert (await world.projector.check())["ucf_state.json"] == "written"
    assert world.read().harmony == 0.9
    assert await world.taken() == []


async def test_the_loop_tries_again_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def full_once(path: Path, content: bytes, expected: bytes | None) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, content, expected)

    monkeypatch.setattr(file_projection, "replace_file", full_once)
    monkeypatch.setattr("state.projection._FIRST_RETRY_S", 0.001)
    running = asyncio.create_task(world.projector.run())
    await world.tune(harmony=0.9)
    async with asyncio.timeout(10):
        while world.read().harmony != 0.9:
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert tries == 2


async def test_an_edit_in_the_very_moment_of_writing_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = iter([0.33])

    def overtaken(path: Path, content: bytes, expected: bytes | None) -> None:
        for klesha in edits:
            world.edit(klesha=klesha)
        replace_file(path, content, expected)

    monkeypatch.setattr(file_projection, "replace_file", overtaken)
    await world.tune(harmony=0.9)
    assert (await world.projector.check())["ucf_state.json"] in {"imported", "written"}
    assert world.ucf.klesha == 0.33
    assert world.read() == world.ucf


async def test_a_file_that_others_keep_writing_is_given_up_for_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(path: Path, content: bytes, expected: bytes | None) -> None:
        world.edit(klesha=0.33 if world.ucf.klesha != 0.33 else 0.34)
        replace_file(path, content, expected)

    def never_settles(*_: object) -> bool:
        return False

    monkeypatch.setattr(file_projection, "replace_file", overtaken)
    monkeypatch.setattr("state.documents.UCFEdit.matches", never_settles)
    await world.tune(harmony=0.9)
    assert (await world.projector.check())["ucf_state.json"] == "failed"
    check = world.health.get("state")
    assert check is not None
    assert "other programs keep writing it" in check.reason


async def test_a_state_that_changes_faster_than_the_disk_writes_is_no_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outrun(path: Path, content: bytes, expected: bytes | None) -> None:
        replace_file(path, content, expected)
        klesha = world.ucf.klesha
        asyncio.run_coroutine_threadsafe(world.tune(klesha=0.2 if klesha == 0.3 else 0.3), loop).result(10)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(file_projection, "replace_file", outrun)
    await world.tune(klesha=0.3)
    assert (await world.projector.check("ucf_state")) == {"ucf_state.json": "written"}
    monkeypatch.undo()
    assert (await world.projector.check("ucf_state")) == {"ucf_state.json": "written"}
    assert world.read() == world.ucf
    assert await world.taken() == []


async def test_a_cancelled_check_leaves_the_next_one_a_whole_file(world: World) -> None:
    await world.tune(harmony=0.9)
    checking = asyncio.create_task(world.projector.check())
    for _ in range(6):
        await asyncio.sleep(0.002)
    checking.cancel()
    await asyncio.gather(checking, return_exceptions=True)
    await world.projector.check()
    assert world.read().harmony == 0.9
    assert await world.taken() == []


async def test_an_external_agent_comes_from_the_file(world: World) -> None:
    world.agents_file.write_text('{"gemini": {"status": "degraded", "task": "looking"}}')
    touch(world.agents_file, world.clock.now().timestamp() - 30)
    assert await world.projector.check("agents") == {"agents.json": "imported"}
    report = world.manager.snapshot.reports["Gemini"]
    assert report.status == "degraded"
    assert report.reported_at == world.clock.now() - timedelta(seconds=30)


async def test_the_same_report_written_again_is_a_heartbeat(world: World) -> None:
    now = world.clock.now().timestamp()
    world.agents_file.write_text('{"Gemini": {"status": "active"}}')
    touch(world.agents_file, now - 60)
    await world.projector.check()
    touch(world.agents_file, now - 10)
    assert await world.projector.check("agents") == {"agents.json": "imported"}
    assert world.manager.snapshot.reports["Gemini"].reported_at.timestamp() == now - 10
    assert await world.projector.check("agents") == {"agents.json": "current"}


async def test_a_heartbeat_by_another_way_reaches_the_file(world: World) -> None:
    report = AgentReport(agent="Gemini", status="active", reported_at=world.clock.now(), load=0.5)
    await world.report(report)
    await world.projector.check()
    assert json.loads(world.agents_file.read_bytes())["Gemini"]["load"] == 0.5
    await world.stop()
    await world.start()
    assert world.manager.snapshot.reports == {"Gemini": report}
    assert await world.taken() == []


async def test_a_clock_that_is_set_back_makes_no_refused_edit_of_our_own_file(world: World) -> None:
    await world.report(AgentReport(agent="Gemini", status="active", reported_at=world.clock.now()))
    await world.stop()
    world.clock = ManualClock(world.clock.now() - timedelta(hours=1))
    await world.start()
    assert (await world.projector.check("agents")) == {"agents.json": "current"}
    later = AgentReport(agent="Gemini", status="degraded", reported_at=world.clock.now())
    await world.report(later)
    assert (await world.projector.check("agents")) == {"agents.json": "written"}
    assert json.loads(world.agents_file.read_bytes())["Gemini"]["status"] == "degraded"
    assert world.projector.refusals == ()
    assert await world.taken() == []


@pytest.mark.parametrize("ahead_s", [60, 3600])
async def test_a_file_from_the_future_is_no_heartbeat_at_every_look(world: World, ahead_s: int) -> None:
    world.agents_file.write_text('{"Gemini": {"status": "active"}}')
    touch(world.agents_file, world.clock.now().timestamp() + ahead_s)
    assert (await world.projector.check("agents")) == {"agents.json": "imported"}
    version = world.manager.snapshot.version
    world.clock.advance(1)
    assert (await world.projector.check("agents")) == {"agents.json": "current"}
    assert world.manager.snapshot.version == version


async def test_a_refused_agents_file_leaves_the_other_file_alone(world: World) -> None:
    world.agents_file.write_text('{"Gemni": {"status": "active"}}')
    await world.tune(harmony=0.9)
    outcomes = await world.projector.check()
    assert outcomes == {"ucf_state.json": "written", "agents.json": "refused"}
    assert "did you mean Gemini?" in world.projector.refusals[0].reason


async def test_an_unknown_file_is_refused_with_a_suggestion(world: World) -> None:
    with pytest.raises(UnknownStateFile, match="agents"):
        await world.projector.check("agent")


async def test_what_is_remembered_of_a_file_stays_bounded_while_it_is_held(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state._ledger._COMMITTED_LIMIT", 5)
    world.ucf_file.write_text("broken")
    await world.projector.check()
    for step in range(20):
        await world.tune(harmony=0.6 + step / 100)
    count = "SELECT count(*) FROM projection WHERE file = 'ucf_state.json'"
    assert await world.database.read(lambda c: c.execute(count).fetchone()[0]) <= 6
    world.ucf_file.unlink()
    await world.projector.check()
    assert await world.database.read(lambda c: c.execute(count).fetchone()[0]) == 1


async def test_a_store_that_refuses_leaves_the_edit_to_be_taken_later(world: World) -> None:
    world.edit(harmony=0.9)
    await world.database.close()
    assert (await world.projector.check())["ucf_state.json"] == "failed"
    check = world.health.get("state")
    assert check is not None
    assert "closed" in check.reason
    await world.start()
    assert world.ucf.harmony == 0.9
