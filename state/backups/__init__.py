"""Backups: made while Helix runs, by command or schedule, and recorded after a check."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from core.errors import HelixError
from core.files.uninterrupted import uninterrupted
from core.runtime.in_thread import in_thread
from core.runtime.kernel import Kernel
from core.runtime.one_at_a_time import OneAtATime
from core.store import Store
from core.store.errors import CopyFault, StoreError, is_engines_own
from core.store.migrations import Migration
from core.store.tx import Tx
from state.backups import _secrets, backup_table
from state.backups._source import BackupRefused, CopyStopped, OnProgress, Source, check_room
from state.backups.backup_table import BackupRecord, BackupStatus
from state.backups.folder import FOLDER, make_scratch, place, remove_tree, scratch, tidy
from state.backups.manifest import BadBackup
from state.change import Actor, Change
from state.events import BackupCompleted
from state.kinds import BACKUPS
from state.manager import StateManager
from state.models import Snapshot

__all__ = ["BackupRecord", "BackupRefused", "Backups", "BadBackup", "UnknownBackup"]

logger = logging.getLogger(__name__)


class UnknownBackup(HelixError):
    """There is no backup with that id."""


class Backups:
    """Makes, checks and deletes the archives under `<data>/backups/`, one at a time."""

    def __init__(
        self,
        kernel: Kernel,
        database: Store,
        manager: StateManager,
        migrations: tuple[Migration, ...],
    ) -> None:
        self._kernel = kernel
        self._database = database
        self._manager = manager
        self._source = Source(
            store=database,
            folder=kernel.settings.data_dir,
            secrets=_secrets.forms(kernel.settings.secrets()),
            migrations=migrations,
        )
        self._records: tuple[BackupRecord, ...] = ()
        self._turn = OneAtATime(kernel.drain, "backup")
        self.last_error: str | None = None

    @property
    def folder(self) -> Path:
        """The folder of the archives."""
        return self._source.folder / FOLDER

    @property
    def newest(self) -> BackupRecord | None:
        """The newest good backup; None if there is none."""
        return next((record for record in self._records if record.status == "good"), None)

    @property
    def last_good_at(self) -> datetime | None:
        """When the newest good backup was finished; None if there is none."""
        newest = self.newest
        return None if newest is None else newest.finished_at

    async def load(self) -> None:
        """Deletes remains of interrupted backups, reads which exist; call it first."""
        found = await asyncio.to_thread(tidy, self.folder)
        await self._database.write(partial(backup_table.reconcile, found=found))
        await self._correct_times()
        self._kernel.clock_skew.on_set_back(self._correct_times)

    async def reload(self) -> None:
        """Reads again which backups exist."""
        self._records = await self._database.read(backup_table.read_all)

    def list(self) -> tuple[BackupRecord, ...]:
        """All backups, newest first; from memory."""
        return self._records

    def get(self, number: int) -> BackupRecord:
        """The backup with that id.

        Raises:
            UnknownBackup: there is none.
        """
        for record in self._records:
            if record.id == number:
                return record
        known = ", ".join(str(record.id) for record in self._records[:10])
        hint = f"Known ids: {known}." if known else "There is none yet; `/backup` makes one."
        raise UnknownBackup(f"There is no backup {number}. {hint}")

    async def create(self, actor: Actor, on_progress: OnProgress | None = None) -> BackupRecord:
        """Makes and checks a backup. If cancelled before the backup is stored, nothing is left.

        Args:
            actor: who asks for it.
            on_progress: called on the event loop with done, total, and a note when a phase starts.

        Raises:
            Busy: another backup is being made or checked.
            BackupRefused: too little disk space (the text says how much), or disk or database failed.
            BadBackup, SecretInBackup: the archive did not pass its check, and was deleted.
            StoppedByRestart: Helix is stopping.
        """
        return await self._turn.run("A backup is being made", self._create(actor, on_progress))

    async def verify(self, number: int, actor: Actor, on_progress: OnProgress | None = None) -> BackupRecord:
        """Unpacks and checks a backup; returns its record with status "good" or "bad" and the reason.

        Raises:
            UnknownBackup: there is none with that id.
            Busy: another backup is being made or checked.
        """
        record = self.get(number)
        return await self._turn.run("A backup is being checked", self._verify(record, actor, on_progress))

    async def prune(self) -> tuple[int, int]:
        """Deletes backups beyond `BACKUP_KEEP`; returns their number and their size in bytes.

        The newest good one always stays; without a good one, nothing is deleted. A bad one is
        deleted once it is older than all that are kept.
        """
        kept = [record for record in self._records if record.status != "bad"]
        kept = kept[: self._kernel.settings.backup_keep]
        newest = self.newest
        if newest is None or self._turn.running:
            return 0, 0
        if newest not in kept:
            kept.append(newest)
        oldest = min(record.begun_at for record in kept)
        gone = [record for record in self._records if record not in kept and record.begun_at <= oldest]
        for record in gone:
            await asyncio.to_thread((self.folder / record.file).unlink, missing_ok=True)
            await self._change_rows(partial(backup_table.forget, number=record.id))
        return len(gone), sum(record.size_bytes for record in gone)

    async def _create(self, actor: Actor, on_progress: OnProgress | None) -> BackupRecord:
        from state.backups._make import make_archive

        await asyncio.to_thread(check_room, self._source)
        now = self._kernel.clock.now()
        number, name = await self._database.write(partial(backup_table.reserve, now=now, actor=actor))
        staging = scratch(self.folder, str(number))
        begun = self._kernel.clock.monotonic()
        try:
            await asyncio.to_thread(make_scratch, staging)
            made = await make_archive(self._source, staging, self._kernel.worker, now, on_progress)
            record = BackupRecord(
                id=number,
                status="good",
                file=name,
                begun_at=now,
                finished_at=self._kernel.clock.now(),
                size_bytes=made.size_bytes,
                sha256=made.sha256,
                cause=actor.cause,
                actor=actor.name,
                actor_id=actor.id,
                detail=made.detail,
            )
            await uninterrupted(self._keep(made.path, record, actor))
        except BaseException as error:
            if any(record.id == number for record in self._records):
                # Cancelled while it was being stored, which succeeded: keep it.
                await uninterrupted(asyncio.to_thread(remove_tree, staging))
                raise
            await uninterrupted(self._give_up(number, staging, error, actor))
            if isinstance(error, OSError | CopyFault) or is_engines_own(error):
                raise BackupRefused(f"The backup could not be made: {_cause(error)}.") from error
            raise
        await asyncio.to_thread(remove_tree, staging)
        self.last_error = None
        took_s = self._kernel.clock.monotonic() - begun
        logger.info("backup.made id=%d bytes=%d took_s=%.2f", number, record.size_bytes, took_s)
        return self.get(number)

    async def _keep(self, archive: Path, record: BackupRecord, actor: Actor) -> None:
        """Renames the archive to its final name, then records and announces it."""
        target = self.folder / record.file
        await asyncio.to_thread(place, archive, target)
        row = actor.row(
            "backup",
            record.file,
            reason=record.detail or None,
            after={"id": record.id, "size_bytes": record.size_bytes, "sha256": record.sha256},
        )
        event = BackupCompleted(
            backup=record.id,
            file=record.file,
            size_bytes=record.size_bytes,
            sha256=record.sha256,
            finished_at=record.finished_at,
        )

        def also(tx: Tx, _old: Snapshot, _new: Snapshot) -> None:
            backup_table.finish(tx, record)

        try:
            change = Change(journal=(row,), events=(event,))
            await self._manager.change_with(lambda _: change, also=also, kinds=BACKUPS)
        except BaseException:
            await asyncio.to_thread(target.unlink, missing_ok=True)
            raise
        await self.reload()

    async def _give_up(self, number: int, staging: Path, error: BaseException, actor: Actor) -> None:
        await asyncio.to_thread(remove_tree, staging)
        stopped = isinstance(error, asyncio.CancelledError | CopyStopped)
        if not stopped:
            self.last_error = _cause(error)
        # The store may be the cause, or closed already; then the next start cleans up.
        with contextlib.suppress(StoreError):
            await self._database.write(partial(backup_table.forget, number=number))
            if not stopped:
                row = actor.row("backup", f"backup {number}", reason=self.last_error, after="failed")
                await self._manager.record(row)

    async def _verify(
        self, record: BackupRecord, actor: Actor, on_progress: OnProgress | None
    ) -> BackupRecord:
        from state.backups._make import Steps, check_archive

        steps = Steps(on_progress)
        steps.at(0, "checking")
        status: BackupStatus = "good"
        sha256, detail = record.sha256, record.detail
        try:
            sha256 = await in_thread(
                partial(
                    check_archive,
                    self.folder / record.file,
                    scratch=scratch(self.folder, f"check-{record.id}"),
                    source=self._source,
                    progress=steps.between(0, 100),
                )
            )
        except BadBackup as error:
            status, detail = "bad", str(error)
        else:
            if record.sha256 not in {"", sha256}:
                status, detail = "bad", "The file has been changed since it was made: its SHA-256 differs."
        now = self._kernel.clock.now()
        row = actor.row("backup", record.file, reason=detail or None, before=record.status, after=status)
        checked = msgspec.structs.replace(
            record, status=status, sha256=record.sha256 or sha256, detail=detail
        )
        await self._change_rows(partial(backup_table.judge, checked=checked, now=now))
        await self._manager.record(row)
        return self.get(record.id)

    async def _correct_times(self) -> None:
        work = partial(backup_table.cap_times, now=self._kernel.clock.now())
        self._records = await self._database.write(work)

    async def _change_rows(self, work: Callable[[Tx], None]) -> None:
        def both(tx: Tx) -> tuple[BackupRecord, ...]:
            work(tx)
            return backup_table.read_all(tx)

        self._records = await self._database.write(both, kinds=BACKUPS)


def _cause(error: BaseException) -> str:
    """The cause as text for people; texts not meant for people are only logged."""
    if isinstance(error, HelixError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) if is_engines_own(error) else type(error).__name__
