"""Whatever the order of edits, changes, checks, crashes and stops: no edit is lost, and none is our own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.state.world import World

pytestmark = pytest.mark.unmeasured

VALUES = st.integers(0, 20).map(lambda number: number / 10)


class Files(RuleBasedStateMachine):
    """Commands change harmony, people edit zoom in the file: so whose a value is can be told.

    The model is `zoom`: what the newest edit said. It must be what the state says once the file was looked
    at, and every journal row with the cause "file" must be an edit that somebody made.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.world = World(Path(self.folder.name))
        self.run(self.world.start())
        self.edited: float | None = None
        self.edits = 0

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        self.loop.run_until_complete(work)

    def settle(self) -> None:
        if self.edited is not None:
            assert self.world.ucf.zoom == self.edited
        self.edited = None

    @rule(harmony=VALUES)
    def change(self, harmony: float) -> None:
        self.run(self.world.tune(harmony=harmony))

    @rule(zoom=VALUES, replaced=st.booleans())
    def edit(self, zoom: float, replaced: bool) -> None:
        if self.world.read().zoom == zoom:
            return  # nothing is edited
        written = self.world.edit(zoom=zoom)
        if replaced:  # as most editors save: a new file in the old one's place
            fresh = self.world.folder / "edited"
            fresh.write_bytes(written)
            fresh.replace(self.world.ucf_file)
        self.edited = zoom
        self.edits += 1

    @rule(zoom=VALUES, harmony=VALUES)
    def edit_while_it_is_checked(self, zoom: float, harmony: float) -> None:
        async def both() -> None:
            checking = asyncio.create_task(self.world.projector.check())
            changing = asyncio.create_task(self.world.tune(harmony=harmony))
            await asyncio.sleep(0.001)
            if self.world.read().zoom != zoom:
                self.world.edit(zoom=zoom)
                self.edited = zoom
                self.edits += 1
            await asyncio.gather(checking, changing)
            await self.world.projector.check()

        self.run(both())
        self.settle()

    @rule()
    def check(self) -> None:
        self.run(self.world.projector.check())
        self.settle()
        assert self.world.read() == self.world.ucf

    @rule()
    def restart(self) -> None:
        self.run(self.world.stop())
        self.run(self.world.start())
        self.settle()

    @rule()
    def crash_and_start(self) -> None:
        self.run(self.world.crash())
        self.run(self.world.start())
        self.settle()
        assert self.world.read() == self.world.ucf

    @invariant()
    def no_more_was_taken_than_was_edited(self) -> None:
        async def count() -> None:
            taken = [entry for entry in await self.world.taken() if entry.subject == "zoom"]
            assert len(taken) <= self.edits

        self.run(count())

    def teardown(self) -> None:
        self.run(self.world.stop())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()


TestFiles = Files.TestCase
TestFiles.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
