"""Reads on PostgreSQL: one statement is one wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from core.store.engine.read_threads import ReadThreads
from core.store.postgres.connection import Limits, Link
from core.store.postgres.faults import is_lost, is_stale, readable
from core.store.postgres.pipeline import Pipeline
from core.store.postgres.statements import translate
from core.store.postgres.tx import PgTx
from core.store.tx import Tx

T = TypeVar("T")

_IDLE_MS: Final = 60_000
# A reader tries to connect only when something is to be read, so it must not be late by much.
_LONGEST_PAUSE_S: Final = 0.4

# All statements of a read see the moment of the first one.
_BEGIN: Final = translate("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
_ROLLBACK: Final = translate("ROLLBACK")


class Readers(ReadThreads[Link]):
    """Reads over links, which connect again after a loss."""

    def __init__(self, url: str, limits: Limits) -> None:
        super().__init__()
        self._url = url
        # A read holds no lock; a long one, such as for a backup, may think between two statements.
        self._limits = msgspec.structs.replace(limits, idle_in_transaction_ms=_IDLE_MS)
        self._links: list[Link] = []

    @property
    def waits(self) -> int:
        """How often a read has waited for the server."""
        return sum(link.waits for link in self._links)

    def _connect(self) -> Link:
        link = Link(self._url, "helix-reader", self._limits, longest_pause_s=_LONGEST_PAUSE_S)
        link.open()
        self._links.append(link)
        return link

    def _disconnect(self, connection: Link) -> None:
        connection.lose()

    def _read(self, connection: Link, work: Callable[[Tx], T]) -> T:
        try:
            try:
                return self._once(connection, work)
            except Exception as error:
                if not (is_lost(error) or is_stale(error)):
                    raise
            # A read changes nothing, so it can be done again over a new connection.
            return self._once(connection, work)
        except Exception as error:
            made = readable(error)
            if made is error:
                raise
            raise made from error

    def _once(self, link: Link, work: Callable[[Tx], T]) -> T:
        pipeline = link.open()
        try:
            pipeline.forget_error()
            pipeline.send(_BEGIN)
            try:
                result = work(PgTx(pipeline, has_savepoints=False))
                if pipeline.error is not None:
                    raise pipeline.error
            finally:
                self._end(pipeline)
        except Exception as error:
            if not link.lose_after(error) and is_stale(error):
                pipeline.forget_prepared()
            raise
        return result

    def _end(self, pipeline: Pipeline) -> None:
        """Ends the transaction; the server's answer is taken with those of the next read."""
        # After an error the server would skip the ROLLBACK too, up to a Sync.
        pipeline.let_go()
        pipeline.send(_ROLLBACK)
        pipeline.let_go()
