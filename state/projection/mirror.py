"""One file that mirrors a part of the state: read for edits, then written, after each change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, Literal

import msgspec

from core.clock import Clock
from core.files.atomic import Overtaken, put_back, replace_file
from core.files.reading import FileContent, RefusedEdit, UnreadFile, read_edit_file
from core.files.uninterrupted import uninterrupted
from core.store import Store
from core.store.errors import StoreError
from core.store.tx import Tx
from state.manager import StateManager
from state.models import Snapshot
from state.projection import projection_table
from state.projection.documents import Document, Edit

logger = logging.getLogger(__name__)

# "current": file and state are equal; "imported": an edit was taken over; "written": the file was updated;
# "refused": an edit is not valid; "failed": disk or store failed, to be retried.
Outcome = Literal["current", "imported", "written", "refused", "failed"]

# An editor may truncate a file before it writes: an invalid file is read again after this pause.
_QUIET_S: Final = 0.04
_QUIET_ROUNDS: Final = 4
# In each of these rounds another program may write the file first.
_ROUNDS: Final = 16


class Refusal(msgspec.Struct, frozen=True):
    """A refused edit: the file is left alone, and the last good state stays.

    Attributes:
        file: its name in the data folder.
        line: counted from 1; None if the whole file is meant.
        column: likewise.
        reason: why, as text for people.
    """

    file: str
    line: int | None
    column: int | None
    reason: str

    def __str__(self) -> str:
        where = "" if self.line is None else f", line {self.line}"
        where += "" if self.column is None else f", column {self.column}"
        return f"{self.file}{where}: {self.reason}"


class FileProjection:
    """Keeps one file in step with the state.

    Attributes:
        refusal: the refused edit; while there is one, the file is not written.
        failure: why the file could not be read or written the last time, as text for people.
    """

    def __init__(
        self,
        folder: Path,
        document: Document,
        manager: StateManager,
        database: Store,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = document.name
        self.refusal: Refusal | None = None
        self.failure: str | None = None
        self._path = folder / document.name
        self._document = document
        self._manager = manager
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._lock = asyncio.Lock()
        # Hashes of the content last seen or written on disk, and of what an interrupted write may have left.
        self._ours: set[bytes] = set()
        self._confirmed: bytes | None = None
        self._refused: bytes | None = None
        # Whether an interrupted write may have left an edit beside the file.
        self._left = True
        manager.add_transaction_hook(self._commit_hash)

    async def load(self) -> None:
        """Reads from the database which contents are ours; call it once, before the first check."""
        self._ours = set(await self._database.read(partial(projection_table.known, file=self.name)))

    async def check(self) -> Outcome:
        """Reads the file, imports an edit, and writes the file if it is old."""
        async with self._lock:
            try:
                outcome = await self._settle()
            except (OSError, StoreError, UnreadFile) as error:
                self._fail(error.strerror or str(error) if isinstance(error, OSError) else str(error))
                return "failed"
            if outcome == "failed":
                self._fail("other programs keep writing it")
            else:
                self.failure = None
            return outcome

    async def _settle(self) -> Outcome:
        await self._put_back()
        imported = written = False
        for _ in range(_ROUNDS):
            try:
                content, edit = await self._read()
            except RefusedEdit as error:
                self._refuse(error)
                return "refused"
            self._accept()
            if content is not None:
                if edit is not None and self._is_edit(content, edit):
                    imported |= await self._import(content, edit)
                if self._says_the_state(content, edit):
                    await self._confirm(projection_table.digest(content.data))
                    return "imported" if imported else "current"
            try:
                written = False
                current = await self._write(content)
                written = True
            except Overtaken:
                logger.debug("projection.overtaken file=%s", self.name)
                continue
            if current:
                break
        if written:
            # The state may have changed again, but each change asks for another check.
            return "imported" if imported else "written"
        return "failed"

    async def _put_back(self) -> None:
        """Restores an edit that a kill or a disk error has left beside the file."""
        if not self._left:
            return
        if await uninterrupted(asyncio.to_thread(put_back, self._path, self._is_ours)):
            logger.warning("projection.edit_put_back file=%s", self.name)
        self._left = False

    def _is_ours(self, content: bytes) -> bool:
        # An earlier version of Helix may have left a partly written file.
        begun = self._document.render(self._manager.snapshot).startswith(content)
        return begun or projection_table.digest(content) in self._ours

    async def _read(self) -> tuple[FileContent | None, Edit | None]:
        """The file and its edit; an invalid file is read again until it stays the same for a moment.

        Content of our own is not an edit, even if it reads as invalid: after the clock was set back, a recent
        report lies in the future.
        """
        previous: tuple[bytes | None, str] | None = None
        for left in reversed(range(_QUIET_ROUNDS)):
            content: FileContent | None = None
            try:
                content = await read_edit_file(self._path)
                if content is None:
                    return None, None
                return content, self._document.parse(content, self._clock.now())
            except RefusedEdit as error:
                found = None if content is None else projection_table.digest(content.data)
                if found in self._ours:
                    return content, None
                seen = (found, error.reason)
                if (found is not None and found == self._refused) or seen == previous or not left:
                    self._refused = found
                    raise
                previous = seen
                await self._sleep(_QUIET_S)
        raise AssertionError("the last round returns or raises")

    def _says_the_state(self, content: FileContent, edit: Edit | None) -> bool:
        snapshot = self._manager.snapshot
        return content.data == self._document.render(snapshot) if edit is None else edit.matches(snapshot)

    def _is_edit(self, content: FileContent, edit: Edit) -> bool:
        if projection_table.digest(content.data) not in self._ours:
            return True
        return edit.refreshes(self._manager.snapshot)

    async def _import(self, content: FileContent, edit: Edit) -> bool:
        """Takes over an edit; False if the state was equal already."""
        found = projection_table.digest(content.data)
        changed = False

        def adopt(tx: Tx, old: Snapshot, new: Snapshot) -> None:
            nonlocal changed
            changed = new is not old
            projection_table.adopt(tx, self.name, found, self._hash(new))

        snapshot = await self._manager.change_with(edit.change, also=adopt)
        self._ours = {found}
        self._confirmed = found
        if changed:
            logger.info("projection.imported file=%s version=%d", self.name, snapshot.version)
        return changed

    async def _write(self, standing: FileContent | None) -> bool:
        """Writes the newest state over the present content; False if it has changed again meanwhile."""
        snapshot = self._manager.snapshot
        content = self._document.render(snapshot)
        wanted = projection_table.digest(content)
        known = await self._database.read(partial(projection_table.known, file=self.name))
        if wanted not in known:
            await self._database.write(partial(projection_table.commit, file=self.name, content_hash=wanted))
        expected = None if standing is None else standing.data
        self._ours = {wanted} if expected is None else {wanted, projection_table.digest(expected)}
        self._left = True
        await uninterrupted(asyncio.to_thread(replace_file, self._path, content, expected))
        self._left = False
        self._ours = {wanted}
        self._confirmed = None
        await self._confirm(wanted)
        return self._document.render(self._manager.snapshot) == content

    async def _confirm(self, content_hash: bytes) -> None:
        if self._confirmed != content_hash:
            await self._database.write(
                partial(projection_table.confirm, file=self.name, content_hash=content_hash)
            )
            self._ours = {content_hash}
            self._confirmed = content_hash

    def _commit_hash(self, tx: Tx, old: Snapshot, new: Snapshot) -> None:
        if self._document.render(old) != self._document.render(new):
            projection_table.commit(tx, self.name, self._hash(new))

    def _hash(self, snapshot: Snapshot) -> bytes:
        return projection_table.digest(self._document.render(snapshot))

    def _fail(self, why: str) -> None:
        # Log a failure once, not at each retry.
        if why != self.failure:
            self.failure = why
            logger.warning("projection.failed file=%s reason=%s", self.name, why)

    def _refuse(self, error: RefusedEdit) -> None:
        refusal = Refusal(self.name, error.line, error.column, error.reason)
        if refusal != self.refusal:
            self.refusal = refusal
            logger.warning("projection.refused file=%s line=%s", self.name, error.line)

    def _accept(self) -> None:
        if self.refusal is not None:
            logger.info("projection.mended file=%s", self.name)
        self.refusal = self._refused = None
