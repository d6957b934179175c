"""The writer on PostgreSQL: connects, migrates, commits groups, and stays away while the server is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import psycopg

from core.store.contract import Participant, Recovery
from core.store.engine.write_queue import WriteQueue
from core.store.engine.write_request import Request
from core.store.errors import StoreAway, StoreError
from core.store.migrations import Migration
from core.store.postgres import feed
from core.store.postgres.connection import AWAY, Limits, Link
from core.store.postgres.group_commit import GroupCommit
from core.store.postgres.migrating import migrate
from core.store.postgres.opening import open_first, unusable
from core.store.postgres.presence import begin_run, claim, end_run

logger = logging.getLogger(__name__)

_NEWEST = b"SELECT coalesce(max(seq), 0), pg_database_size(current_database()) FROM feed"


class PostgresWriter:
    """The engine of the write queue.

    Attributes:
        idle_s: how often it looks whether the server is there.
        link: the writer's connection.
        recovery: what opening did; None before.
        size_bytes: size of the database when it was opened.
    """

    idle_s: Final = 1.0

    def __init__(
        self,
        url: str,
        queue: WriteQueue,
        *,
        origin: str,
        migrations: Sequence[Migration],
        app_version: str,
        limits: Limits,
        on_foreign: Callable[[Sequence[feed.Entry] | None], None] | None,
        alone: bool = False,
    ) -> None:
        self._url = url
        self._claim = partial(claim, alone=alone)
        self._migrations = migrations
        self._app_version = app_version
        self._limits = limits
        self._queue = queue
        self._on_foreign = on_foreign
        self._participants: list[Participant] = []
        self.link = Link(url, "helix-writer", limits, prepare=self._claim)
        self.recovery: Recovery | None = None
        self.size_bytes = 0
        self._commits = GroupCommit(
            self.link,
            origin,
            self._participants,
            on_success=queue.note_success,
            on_failure=queue.note_failure,
            on_foreign=self._tell_foreign,
        )

    @property
    def version(self) -> str:
        """The version of PostgreSQL, such as "15.14"."""
        return self.link.server.version if self.link.server is not None else ""

    @property
    def behind(self) -> int:
        """How many entries of other processes the newest group had to take over first."""
        return self._commits.behind

    def add_participant(self, participant: Participant) -> None:
        """Registers state to restore when a savepoint or a group fails; call before its first write."""
        self._participants.append(participant)

    def open(self) -> None:
        """Connects and brings the schema up to date; raises the start errors of `PostgresStore.open`."""
        connection, server = open_first(self._url, "helix-writer", self._limits)
        try:
            self._claim(connection)
            migration = migrate(connection, self._migrations, self._app_version)
            unclean, unclean_stops = begin_run(connection)
            row = connection.execute(_NEWEST).fetchone()
            if row is not None:
                self._commits.seen, self.size_bytes = row
        except psycopg.Error as error:
            connection.close()
            raise unusable(self._url, error) from error
        except BaseException:
            connection.close()
            raise
        self.recovery = Recovery(
            first_start=len(migration.applied) == len(self._migrations),
            unclean=unclean,
            unclean_stops=unclean_stops,
            wal_bytes=0,
            checked=False,
            migration=migration,
        )
        self.link.adopt(connection, server)

    def commit(self, group: list[Request[Any]]) -> list[Request[Any]]:
        """Commits as much of a group as its time allows; returns the rest."""
        return self._commits.commit(group)

    def rest(self) -> None:
        """Looks at the connection. While the server is away: fails what waits, and tries to connect again."""
        if not self.link.is_away and (self.link.is_sound() or self._reconnects()):
            return
        logger.warning("store.server_away")
        while self._queue.refuse_for(self.link.pause_s, StoreAway(AWAY)):
            if self.link.pause_s:
                continue
            try:
                self.link.open()
            except StoreAway:
                continue
            logger.info("store.server_back")
            self._queue.note_recovery()
            return

    def _reconnects(self) -> bool:
        """Whether a connection that was found to have ended could be made again."""
        try:
            self.link.open()
        except StoreAway as error:
            self._queue.note_failure(error)
            return False
        return True

    def refusal(self) -> StoreError | None:
        """Event loop: the error for changes while the server is away."""
        return StoreAway(AWAY) if self.link.is_away else None

    def loss(self) -> None:
        """Event loop: nothing, since the server keeps what it has committed."""

    def close(self, *, clean: bool) -> None:
        """Marks the stop as clean, if it is and the server can be reached, and ends the connection."""
        try:
            if clean and self.link.is_sound():
                end_run(self.link.open())
        except psycopg.Error as error:
            logger.warning("store.not_left_clean error=%s", " ".join(str(error).split()))
        self.link.lose()

    def _tell_foreign(self, entries: Sequence[feed.Entry] | None) -> None:
        if self._on_foreign is not None:
            self._queue.call_in_loop(self._on_foreign, entries)
