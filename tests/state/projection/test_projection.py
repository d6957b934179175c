"""The projected files follow the state, and what people write into them becomes the state."""

from __future__ import annotations

import asyncio
import errno
import json
import threading
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from core.files.atomic import replace_file
from state.models import DEFAULT_UCF
from state.projection import Outcome, UnknownStateFile, mirror
from tests.state.world import World


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


async def test_checks_at_once_write_one_after_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, overlapped = threading.Lock(), False

    def watched(path: Path, content: bytes, expected: bytes | None) -> None:
        nonlocal overlapped
        if not writing.acquire(blocking=False):
            overlapped = True
            return
        try:
            replace_file(path, content, expected)
        finally:
            writing.release()

    monkeypatch.setattr(mirror, "replace_file", watched)
    await world.tune(harmony=0.9)
    outcomes = await asyncio.gather(*(world.projector.check("ucf_state") for _ in range(20)))
    assert not overlapped
    assert [outcome["ucf_state.json"] for outcome in outcomes] == ["written", *["current"] * 19]


async def test_a_check_that_is_cancelled_while_it_writes_ends_with_the_writing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, opened = threading.Event(), threading.Event()

    def slow(path: Path, content: bytes, expected: bytes | None) -> None:
        if path == world.ucf_file:
            entered.set()
        assert opened.wait(10)
        replace_file(path, content, expected)

    monkeypatch.setattr(mirror, "replace_file", slow)
    await world.tune(harmony=0.9)
    checking = asyncio.create_task(world.projector.check())
    assert await asyncio.to_thread(entered.wait, 10)
    checking.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    assert world.projector._files["ucf_state.json"]._lock.locked()
    opened.set()
    with pytest.raises(asyncio.CancelledError):
        await checking
    assert world.read().harmony == 0.9


async def test_a_file_that_cannot_be_written_is_tried_again_every_few_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def failed(_: Collection[str]) -> Mapping[str, Outcome]:
        return {"ucf_state.json": "failed"}

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(world.projector, "_check", failed)
    monkeypatch.setattr(world.projector, "_wait", wait)
    with pytest.raises(asyncio.CancelledError):
        await world.projector.run()
    assert waits == [1, 2, 4, 5, 5]


async def test_an_edit_that_a_failing_disk_has_left_beside_the_file_is_taken_by_the_next_check(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = world.edit(klesha=0.33)
    await world.projector.check()

    def failing(path: Path, *_: object) -> None:
        path.with_name(f".{path.name}.new").write_bytes(edited.replace(b"0.33", b"0.44"))
        path.unlink()
        raise OSError(errno.EIO, "Input/output error")

    await world.tune(harmony=0.9)
    monkeypatch.setattr(mirror, "replace_file", failing)
    assert (await world.projector.check("ucf_state")) == {"ucf_state.json": "failed"}
    monkeypatch.undo()
    assert (await world.projector.check("ucf_state")) == {"ucf_state.json": "imported"}
    assert world.ucf.klesha == 0.44


async def test_a_removed_file_is_written_anew(world: World) -> None:
    world.ucf_file.unlink()
    assert (await world.projector.check())["ucf_state.json"] == "written"
    assert world.read() == DEFAULT_UCF


async def test_a_full_disk_is_told_and_tried_again_and_no_state_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    await world.tune(harmony=0.9)
    monkeypatch.setattr(mirror, "replace_file", full)
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

    monkeypatch.setattr(mirror, "replace_file", full_once)
    monkeypatch.setattr("state.projection._FIRST_RETRY_S", 0.001)
    running = asyncio.create_task(world.projector.run())
    await world.tune(harmony=0.9)
    async with asyncio.timeout(40):
        while world.read().harmony != 0.9:
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert tries == 2


async def test_a_change_while_a_check_comes_to_its_end_reaches_the_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, changed = world.projector._check, False

    async def changed_at_its_end(names: Collection[str]) -> Mapping[str, Outcome]:
        nonlocal changed
        outcomes = await check(names)
        if not changed:
            changed = True
            await world.tune(harmony=0.9)
        return outcomes

    monkeypatch.setattr(world.projector, "_check", changed_at_its_end)
    running = asyncio.create_task(world.projector.run())
    async with asyncio.timeout(40):
        while world.read().harmony != 0.9:
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_edit_in_the_very_moment_of_writing_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = iter([0.33])

    def overtaken(path: Path, content: bytes, expected: bytes | None) -> None:
        for klesha in edits:
            world.edit(klesha=klesha)
        replace_file(path, content, expected)

    monkeypatch.setattr(mirror, "replace_file", overtaken)
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

    monkeypatch.setattr(mirror, "replace_file", overtaken)
    monkeypatch.setattr("state.projection.documents.UCFEdit.matches", never_settles)
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
    monkeypatch.setattr(mirror, "replace_file", outrun)
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


async def test_an_unknown_file_is_refused_with_a_suggestion(world: World) -> None:
    with pytest.raises(UnknownStateFile, match="agents"):
        await world.projector.check("agent")


async def test_what_is_remembered_of_a_file_stays_bounded_while_it_is_held(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.projection.projection_table._COMMITTED_LIMIT", 5)
    world.ucf_file.write_text("broken")
    await world.projector.check()
    for step in range(20):
        await world.tune(harmony=0.6 + step / 100)
    count = "SELECT count(*) FROM projection WHERE file = 'ucf_state.json'"
    assert await world.database.read(lambda c: c.execute(count).fetchone()[0]) <= 6
    world.ucf_file.unlink()
    await world.projector.check()
    assert await world.database.read(lambda c: c.execute(count).fetchone()[0]) == 1


async def test_our_own_content_stays_known_however_much_changes_while_a_refused_edit_stands(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.projection.projection_table._COMMITTED_LIMIT", 5)
    ours = world.ucf_file.read_bytes()
    world.ucf_file.write_text("broken")
    await world.projector.check()
    for count in range(20):
        await world.tune(harmony=0.6 + count / 100)
    await world.crash()
    world.ucf_file.write_bytes(ours)
    await world.start()
    assert world.ucf.harmony == 0.79
    assert await world.taken() == []


async def test_a_store_that_refuses_leaves_the_edit_to_be_taken_later(world: World) -> None:
    world.edit(harmony=0.9)
    await world.database.close()
    assert (await world.projector.check())["ucf_state.json"] == "failed"
    check = world.health.get("state")
    assert check is not None
    assert "closed" in check.reason
    await world.start()
    assert world.ucf.harmony == 0.9
